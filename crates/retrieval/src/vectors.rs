//! Vectors of the records' names, made in a step of their own and kept beside the
//! generations: `DIR/vectors-<embedder>.bin`. Aliases have none: with theirs 2 more of 191
//! national development questions are found first, and there are four times as many.
//!
//! The file is a log: a head, then for each text the hash of the text, a scale and one
//! byte a dimension. A text that stands in it is never embedded again, whatever generation
//! it belongs to; what a killed run leaves is used by the next, its torn last entry cut.

use std::collections::{HashMap, HashSet};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;
use sha2::{Digest, Sha256};

use crate::embedder::{Embedder, Side};
use crate::error::RetrievalError;
use crate::manifest::{self, Entry};

const MAGIC: &[u8; 8] = b"MCVEC\x01\0\0";
const HEAD: usize = MAGIC.len() + 4;
const KEY: usize = 16;

/// Entries written before the file is synced: half a minute's work at most is lost.
const BLOCK: usize = 256;

/// What [`embed_names`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VectorReport {
    /// Different names of the records.
    pub texts: usize,
    /// How many of them were embedded now.
    pub made: usize,
}

/// What 1 becomes in a question's vector of whole numbers: the compiler makes vector
/// instructions of sums of those, not of sums of fractions, whose order counts. A sum is at
/// most 127 · 32,767 · √dimension, which fits for 200,000 dimensions.
const FINE: f32 = 32_767.0;

type Key = [u8; KEY];

/// A vector as it is stored: one byte a dimension loses less than a thousandth of a
/// cosine (test below).
#[derive(Debug, Clone, PartialEq)]
struct Vector {
    scale: f32,
    values: Vec<i8>,
}

impl Vector {
    fn of(exact: &[f32]) -> Self {
        let largest = exact.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
        let scale = largest.max(f32::MIN_POSITIVE) / 127.0;
        let values = exact.iter().map(|v| (v / scale).round() as i8).collect();
        Self { scale, values }
    }
}

/// Embeds every name of the index in `dir` that has no vector of this embedder
/// yet. `progress` is told how many texts are done of how many.
pub fn embed_names(
    dir: &Path,
    embedder: &mut dyn Embedder,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<VectorReport, RetrievalError> {
    let found = manifest::read(dir)?;
    let catalogue = manifest::read_catalogue(dir, &found)?;
    let texts: HashSet<&str> = catalogue.iter().map(|entry| &*entry.name).collect();
    let mut texts: Vec<&str> = texts.into_iter().collect();
    texts.sort_unstable();
    let path = file(dir, embedder.fingerprint());
    let mut known = read(&path, embedder.dimension())?;
    let wanted: HashSet<Key> = texts.iter().map(|text| key(text)).collect();
    known.retain(|key, _| wanted.contains(key));
    rewrite(&path, embedder.dimension(), &known)?;
    let missing: Vec<&str> = texts
        .iter()
        .copied()
        .filter(|text| !known.contains_key(&key(text)))
        .collect();
    let mut log = BufWriter::new(fs::OpenOptions::new().append(true).open(&path)?);
    for (done, text) in missing.iter().enumerate() {
        let exact = embedder.embed(text, Side::Passage);
        let exact = exact.map_err(RetrievalError::Embedder)?;
        write_entry(&mut log, &key(text), &Vector::of(&exact))?;
        if (done + 1) % BLOCK == 0 {
            log.flush()?;
            log.get_ref().sync_data()?;
        }
        let done = texts.len() - missing.len() + done + 1;
        progress(done as u64, texts.len() as u64);
    }
    log.flush()?;
    log.get_ref().sync_data()?;
    Ok(VectorReport {
        texts: texts.len(),
        made: missing.len(),
    })
}

/// The vectors of a catalogue's names, in memory.
pub(crate) struct Vectors {
    /// Catalogue numbers, one for each row.
    ords: Vec<usize>,
    scales: Vec<f32>,
    values: Vec<i8>,
    dimension: usize,
    records: usize,
}

impl Vectors {
    /// Reads what there is for a catalogue; `None` where nothing is.
    pub(crate) fn open(
        dir: &Path,
        embedder: &dyn Embedder,
        catalogue: &[Entry],
    ) -> Result<Option<Self>, RetrievalError> {
        let dimension = embedder.dimension();
        let known = read(&file(dir, embedder.fingerprint()), dimension)?;
        let mut vectors = Self {
            ords: Vec::new(),
            scales: Vec::new(),
            values: Vec::new(),
            dimension,
            records: catalogue.len(),
        };
        for (ord, entry) in catalogue.iter().enumerate() {
            let Some(vector) = known.get(&key(&entry.name)) else {
                continue;
            };
            vectors.ords.push(ord);
            vectors.scales.push(vector.scale);
            vectors.values.extend_from_slice(&vector.values);
        }
        Ok((!vectors.ords.is_empty()).then_some(vectors))
    }

    /// How many names have a vector.
    pub(crate) fn len(&self) -> usize {
        self.ords.len()
    }

    /// Cosine of each record's name, by catalogue number; `None` for one without a vector.
    pub(crate) fn nearest(&self, question: &[f32]) -> Vec<Option<f32>> {
        let mut cosines = vec![None; self.records];
        let whole = |v: &f32| (v * FINE).round() as i16;
        let question: Vec<i16> = question.iter().map(whole).collect();
        let rows = self.values.chunks_exact(self.dimension);
        for ((row, scale), ord) in rows.zip(&self.scales).zip(&self.ords) {
            let pairs = row.iter().zip(&question);
            let sum: i32 = pairs.map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
            cosines[*ord] = Some(scale / FINE * sum as f32);
        }
        cosines
    }
}

fn file(dir: &Path, fingerprint: &str) -> PathBuf {
    let short: String = fingerprint.chars().take(16).collect();
    dir.join(format!("vectors-{short}.bin"))
}

/// Whether a folder has vectors of any embedder.
pub(crate) fn any(dir: &Path) -> bool {
    let names = fs::read_dir(dir).into_iter().flatten().flatten();
    names.map(|entry| entry.file_name()).any(|name| {
        let name = name.to_string_lossy();
        name.starts_with("vectors-") && name.ends_with(".bin")
    })
}

fn key(text: &str) -> Key {
    let mut key = [0; KEY];
    key.copy_from_slice(&Sha256::digest(text)[..KEY]);
    key
}

/// Every whole entry of a file; none where there is no file.
fn read(path: &Path, dimension: usize) -> Result<HashMap<Key, Vector>, RetrievalError> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(HashMap::new()),
        read => read?,
    };
    let head = head(dimension);
    if bytes.get(..HEAD) != Some(&head[..]) {
        let reason = "not vectors of this embedder: delete it and run `motcua vectors` again";
        return Err(RetrievalError::unusable(path, reason));
    }
    let mut known = HashMap::new();
    for entry in bytes[HEAD..].chunks_exact(KEY + 4 + dimension) {
        let (mut key, mut scale) = ([0; KEY], [0; 4]);
        key.copy_from_slice(&entry[..KEY]);
        scale.copy_from_slice(&entry[KEY..KEY + 4]);
        let values = entry[KEY + 4..]
            .iter()
            .map(|byte| byte.cast_signed())
            .collect();
        let scale = f32::from_le_bytes(scale);
        known.insert(key, Vector { scale, values });
    }
    Ok(known)
}

