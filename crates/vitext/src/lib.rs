//! vitext
