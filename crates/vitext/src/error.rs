//! What can go wrong: reading a treebank. Everything else takes any text.

/// The crate's one error.
#[derive(Debug, thiserror::Error)]
pub enum VitextError {
    /// A line of a .conllu file that is not as the format says.
    #[error("line {line}: {what}")]
    Treebank {
        /// Counted from one.
        line: usize,
        /// What is wrong and what should stand there.
        what: String,
    },
}