fn head(dimension: usize) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..MAGIC.len()].copy_from_slice(MAGIC);
    head[MAGIC.len()..].copy_from_slice(&(dimension as u32).to_le_bytes());
    head
}

/// Writes a whole file beside and renames it: without the entries that no name needs any
/// more, and without a torn end.
fn rewrite(
    path: &Path,
    dimension: usize,
    known: &HashMap<Key, Vector>,
) -> Result<(), RetrievalError> {
    let beside = path.with_extension("new");
    let mut out = BufWriter::new(fs::File::create(&beside)?);
    out.write_all(&head(dimension))?;
    let mut entries: Vec<_> = known.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| **key);
    for (key, vector) in entries {
        write_entry(&mut out, key, vector)?;
    }
    out.flush()?;
    out.get_ref().sync_all()?;
    fs::rename(&beside, path)?;
    Ok(())
}

fn write_entry(out: &mut impl Write, key: &Key, vector: &Vector) -> Result<(), RetrievalError> {
    let values: Vec<u8> = vector
        .values
        .iter()
        .map(|value| value.cast_unsigned())
        .collect();
    out.write_all(key)?;
    out.write_all(&vector.scale.to_le_bytes())?;
    out.write_all(&values)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unit(values: &[f32]) -> Vec<f32> {
        let length = values.iter().map(|v| v * v).sum::<f32>().sqrt();
        values.iter().map(|v| v / length).collect()
    }

    proptest! {
        #[test]
        fn a_byte_a_dimension_keeps_the_cosine(
            a in proptest::collection::vec(-1.0_f32..1.0, 384),
            b in proptest::collection::vec(-1.0_f32..1.0, 384),
        ) {
            let (a, b) = (unit(&a), unit(&b));
            let stored = Vector::of(&a);
            let exact: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
            let kept: f32 = stored.values.iter().zip(&b).map(|(a, b)| f32::from(*a) * b).sum();
            prop_assert!((exact - stored.scale * kept).abs() < 1e-3);
        }
    }

    #[test]
    fn a_torn_entry_is_cut_and_the_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "0123456789abcdef0");
        let vector = Vector::of(&[0.6, -0.8]);
        let known = HashMap::from([(key("a"), vector.clone()), (key("b"), vector)]);
        rewrite(&path, 2, &known).unwrap();
        assert_eq!(read(&path, 2).unwrap(), known);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(read(&path, 2).unwrap().len(), 1);
        assert!(read(&path, 3).is_err(), "another dimension");
        fs::write(&path, "").unwrap();
        assert!(read(&path, 2).is_err(), "no head");
    }
}
