//! Texts that did not become records: kept as they came, with the reason, in a
//! folder that no reader of records looks into for `*.json`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use fs_err as fs;
use serde::Serialize;

use super::portal_text::Rejected;
use crate::error::CorpusError;
use crate::store::{is_file_name, write_beside};

/// A text that was kept beside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quarantined {
    /// Where it came from.
    pub source: String,
    /// Its code, where it has one.
    pub code: Option<String>,
    /// 1-based line of the source, where the reason has one.
    pub line: Option<usize>,
    /// Why.
    pub reason: String,
    /// The file in the quarantine folder, `None` where the original was not read
    /// (a link, an entry that is too large).
    pub kept: Option<String>,
}

/// The folder while an import runs. It is made with the first text put into it.
pub(super) struct Quarantine {
    dir: PathBuf,
    names: HashSet<String>,
    list: Vec<Quarantined>,
}

impl Quarantine {
    /// Starts empty; the list of an earlier import into the same place goes, its
    /// originals stay.
    pub(super) fn create(dir: &Path) -> Result<Self, CorpusError> {
        match fs::remove_file(dir.join("reasons.jsonl")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error)?,
            _ => {}
        }
        Ok(Self {
            dir: dir.to_path_buf(),
            names: HashSet::new(),
            list: Vec::new(),
        })
    }

    pub(super) fn add(
        &mut self,
        source: &str,
        code: Option<&str>,
        rejected: &Rejected,
        original: Option<&[u8]>,
    ) -> Result<(), CorpusError> {
        let kept = match original {
            Some(bytes) => Some(self.keep(source, code, bytes)?),
            None => None,
        };
        self.list.push(Quarantined {
            source: source.to_owned(),
            code: code.map(str::to_owned),
            line: rejected.line,
            reason: rejected.reason.clone(),
            kept,
        });
        Ok(())
    }

    fn keep(
        &mut self,
        source: &str,
        code: Option<&str>,
        bytes: &[u8],
    ) -> Result<String, CorpusError> {
        let stem = Path::new(source).file_stem().and_then(|stem| stem.to_str());
        let stem = code
            .filter(|code| is_file_name(code))
            .or(stem.filter(|stem| is_file_name(stem)))
            .unwrap_or("text");
        let mut name = format!("{stem}.txt");
        let mut number = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{stem}.{number}.txt");
            number += 1;
        }
        self.write(&name, bytes)?;
        Ok(name)
    }

    /// The list goes to the disk last, when all it names is there.
    pub(super) fn finish(self) -> Result<Vec<Quarantined>, CorpusError> {
        if self.list.is_empty() {
            return Ok(self.list);
        }
        let mut lines = Vec::new();
        for item in &self.list {
            let line = serde_json::to_string(item).map_err(|source| CorpusError::Encode {
                code: item.code.clone().unwrap_or_default(),
                source,
            })?;
            lines.push(line);
        }
        let text = lines.join("\n") + "\n";
        self.write("reasons.jsonl", text.as_bytes())?;
        Ok(self.list)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), CorpusError> {
        fs::create_dir_all(&self.dir)?;
        write_beside(&self.dir.join(name), bytes)
    }
}
