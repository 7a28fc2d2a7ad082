//! Building an index: records are read one by one, so that the national 5,652 need
//! the memory of the writer's buffer, not of the corpus.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use corpus::{Listed, Problem, Procedure, catalogue};
use fs_err as fs;
use sha2::{Digest, Sha256};
use tantivy::{Index, IndexWriter, TantivyDocument};

use crate::aliases;
use crate::document::document;
use crate::error::RetrievalError;
use crate::manifest::{self, Entry, FORMAT, Manifest};
use crate::schema::{Fields, schema, tokenizers};

/// Buffer of one indexing thread. Two of them, the merge and the import of the
/// records stay under 500 MB together.
const BUFFER_BYTES: usize = 64 << 20;

const THREADS: usize = 2;

/// What a build did.
#[derive(Debug, Clone)]
pub struct BuildReport {
    /// Name of the generation that now serves.
    pub generation: String,
    /// Procedures in it in full.
    pub procedures: u64,
    /// Procedures that it knows by name only, from catalogues.
    pub named_only: u64,
    /// Records that were left out, and why.
    pub problems: Vec<Problem>,
}

/// Builds an index over corpora and makes it the one that the folder serves.
///
/// Of two records with one code the first corpus wins; aliases of the later ones
/// are added, so that our words for a procedure serve a province's own record too, and
/// those of `corpus/lexicon/aliases/`. What stands in a corpus's `catalogue.jsonl`
/// ([`corpus::catalogue`]) and in no record of any corpus is indexed by name only.
/// `progress` is told how many records are done of how many. When anything fails,
/// what the folder served before is untouched.
pub fn build(
    corpora: &[PathBuf],
    index: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<BuildReport, RetrievalError> {
    let mut sources = Sources::open(corpora)?;
    fs::create_dir_all(index)?;
    let beside = index.join(format!(".building-{}", std::process::id()));
    remove_folder(&beside)?;
    let built = write_generation(&mut sources, &beside, progress)
        .and_then(|built| serve(index, &beside, &built).map(|()| built));
    match built {
        Ok(built) => Ok(BuildReport {
            generation: built.generation,
            procedures: built.procedures,
            named_only: built.named_only,
            problems: sources.problems,
        }),
        Err(error) => {
            // The first error is the one worth telling.
            let _ = remove_folder(&beside);
            Err(error)
        }
    }
}

fn write_generation(
    sources: &mut Sources,
    folder: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Manifest, RetrievalError> {
    fs::create_dir_all(folder)?;
    let schema = schema();
    let fields = Fields::of(&schema)?;
    let index = Index::builder()
        .schema(schema)
        .tokenizers(tokenizers())
        .create_in_dir(folder)?;
    let writer = index.writer_with_num_threads(THREADS, THREADS * BUFFER_BYTES)?;
    let mut catalogue = Vec::new();
    let mut digests = BTreeMap::new();
    while let Some(procedure) = sources.next() {
        let unwritable = |error| {
            RetrievalError::unusable(&procedure.code, format!("cannot be written: {error}"))
        };
        let json = serde_json::to_string(&procedure).map_err(unwritable)?;
        let ord = catalogue.len() as u64;
        writer.add_document(document(&fields, ord, &procedure, &json).map_err(unwritable)?)?;
        digests.insert(procedure.code.clone(), Sha256::digest(&json));
        catalogue.push(Entry::of(&procedure));
        progress(sources.done, sources.total);
    }
    if catalogue.iter().all(|entry: &Entry| entry.named_only) {
        return Err(RetrievalError::Empty(sources.names.clone()));
    }
    finish_writing(&index, writer)?;
    let content = digests.iter().fold(Sha256::new(), |hash, (code, digest)| {
        hash.chain_update(code).chain_update(digest)
    });
    describe(folder, &catalogue, &manifest::hex(&content.finalize()))
}

/// Commits and merges into one segment: fewer segments, fewer term look-ups a query.
fn finish_writing(
    index: &Index,
    mut writer: IndexWriter<TantivyDocument>,
) -> Result<(), RetrievalError> {
    writer.commit()?;
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    writer.garbage_collect_files().wait()?;
    writer.wait_merging_threads()?;
    Ok(())
}

fn describe(
    folder: &Path,
    catalogue: &[Entry],
    content_sha256: &str,
) -> Result<Manifest, RetrievalError> {
    let catalogue_sha256 = manifest::write_catalogue(folder, catalogue)?;
    let now = jiff::Timestamp::now();
    let generation = format!("{FORMAT}-{}", &content_sha256[..12]);
    Ok(Manifest {
        format: FORMAT,
        folder: format!("gen-{generation}-{}", now.as_millisecond()),
        generation,
        procedures: catalogue.iter().filter(|e| !e.named_only).count() as u64,
        named_only: catalogue.iter().filter(|e| e.named_only).count() as u64,
        content_sha256: content_sha256.to_owned(),
        catalogue_sha256,
        files: manifest::files_of(folder)?,
        created: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })
}

/// Moves a finished generation into the index folder, points the manifest at it and
/// removes the generations before it. A process that still serves an old one keeps
/// its open files.
fn serve(index: &Path, beside: &Path, built: &Manifest) -> Result<(), RetrievalError> {
    let folder = &built.folder;
    manifest::sync_dir(beside)?;
    fs::rename(beside, index.join(folder))?;
    manifest::write(index, built)?;
    for entry in fs::read_dir(index)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("gen-") && name != *folder {
            remove_folder(&entry.path())?;
        }
    }
    Ok(())
}

fn remove_folder(path: &Path) -> Result<(), RetrievalError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// The records of several corpora, one by one, each code once; then what their catalogues
/// name besides.
struct Sources {
    names: String,
    listed: std::vec::IntoIter<Listed>,
    queue: std::vec::IntoIter<corpus::load::Records>,
    current: Option<corpus::load::Records>,
    /// Aliases by code from the corpora after the one where the code is first seen.
    aliases: HashMap<String, Vec<String>>,
    seen: HashSet<String>,
    problems: Vec<Problem>,
    done: u64,
    total: u64,
}

impl Sources {
    fn open(corpora: &[PathBuf]) -> Result<Self, RetrievalError> {
        let names: Vec<String> = corpora.iter().map(|c| c.display().to_string()).collect();
        let readers = corpora
            .iter()
            .map(|path| corpus::records(path))
            .collect::<Result<Vec<_>, _>>()?;
        let records: usize = readers.iter().map(corpus::load::Records::remaining).sum();
        let (mut listed, mut problems) = catalogue::Lines::default();
        for path in corpora {
            let (lines, faults) = catalogue::read(path)?;
            listed.extend(lines);
            problems.extend(faults);
        }
        Ok(Self {
            names: names.join(", "),
            queue: readers.into_iter(),
            current: None,
            aliases: later_aliases(corpora)?,
            seen: HashSet::new(),
            problems,
            done: 0,
            total: (records + listed.len()) as u64,
            listed: listed.into_iter(),
        })
    }

    fn next(&mut self) -> Option<Procedure> {
        loop {
            let Some(read) = self.current.as_mut().and_then(Iterator::next) else {
                self.current = self.queue.next();
                if self.current.is_none() {
                    return self.next_listed();
                }
                continue;
            };
            self.done += 1;
            match read {
                Ok(procedure) => {
                    if self.seen.insert(procedure.code.clone()) {
                        return Some(self.with_aliases(procedure));
                    }
                }
                Err(problem) => self.problems.push(problem),
            }
        }
    }

    fn next_listed(&mut self) -> Option<Procedure> {
        let listed = self.listed.find(|listed| {
            self.done += 1;
            self.seen.insert(listed.code.clone())
        });
        listed.map(|listed| self.with_aliases(listed.procedure()))
    }

    fn with_aliases(&mut self, mut procedure: Procedure) -> Procedure {
        let later = self.aliases.remove(&procedure.code).unwrap_or_default();
        let ours = aliases::of(&procedure.code).iter().copied();
        for alias in later.into_iter().chain(ours.map(str::to_owned)) {
            if !procedure.aliases.contains(&alias) {
                procedure.aliases.push(alias);
            }
        }
        procedure
    }
}

/// Aliases in the corpora after the first, by code. Problems are told when the
/// records are read for good.
fn later_aliases(corpora: &[PathBuf]) -> Result<HashMap<String, Vec<String>>, RetrievalError> {
    let mut aliases: HashMap<String, Vec<String>> = HashMap::new();
    for path in corpora.iter().skip(1) {
        for procedure in corpus::records(path)?.flatten() {
            let known = aliases.entry(procedure.code).or_default();
            known.extend(procedure.aliases);
        }
    }
    Ok(aliases)
}
