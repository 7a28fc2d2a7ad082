//! Where texts come from: a folder, an archive, a single file. Read one by one, so
//! that 5,652 of them need the memory of one.
//!
//! Nothing of an archive is unpacked to a path: an entry is only read, and its name
//! is only reported. Links and paths that leave the archive are refused all the
//! same, because an archive that has them is not what it says it is.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use fs_err as fs;
use tar::{Archive, EntryType};

use crate::error::CorpusError;

/// The largest text taken. The longest national record has about 200 KiB.
const MAX_BYTES: u64 = 4 << 20;

/// One thing found in a source.
pub(super) enum Entry {
    /// A text.
    Text {
        /// Its path.
        name: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A text that must not or cannot be read, with the reason.
    Refused {
        /// Its path.
        name: String,
        /// Why.
        reason: String,
    },
    /// A file of another kind.
    Skipped(String),
}

type Sink<'a> = dyn FnMut(Entry) -> Result<(), CorpusError> + 'a;

/// Gives every text of a source to `sink`.
pub(super) fn each(path: &Path, sink: &mut Sink<'_>) -> Result<(), CorpusError> {
    if !path.exists() {
        return Err(CorpusError::Missing(path.to_path_buf()));
    }
    if path.is_dir() {
        return folder(path, sink);
    }
    match packing(path) {
        Some(true) => archive(path, GzDecoder::new(fs::File::open(path)?), sink),
        Some(false) => archive(path, fs::File::open(path)?, sink),
        None => sink(file(path, path.display().to_string())?),
    }
}

/// Whether an archive is compressed, by its name; `None` for any other file.
fn packing(path: &Path) -> Option<bool> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let ends = |end: &str| name.ends_with(end);
    if ends(".tar.gz") || ends(".tgz") {
        Some(true)
    } else {
        ends(".tar").then_some(false)
    }
}

fn is_text(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("txt"))
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Every file under a folder in the order of the paths; links to folders are not
/// followed.
fn folder(path: &Path, sink: &mut Sink<'_>) -> Result<(), CorpusError> {
    let mut entries: Vec<(PathBuf, bool)> = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        entries.push((entry.path(), entry.file_type()?.is_dir()));
    }
    entries.sort();
    for (entry, is_dir) in entries {
        if is_hidden(&entry) {
            continue;
        }
        if is_dir {
            folder(&entry, sink)?;
        } else if is_text(&entry) && entry.is_file() {
            sink(file(&entry, entry.display().to_string())?)?;
        } else {
            sink(Entry::Skipped(entry.display().to_string()))?;
        }
    }
    Ok(())
}

fn file(path: &Path, name: String) -> Result<Entry, CorpusError> {
    let size = fs::metadata(path)?.len();
    read(fs::File::open(path)?, name, size).map_err(CorpusError::Io)
}

fn read(reader: impl Read, name: String, size: u64) -> std::io::Result<Entry> {
    let mut bytes = Vec::new();
    // The declared size may lie; the limit holds for what is really there.
    reader.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        let reason = format!(
            "too large for a record: {} bytes, at most {MAX_BYTES} are read",
            size.max(bytes.len() as u64)
        );
        return Ok(Entry::Refused { name, reason });
    }
    Ok(Entry::Text { name, bytes })
}

fn archive(path: &Path, reader: impl Read, sink: &mut Sink<'_>) -> Result<(), CorpusError> {
    let broken = |error: std::io::Error| CorpusError::Archive {
        archive: path.to_path_buf(),
        reason: format!("not a readable archive: {error}"),
    };
    let mut archive = Archive::new(reader);
    for entry in archive.entries().map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let kind = entry.header().entry_type();
        let inner = entry.path().map_err(broken)?.into_owned();
        let name = inner.display().to_string();
        if kind == EntryType::Directory || is_hidden(&inner) || is_header(kind) {
            continue;
        }
        let found = if let Some(reason) = fault(&inner, kind) {
            Entry::Refused { name, reason }
        } else if is_text(&inner) {
            let size = entry.size();
            read(entry, name, size).map_err(broken)?
        } else {
            Entry::Skipped(name)
        };
        sink(found)?;
    }
    Ok(())
}

/// Entries that describe the archive, not its content.
fn is_header(kind: EntryType) -> bool {
    matches!(kind, EntryType::XGlobalHeader | EntryType::XHeader)
}

fn fault(inner: &Path, kind: EntryType) -> Option<String> {
    let stays = inner
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !stays {
        Some("the entry's path leaves the archive".to_owned())
    } else if kind == EntryType::Regular || kind == EntryType::Continuous {
        None
    } else {
        Some("the entry is a link or a device, not a file".to_owned())
    }
}
