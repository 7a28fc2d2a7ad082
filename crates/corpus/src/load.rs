//! Reading records from disk. One bad file is a problem to report, never a reason
//! to serve none of the others.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use fs_err as fs;
use serde::Serialize;

use crate::error::CorpusError;
use crate::procedure::Procedure;

/// A record that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// 1-based line, where the reason has one.
    pub line: Option<usize>,
    /// What is wrong, naming the field.
    pub reason: String,
}

/// What a folder of records holds.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The records, in the order of their paths.
    pub procedures: Vec<Procedure>,
    /// The files that were left out.
    pub problems: Vec<Problem>,
}

/// Reads every `*.json` under a folder (or the one file that `path` is). Of two
/// records with one code the first is kept and the second is a problem.
pub fn load_dir(path: &Path) -> Result<Loaded, CorpusError> {
    let mut loaded = Loaded::default();
    for record in records(path)? {
        match record {
            Ok(procedure) => loaded.procedures.push(procedure),
            Err(problem) => loaded.problems.push(problem),
        }
    }
    Ok(loaded)
}

/// Reads records one by one, so that thousands need the memory of one.
pub fn records(path: &Path) -> Result<Records, CorpusError> {
    Ok(Records {
        files: json_files(path)?.into_iter(),
        seen: HashMap::new(),
    })
}

/// Reads one record.
pub fn read_file(path: &Path) -> Result<Procedure, CorpusError> {
    let bytes = fs::read(path)?;
    serde_json::from_slice(&bytes).map_err(|error| CorpusError::json(path, &error))
}

/// The records under a folder, in the order of their paths.
pub struct Records {
    files: std::vec::IntoIter<PathBuf>,
    seen: HashMap<String, PathBuf>,
}

impl Records {
    /// How many files are still to be read: what a progress bar needs.
    pub fn remaining(&self) -> usize {
        self.files.len()
    }

    fn read(&mut self, file: &Path) -> Result<Procedure, Problem> {
        let procedure = read_file(file).map_err(|error| problem(file, &error))?;
        if let Some(first) = self.seen.get(&procedure.code) {
            return Err(Problem {
                file: file.to_path_buf(),
                line: None,
                reason: format!("code {} is already in {}", procedure.code, first.display()),
            });
        }
        self.seen.insert(procedure.code.clone(), file.to_path_buf());
        Ok(procedure)
    }
}

impl Iterator for Records {
    type Item = Result<Procedure, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let file = self.files.next()?;
        Some(self.read(&file))
    }
}

fn problem(file: &Path, error: &CorpusError) -> Problem {
    let (line, reason) = match error {
        CorpusError::Json { line, reason, .. } => (Some(*line), reason.clone()),
        other => (None, other.to_string()),
    };
    Problem {
        file: file.to_path_buf(),
        line,
        reason,
    }
}

/// Every `*.json` under `path`, sorted; hidden files and links to folders are left
/// alone, so that a loop of links cannot trap the walk.
pub(crate) fn json_files(path: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let meta = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => CorpusError::Missing(path.to_path_buf()),
        _ => CorpusError::Io(error),
    })?;
    if meta.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let file = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(file);
            } else if file
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                files.push(file);
            }
        }
    }
    files.sort();
    Ok(files)
}
