//! An opened index of one generation: records by code, lists and word statistics.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use corpus::{Level, Procedure};
use lru::LruCache;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, Value};
use tantivy::{DocAddress, Index, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::acts::Acts;
use crate::analysis::units;
use crate::error::RetrievalError;
use crate::groups::groups;
use crate::manifest::{self, Entry, Manifest};
use crate::meaning::{Meaning, SharedEmbedder};
use crate::passage::Prepared;
use crate::rank::{level_share, served_share};
use crate::reading::Reading;
use crate::schema::{Fields, tokenizers};
use crate::vectors;

/// Parsed records kept at hand: about 40 KB each with their passages' terms.
const KEPT_RECORDS: usize = 1024;

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProcedureSummary {
    /// Procedure code.
    pub code: String,
    /// Official name.
    pub name: String,
    /// The level a citizen meets first.
    pub level: Level,
    /// First field (lĩnh vực), empty when the source names none.
    pub field: String,
    /// Known from a catalogue: name, level, field and page, no facts.
    pub named_only: bool,
}

/// An opened index of one generation.
pub struct Snapshot {
    manifest: Manifest,
    pub(crate) fields: Fields,
    pub(crate) searcher: Searcher,
    /// By the number that the index stores in `ord`.
    pub(crate) catalogue: Vec<Entry>,
    /// What each record's name says is done, by catalogue number.
    pub(crate) acts: Vec<Acts>,
    /// What each record's level adds to its score, by catalogue number.
    pub(crate) level_shares: Vec<f32>,
    /// What it adds that the record is held in full, by catalogue number; nothing where
    /// all are.
    pub(crate) served_shares: Vec<f32>,
    /// Which copies are one procedure, by catalogue number.
    pub(crate) groups: Vec<usize>,
    /// Catalogue numbers in the order of the codes.
    by_code: Vec<usize>,
    /// Where each catalogue number lies in the index.
    pub(crate) addresses: Vec<DocAddress>,
    records: Mutex<LruCache<usize, Arc<Prepared>>>,
    /// The index folder, where vectors lie.
    dir: PathBuf,
    /// Search by meaning, once there is an embedder.
    pub(crate) meaning: OnceLock<Meaning>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("manifest", &self.manifest)
            .finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Opens an index folder after checking its manifest.
    pub fn open(dir: &Path) -> Result<Self, RetrievalError> {
        let manifest = manifest::read(dir)?;
        let catalogue = manifest::read_catalogue(dir, &manifest)?;
        let mut index = Index::open_in_dir(dir.join(&manifest.folder))?;
        index.set_tokenizers(tokenizers());
        let fields = Fields::of(&index.schema())?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let searcher = reader.searcher();
        let mut by_code: Vec<usize> = (0..catalogue.len()).collect();
        by_code.sort_by(|a, b| catalogue[*a].code.cmp(&catalogue[*b].code));
        let kept = NonZeroUsize::new(KEPT_RECORDS).unwrap_or(NonZeroUsize::MIN);
        Ok(Self {
            addresses: addresses(dir, &searcher, catalogue.len())?,
            manifest,
            fields,
            searcher,
            level_shares: catalogue.iter().map(level_share).collect(),
            served_shares: served_shares(&catalogue),
            groups: groups(&catalogue),
            acts: catalogue.iter().map(|e| Acts::of_name(&e.name)).collect(),
            catalogue,
            by_code,
            records: Mutex::new(LruCache::new(kept)),
            dir: dir.to_owned(),
            meaning: OnceLock::new(),
        })
    }

    /// Lets search use the vectors that `motcua vectors` made; how many there are. A
    /// snapshot keeps the first embedder that it is given.
    pub fn attach(&self, embedder: &SharedEmbedder) -> Result<usize, RetrievalError> {
        let Some(meaning) = Meaning::open(&self.dir, embedder, &self.catalogue)? else {
            return Ok(0);
        };
        let count = meaning.len();
        let _ = self.meaning.set(meaning);
        Ok(count)
    }

    /// True when `motcua vectors` has run on the index folder.
    pub fn has_vectors(&self) -> bool {
        vectors::any(&self.dir)
    }

    /// Name of this generation: the same records give the same name.
    pub fn id(&self) -> &str {
        &self.manifest.generation
    }

    /// What the index folder says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// How many procedures it knows, in full and by name only.
    pub fn len(&self) -> usize {
        self.catalogue.len()
    }

    /// How many procedures it holds in full.
    pub fn in_full(&self) -> usize {
        self.manifest.procedures as usize
    }

    /// True when it holds none; a built index never does.
    pub fn is_empty(&self) -> bool {
        self.catalogue.is_empty()
    }

    /// At most `limit` procedures from the `offset`-th on, in the order of their codes.
    pub fn list(&self, offset: usize, limit: usize) -> Vec<ProcedureSummary> {
        let page = self.by_code.iter().skip(offset).take(limit);
        page.map(|ord| {
            let entry = &self.catalogue[*ord];
            ProcedureSummary {
                code: entry.code.clone(),
                name: entry.name.clone(),
                level: entry.level(),
                field: entry.field.clone(),
                named_only: entry.named_only,
            }
        })
        .collect()
    }

    /// How many records a hit's confidence is judged among: all of them, or, where some are
    /// known by name only, the geometric mean of those in full and of all, which is half-way
    /// between the two fits. Words that a hit lacks tell more than among as many whole
    /// records, and less than if the rest were unknown. Our records and the national names,
    /// 588 first hits of both development sets: log loss 0.466 among the 115, 0.385 among
    /// the 5,649, 0.371 so; a fit of its own ranks them no better (area 0.856, and 0.858 so).
    pub(crate) fn judged_among(&self) -> usize {
        let (in_full, all) = (self.in_full() as f64, self.len() as f64);
        (in_full * all).sqrt().round() as usize
    }

    /// A record by its code; of what is known by name only a record without facts
    /// ([`Procedure::is_named_only`]).
    pub fn procedure(&self, code: &str) -> Option<Arc<Procedure>> {
        let ord = self.ord_of(code)?;
        let prepared = self.prepared(ord).ok()?;
        Some(Arc::clone(&prepared.procedure))
    }

    /// In how many records a word or a two-syllable word occurs, diacritics aside.
    pub fn document_frequency(&self, word: &str) -> u64 {
        let units = units(word);
        let folded: Vec<&str> = units.iter().map(|unit| &*unit.folded).collect();
        self.frequency_of(&folded.join(" "))
    }

    /// How rare a word is: 0 for one in every record, about 9 for one in none of
    /// 5,652 (the idf of BM25).
    pub fn rarity(&self, word: &str) -> f32 {
        self.idf(self.document_frequency(word))
    }

    /// Reads a text as typed; typing errors are repaired by the words of this index.
    pub fn read(&self, typed: &str) -> Reading {
        Reading::of(typed, &|folded| self.frequency_of(folded) > 0)
    }

    pub(crate) fn frequency_of(&self, folded_term: &str) -> u64 {
        let term = Term::from_field_text(self.fields.folded_body, folded_term);
        Bm25StatisticsProvider::doc_freq(self, &term).unwrap_or(0)
    }

    pub(crate) fn idf(&self, frequency: u64) -> f32 {
        let all = self.catalogue.len() as f32;
        let with = (frequency as f32).min(all);
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// Catalogue number of a code.
    pub(crate) fn ord_of(&self, code: &str) -> Option<usize> {
        let found = self
            .by_code
            .binary_search_by(|ord| self.catalogue[*ord].code.as_str().cmp(code));
        found.ok().map(|at| self.by_code[at])
    }

    /// The record with its passages, parsed on first use.
    pub(crate) fn prepared(&self, ord: usize) -> Result<Arc<Prepared>, RetrievalError> {
        if let Some(known) = self.kept().get(&ord) {
            return Ok(Arc::clone(known));
        }
        let prepared = Arc::new(self.load(ord)?);
        self.kept().put(ord, Arc::clone(&prepared));
        Ok(prepared)
    }

    fn load(&self, ord: usize) -> Result<Prepared, RetrievalError> {
        let doc: TantivyDocument = self.searcher.doc(self.addresses[ord])?;
        let record = self.stored(&doc, ord, self.fields.record)?;
        let passages = self.stored(&doc, ord, self.fields.passages)?;
        let rarity = |word: &str| self.idf(self.frequency_of(word));
        Ok(Prepared::new(record, passages, rarity))
    }

    fn stored<T: DeserializeOwned>(
        &self,
        doc: &TantivyDocument,
        ord: usize,
        field: Field,
    ) -> Result<T, RetrievalError> {
        let text = doc.get_first(field).and_then(|value| value.as_str());
        serde_json::from_str(text.unwrap_or_default()).map_err(|error| {
            let reason =
                format!("broken record ({error}): build the index again with `motcua index`");
            RetrievalError::unusable(&self.catalogue[ord].code, reason)
        })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, LruCache<usize, Arc<Prepared>>> {
        // A panic elsewhere cannot leave a half-written cache entry behind.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn served_shares(catalogue: &[Entry]) -> Vec<f32> {
    if catalogue.iter().any(|entry| entry.named_only) {
        catalogue.iter().map(served_share).collect()
    } else {
        vec![0.0; catalogue.len()]
    }
}

/// Where each catalogue number lies; every number lies somewhere exactly once.
fn addresses(
    dir: &Path,
    searcher: &Searcher,
    records: usize,
) -> Result<Vec<DocAddress>, RetrievalError> {
    let mut addresses = vec![None; records];
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        let ords = reader.fast_fields().u64("ord")?;
        for doc in 0..reader.max_doc() {
            let slot = ords
                .first(doc)
                .and_then(|ord| addresses.get_mut(ord as usize));
            if let Some(slot) = slot {
                *slot = Some(DocAddress::new(segment as u32, doc));
            }
        }
    }
    let all: Option<Vec<DocAddress>> = addresses.into_iter().collect();
    all.ok_or_else(|| {
        let reason = "index and catalogue differ: build it again with `motcua index`";
        RetrievalError::unusable(dir, reason)
    })
}
