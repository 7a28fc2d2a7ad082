//! Which neighbouring word a row of a word list asks for.

/// One context column: folded words separated by `|`, of which one must stand there; `#` is
/// any number, `^` and `$` the edge of a sentence; a leading `!` means that none may.
#[derive(Debug)]
pub(crate) enum Context {
    Any,
    OneOf(Vec<&'static str>),
    NoneOf(Vec<&'static str>),
}

impl Context {
    pub fn parse(column: Option<&'static str>) -> Self {
        match column.map(str::trim) {
            None | Some("") => Self::Any,
            Some(words) => match words.strip_prefix('!') {
                Some(words) => Self::NoneOf(words.split('|').collect()),
                None => Self::OneOf(words.split('|').collect()),
            },
        }
    }

    /// Whether any neighbour, or none, will do.
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Any)
    }

    /// Whether a folded neighbour (none at the edge of a sentence) is what is asked for.
    pub fn allows(&self, neighbour: Option<&str>) -> bool {
        let stands = |words: &[&str]| {
            words.iter().any(|word| match (*word, neighbour) {
                ("^" | "$", None) => true,
                ("#", Some(neighbour)) => neighbour.starts_with(|c: char| c.is_ascii_digit()),
                (word, Some(neighbour)) => word == neighbour,
                (_, None) => false,
            })
        };
        match self {
            Self::Any => true,
            Self::OneOf(words) => stands(words),
            Self::NoneOf(words) => !stands(words),
        }
    }
}
