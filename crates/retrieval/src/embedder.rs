//! What turns a text into a vector that stands for its meaning.

/// Which side of the comparison a text is on: models of the E5 kind read questions and
/// passages differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What a citizen asks.
    Question,
    /// What a record says.
    Passage,
}

/// An embedding model.
pub trait Embedder: Send {
    /// Tells models apart, 16 or more hexadecimal digits: vectors of two models cannot
    /// be compared.
    fn fingerprint(&self) -> &str;

    /// How many numbers a vector has.
    fn dimension(&self) -> usize;

    /// The vector of a text, of length 1. The error is a sentence for a log.
    fn embed(&mut self, text: &str, side: Side) -> Result<Vec<f32>, String>;
}
