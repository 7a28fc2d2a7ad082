//! The manifest and catalogue of an index folder.
//!
//! `DIR/manifest.json` names the one generation that serves, `DIR/gen-…/`. A build
//! writes its generation beside the old one and then replaces the manifest by
//! rename: at every instant the folder holds one whole index, whatever dies when.

use std::io::Write;
use std::path::{Path, PathBuf};

use corpus::{Level, Procedure, Scope};
use fs_err as fs;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::RetrievalError;

/// Raised whenever the schema, the analysis or a file's shape changes.
pub(crate) const FORMAT: u32 = 5;

const MANIFEST: &str = "manifest.json";
const CATALOGUE: &str = "catalogue.json";

/// What an index folder says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the index format.
    pub format: u32,
    /// Name of the generation: the same records give the same name.
    pub generation: String,
    /// Folder of the generation inside the index folder.
    pub folder: String,
    /// How many procedures it holds in full.
    pub procedures: u64,
    /// How many more it knows by name only, from a catalogue.
    pub named_only: u64,
    /// SHA-256 over the records in the order of their codes, hexadecimal.
    pub content_sha256: String,
    /// SHA-256 of the catalogue file, hexadecimal.
    pub catalogue_sha256: String,
    /// Every file of the generation with its length in bytes.
    pub files: Vec<(String, u64)>,
    /// When it was built, ISO 8601 in UTC.
    pub created: String,
}

/// One record in the catalogue, kept in memory for ranking and listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub code: String,
    pub name: String,
    pub levels: Vec<Level>,
    pub field: String,
    pub scope: Scope,
    /// Known from a catalogue, without a record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named_only: bool,
}

impl Entry {
    pub(crate) fn of(procedure: &Procedure) -> Self {
        Self {
            code: procedure.code.clone(),
            name: procedure.name.clone(),
            levels: procedure.levels.clone(),
            field: procedure.field().to_owned(),
            scope: procedure.scope.clone(),
            named_only: procedure.is_named_only(),
        }
    }

    /// The level a citizen meets first.
    pub(crate) fn level(&self) -> Level {
        self.levels.iter().copied().min().unwrap_or(Level::Unknown)
    }
}

/// Reads and checks the manifest of an index folder.
pub(crate) fn read(dir: &Path) -> Result<Manifest, RetrievalError> {
    let path = dir.join(MANIFEST);
    let again = "build it again with `motcua index`";
    let bytes = fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            RetrievalError::unusable(
                dir,
                "no index here (no manifest.json): build one with `motcua index`",
            )
        }
        _ => error.into(),
    })?;
    let broken = |e: serde_json::Error| {
        RetrievalError::unusable(&path, format!("broken manifest ({e}): {again}"))
    };
    // The format is read first: another version's manifest may have another shape.
    let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(broken)?;
    match value.get("format").and_then(serde_json::Value::as_u64) {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => {
            let reason = format!("index format {format}, this program reads {FORMAT}: {again}");
            return Err(RetrievalError::unusable(&path, reason));
        }
        None => {
            let reason = format!("broken manifest (no format): {again}");
            return Err(RetrievalError::unusable(&path, reason));
        }
    }
    let manifest: Manifest = serde_json::from_value(value).map_err(broken)?;
    check_files(dir, &manifest)?;
    Ok(manifest)
}

/// A missing or cut file is found before the search engine trips over it.
fn check_files(dir: &Path, manifest: &Manifest) -> Result<(), RetrievalError> {
    for (name, length) in &manifest.files {
        let path = dir.join(&manifest.folder).join(name);
        let found = fs::metadata(&path).map(|meta| meta.len()).ok();
        if found != Some(*length) {
            let found = found.map_or("is missing".to_owned(), |found| {
                format!("has {found} bytes instead of {length}")
            });
            let reason = format!("{found}: build the index again with `motcua index`");
            return Err(RetrievalError::unusable(path, reason));
        }
    }
    Ok(())
}

/// Reads the catalogue that a manifest vouches for.
pub(crate) fn read_catalogue(
    dir: &Path,
    manifest: &Manifest,
) -> Result<Vec<Entry>, RetrievalError> {
    let path = dir.join(&manifest.folder).join(CATALOGUE);
    let bytes = fs::read(&path)?;
    if hex(&Sha256::digest(&bytes)) != manifest.catalogue_sha256 {
        let reason = "does not match its manifest: build the index again with `motcua index`";
        return Err(RetrievalError::unusable(path, reason));
    }
    serde_json::from_slice(&bytes)
        .map_err(|e| RetrievalError::unusable(path, format!("broken catalogue: {e}")))
}

/// Writes the catalogue into a generation's folder and gives its SHA-256.
pub(crate) fn write_catalogue(folder: &Path, entries: &[Entry]) -> Result<String, RetrievalError> {
    let path = folder.join(CATALOGUE);
    let bytes = serde_json::to_vec(entries).map_err(|e| json_error(&path, &e))?;
    write_synced(&path, &bytes)?;
    Ok(hex(&Sha256::digest(&bytes)))
}

/// Replaces the manifest: the instant at which the new generation serves.
pub(crate) fn write(dir: &Path, manifest: &Manifest) -> Result<(), RetrievalError> {
    let path = dir.join(MANIFEST);
    let bytes = serde_json::to_vec_pretty(manifest).map_err(|e| json_error(&path, &e))?;
    let beside = dir.join(format!("{MANIFEST}.new"));
    write_synced(&beside, &bytes)?;
    fs::rename(&beside, &path)?;
    sync_dir(dir)
}

/// Makes renames inside a folder last.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), RetrievalError> {
    fs::File::open(dir)?.sync_all()?;
    Ok(())
}

/// Every file of a folder with its length, by name. Lock files are left out: the
/// engine makes them anew.
pub(crate) fn files_of(folder: &Path) -> Result<Vec<(String, u64)>, RetrievalError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_lock = Path::new(&name).extension().is_some_and(|e| e == "lock");
        if !is_lock {
            files.push((name, entry.metadata()?.len()));
        }
    }
    files.sort();
    Ok(files)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn json_error(path: &Path, error: &serde_json::Error) -> RetrievalError {
    RetrievalError::unusable(PathBuf::from(path), error.to_string())
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), RetrievalError> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}
