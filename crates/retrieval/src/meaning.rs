//! Search by meaning: the question's vector against those of the records' names.
//!
//! There is one embedder and every question needs most of its own time for it, so a
//! question that cannot have it at once goes without: words alone find nine of ten.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::embedder::{Embedder, Side};
use crate::error::RetrievalError;
use crate::manifest::Entry;
use crate::vectors::Vectors;

/// How long a question waits for the embedder.
const PATIENCE: Duration = Duration::from_millis(5);

/// What meaning adds to the score of the record nearest to the question, as a share of
/// the best score by words; a record as near as the average gets nothing.
pub(crate) const MEANING: f32 = 0.2;

/// An embedder that several snapshots and threads use, one question at a time.
#[derive(Clone)]
pub struct SharedEmbedder(Arc<Mutex<Box<dyn Embedder>>>);

impl SharedEmbedder {
    /// Shares an embedder.
    pub fn new(embedder: Box<dyn Embedder>) -> Self {
        Self(Arc::new(Mutex::new(embedder)))
    }
}

/// An embedder with the vectors of one snapshot.
pub(crate) struct Meaning {
    embedder: SharedEmbedder,
    vectors: Vectors,
}

/// What search by meaning says of a question.
pub(crate) enum Nearness {
    /// There is no embedder, no vector, or nothing to compare: words alone decide.
    Off,
    /// Another question had the embedder.
    Busy,
    /// By catalogue number.
    Known {
        /// Of its name.
        cosines: Vec<Option<f32>>,
        /// 1 for the nearest record, 0 for one as near as the average.
        places: Vec<f32>,
    },
}

impl Nearness {
    /// Share of the best score by words that a record gains or loses.
    pub(crate) fn share(&self, ord: usize) -> f32 {
        match self {
            Self::Known { places, .. } => MEANING * places[ord],
            Self::Off | Self::Busy => 0.0,
        }
    }

    /// Cosine of a record's nearest name.
    pub(crate) fn cosine(&self, ord: usize) -> Option<f32> {
        match self {
            Self::Known { cosines, .. } => cosines[ord],
            Self::Off | Self::Busy => None,
        }
    }
}

impl Meaning {
    /// An embedder with the vectors that `motcua vectors` left in `dir` for a catalogue's
    /// names; `None` where there are none.
    pub(crate) fn open(
        dir: &Path,
        embedder: &SharedEmbedder,
        catalogue: &[Entry],
    ) -> Result<Option<Self>, RetrievalError> {
        let vectors = Vectors::open(dir, &**embedder.0.lock(), catalogue)?;
        let embedder = embedder.clone();
        Ok(vectors.map(|vectors| Self { embedder, vectors }))
    }

    /// How many names have a vector.
    pub(crate) fn len(&self) -> usize {
        self.vectors.len()
    }

    /// How near each record's name is to a question.
    pub(crate) fn nearness(&self, text: &str) -> Nearness {
        let Some(mut embedder) = self.embedder.0.try_lock_for(PATIENCE) else {
            return Nearness::Busy;
        };
        // A failed pass is the model's trouble, not the citizen's: words go on alone.
        let Ok(question) = embedder.embed(text, Side::Question) else {
            return Nearness::Off;
        };
        drop(embedder);
        spread(self.vectors.nearest(&question))
    }
}

/// Cosines of one model lie close together (0.75 to 0.9 for E5), so they are spread
/// between their mean and their maximum.
fn spread(cosines: Vec<Option<f32>>) -> Nearness {
    let known = || cosines.iter().flatten().copied();
    let most = known().fold(f32::MIN, f32::max);
    let mean = known().sum::<f32>() / known().count().max(1) as f32;
    let width = most - mean;
    if width < 1e-4 || !width.is_finite() {
        return Nearness::Off;
    }
    let place = |cosine: &Option<f32>| cosine.map_or(0.0, |cosine| (cosine - mean) / width);
    Nearness::Known {
        places: cosines.iter().map(place).collect(),
        cosines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_gains_most_and_the_average_nothing() {
        let known = vec![Some(0.8), Some(0.9), None, Some(0.85)];
        let Nearness::Known { places, .. } = spread(known) else {
            panic!("spread");
        };
        assert!((places[1] - 1.0).abs() < 1e-5 && places[0] < 0.0);
        assert!(places[2].abs() < 1e-5 && places[3].abs() < 1e-3);
        assert!(matches!(spread(vec![Some(0.8), Some(0.8)]), Nearness::Off));
        assert!(matches!(spread(Vec::new()), Nearness::Off));
    }
}
