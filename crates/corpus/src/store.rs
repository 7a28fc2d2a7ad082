//! Writing records to disk: one file a procedure, stable key order, never half a
//! file under the final name.
//!
//! Each record is written beside its place, flushed to the disk and renamed. A
//! bulk import does so in batches: the disk takes hundreds of pending files about
//! as fast as one, and syncing them one by one was most of the import's time.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::error::CorpusError;
use crate::procedure::Procedure;

/// How many files wait for the disk together.
const BATCH: usize = 256;

/// Writes one record as `CODE.json` into `dir`, replacing an older version.
pub fn write_file(dir: &Path, procedure: &Procedure) -> Result<PathBuf, CorpusError> {
    let mut writer = Writer::create(dir)?;
    let path = writer.write(procedure)?;
    writer.finish()?;
    Ok(path)
}

/// The record as it stands on disk: pretty JSON in the order of the fields, with a
/// final line break.
pub fn to_json(procedure: &Procedure) -> Result<String, CorpusError> {
    let mut text =
        serde_json::to_string_pretty(procedure).map_err(|source| CorpusError::Encode {
            code: procedure.code.clone(),
            source,
        })?;
    text.push('\n');
    Ok(text)
}

/// Writes many records into one folder.
pub struct Writer {
    dir: PathBuf,
    seen: HashSet<String>,
    pending: Vec<(fs::File, PathBuf)>,
}

impl Writer {
    /// Starts writing into `dir`, which is made when missing.
    pub fn create(dir: &Path) -> Result<Self, CorpusError> {
        fs::create_dir_all(dir)?;
        Ok(Self {
            dir: dir.to_path_buf(),
            seen: HashSet::new(),
            pending: Vec::new(),
        })
    }

    /// Writes one record; it has its final name after [`Writer::finish`].
    pub fn write(&mut self, procedure: &Procedure) -> Result<PathBuf, CorpusError> {
        let code = &procedure.code;
        if !is_file_name(code) {
            return Err(CorpusError::UnsafeCode(code.clone()));
        }
        if !self.seen.insert(code.clone()) {
            return Err(CorpusError::Duplicate(code.clone()));
        }
        let path = self.dir.join(format!("{code}.json"));
        let mut file = fs::File::create(part(&path))?;
        file.write_all(to_json(procedure)?.as_bytes())?;
        self.pending.push((file, path.clone()));
        if self.pending.len() >= BATCH {
            self.flush()?;
        }
        Ok(path)
    }

    /// True when a record of this code was given to this writer.
    pub fn wrote(&self, code: &str) -> bool {
        self.seen.contains(code)
    }

    /// Brings everything to the disk under its final name.
    pub fn finish(mut self) -> Result<(), CorpusError> {
        self.flush()
    }

    fn flush(&mut self) -> Result<(), CorpusError> {
        for (file, _) in &self.pending {
            file.sync_all()?;
        }
        for (_, path) in self.pending.drain(..) {
            fs::rename(part(&path), &path)?;
        }
        // The renames themselves live in the folder.
        fs::File::open(&self.dir)?.sync_all()?;
        Ok(())
    }
}

/// Writes one whole file: beside its place, flushed to the disk, renamed.
pub(crate) fn write_beside(path: &Path, bytes: &[u8]) -> Result<(), CorpusError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!("{name}.part"));
    let mut file = fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    if let Some(dir) = path.parent() {
        fs::File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// The name a file has while it is written; not `.json`, so no reader takes it.
fn part(path: &Path) -> PathBuf {
    path.with_extension("json.part")
}

/// True for a name that stays inside its folder on every system.
pub(crate) fn is_file_name(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !code.is_empty() && code.len() <= 100 && !code.starts_with('.') && code.chars().all(plain)
}
