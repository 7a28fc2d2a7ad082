//! Where model files lie on this machine. `serve` looks in the same places that `model
//! pull` writes to, so what was fetched is found, from any working directory.

use std::path::{Path, PathBuf};

use crate::error::{ModelError, ModelResult};
use crate::manifest::Entry;

/// Names a weights file to use instead of any other.
pub const VARIABLE: &str = "MOTCUA_MODEL";

/// The file named by `MOTCUA_MODEL`, if set.
pub fn named_file() -> Option<PathBuf> {
    let value = std::env::var_os(VARIABLE)?;
    (!value.is_empty()).then(|| PathBuf::from(value))
}

/// Folders that are searched, nearest first: `./models`, then the data folder.
pub fn folders() -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from("models")];
    folders.extend(data_folder());
    folders
}

/// Where `model pull` writes: `models` under the user's data folder.
pub fn data_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let data = set("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| Path::new(&home).join(".local/share")))?;
    Some(data.join("motcua").join("models"))
}

/// The file of an entry: what `MOTCUA_MODEL` names, else the first folder that has it.
/// A file named explicitly is returned whether it exists or not, so that a wrong path is
/// an error and not silently another model.
pub fn find(entry: &Entry) -> ModelResult<PathBuf> {
    if let Some(file) = named_file() {
        return Ok(file);
    }
    find_fetched(entry)
}

/// The file of an entry in the searched folders, whatever `MOTCUA_MODEL` says.
pub fn find_fetched(entry: &Entry) -> ModelResult<PathBuf> {
    find_in(entry, &folders())
}

fn find_in(entry: &Entry, folders: &[PathBuf]) -> ModelResult<PathBuf> {
    let candidates = folders.iter().map(|folder| folder.join(&entry.file));
    candidates
        .clone()
        .find(|path| path.is_file())
        .ok_or_else(|| {
            let looked: Vec<_> = folders
                .iter()
                .map(|folder| folder.display().to_string())
                .collect();
            ModelError::NotHere {
                name: entry.name.clone(),
                looked: looked.join(", "),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    #[test]
    fn the_nearest_folder_wins_and_a_miss_says_where_it_looked() {
        let manifest = Manifest::embedded().unwrap();
        let entry = manifest.find(None).unwrap();
        let near = tempfile::tempdir().unwrap();
        let far = tempfile::tempdir().unwrap();
        let folders = [near.path().to_owned(), far.path().to_owned()];

        let error = find_in(entry, &folders).unwrap_err().to_string();
        assert!(error.contains(&far.path().display().to_string()), "{error}");

        fs_err::write(far.path().join(&entry.file), "x").unwrap();
        assert_eq!(
            find_in(entry, &folders).unwrap(),
            far.path().join(&entry.file)
        );
        fs_err::write(near.path().join(&entry.file), "x").unwrap();
        assert_eq!(
            find_in(entry, &folders).unwrap(),
            near.path().join(&entry.file)
        );
    }
}
