//! The catalogue beside the records: one line of JSON for every record that an import
//! read, whether it was written in full or not. It lets an installation serve a part in
//! full and still recognise, name and link the rest.
//!
//! What was quarantined is not listed: a record that cannot be trusted must not be named
//! to a citizen either.

use std::collections::BTreeMap;
use std::path::Path;

use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::error::CorpusError;
use crate::known::Known;
use crate::load::Problem;
use crate::procedure::{Agencies, Procedure, Scope};
use crate::provenance::{Provenance, Status};
use crate::section::Level;
use crate::store::write_beside;
use crate::values::is_code;

/// Its name, directly in the folder of records.
pub const FILE: &str = "catalogue.jsonl";

/// [`Provenance::source_kind`] of a procedure that is known from a catalogue alone.
const SOURCE_KIND: &str = "catalogue";

/// One line: what names a procedure and tells where its own page is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// National code, such as `1.004222`.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Levels that handle it; empty when the source names none.
    #[serde(default)]
    pub levels: Vec<Level>,
    /// First field (lĩnh vực), null when the source names none.
    #[serde(default)]
    pub field: Option<String>,
    /// Whole country or one province.
    pub scope: Scope,
    /// Its public page, null where the source gives none.
    #[serde(default)]
    pub url: Option<String>,
    /// ISO date of the state that the list describes.
    #[serde(default)]
    pub as_of: Option<String>,
}

impl From<&Procedure> for Listed {
    fn from(procedure: &Procedure) -> Self {
        let field = procedure.field();
        Self {
            code: procedure.code.clone(),
            name: procedure.name.clone(),
            levels: procedure.levels.clone(),
            field: (!field.is_empty()).then(|| field.to_owned()),
            scope: procedure.scope.clone(),
            url: procedure.provenance.source_url.clone(),
            as_of: procedure.provenance.as_of.clone(),
        }
    }
}

impl Listed {
    /// The procedure as far as the list tells: every other fact is not fetched, none is
    /// silent, because nobody has looked.
    pub fn procedure(self) -> Procedure {
        Procedure {
            code: self.code,
            name: self.name,
            aliases: Vec::new(),
            decision: Known::NotFetched,
            kind: Known::NotFetched,
            fields: self
                .field
                .map_or(Known::NotFetched, |field| Known::Present(vec![field])),
            levels: self.levels,
            scope: self.scope,
            subjects: Known::NotFetched,
            steps: Known::NotFetched,
            channels: Known::NotFetched,
            cases: Known::NotFetched,
            agencies: Agencies::default(),
            receiving_addresses: Known::NotFetched,
            results: Known::NotFetched,
            legal_basis: Known::NotFetched,
            requirements: Known::NotFetched,
            keywords: Known::NotFetched,
            description: Known::NotFetched,
            related: Known::NotFetched,
            online: Known::NotFetched,
            life_events: Vec::new(),
            provenance: Provenance {
                source_kind: SOURCE_KIND.to_owned(),
                source_url: self.url,
                as_of: self.as_of,
                sha256: None,
                importer_version: None,
            },
            status: Status::Active,
            flags: Vec::new(),
        }
    }

    fn fault(&self) -> Option<String> {
        if !is_code(&self.code) {
            return Some(format!("code: malformed code `{}`", self.code));
        }
        let blank = self.name.trim().is_empty();
        blank.then(|| format!("name: {} has none", self.code))
    }
}

impl Procedure {
    /// True when only its name, level, field, scope and page are known: it stood in a
    /// catalogue and no record of it was read. Its other facts are [`Known::NotFetched`].
    pub fn is_named_only(&self) -> bool {
        self.provenance.source_kind == SOURCE_KIND
    }
}

/// The lines of a catalogue and those that could not be read.
pub type Lines = (Vec<Listed>, Vec<Problem>);

/// Writes the catalogue of a folder, in the order of the codes; never half a file under
/// the final name.
pub fn write(dir: &Path, listed: &BTreeMap<String, Listed>) -> Result<(), CorpusError> {
    let mut text = String::new();
    for line in listed.values() {
        let line = serde_json::to_string(line).map_err(|source| CorpusError::Encode {
            code: line.code.clone(),
            source,
        })?;
        text.push_str(&line);
        text.push('\n');
    }
    write_beside(&dir.join(FILE), text.as_bytes())
}

/// Reads the catalogue of a folder; a folder (or a single record) without one has no
/// lines. One bad line is a problem to report, never a reason to drop the others.
pub fn read(dir: &Path) -> Result<Lines, CorpusError> {
    let path = dir.join(FILE);
    let text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            let none = std::io::ErrorKind::NotFound;
            let file = std::io::ErrorKind::NotADirectory;
            return if error.kind() == none || error.kind() == file {
                Ok(Lines::default())
            } else {
                Err(error.into())
            };
        }
    };
    let (mut lines, mut problems) = Lines::default();
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let read = serde_json::from_str::<Listed>(line).map_err(|error| error.to_string());
        match read.and_then(|listed| listed.fault().map_or(Ok(listed), Err)) {
            Ok(listed) => lines.push(listed),
            Err(reason) => problems.push(Problem {
                file: path.clone(),
                line: Some(at + 1),
                reason,
            }),
        }
    }
    Ok((lines, problems))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known::State;
    use crate::section::Section;

    fn listed(code: &str) -> Listed {
        Listed {
            code: code.to_owned(),
            name: "Nhận nuôi mèo".to_owned(),
            levels: vec![Level::Tinh],
            field: Some("Vật nuôi".to_owned()),
            scope: Scope::National,
            url: Some("https://example.vn/meo".to_owned()),
            as_of: Some("2026-07".to_owned()),
        }
    }

    #[test]
    fn what_is_written_is_read_back_in_the_order_of_the_codes() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let codes = ["2.000001", "1.000009", "1.000002"];
        let all: BTreeMap<String, Listed> = codes
            .iter()
            .map(|code| ((*code).to_owned(), listed(code)))
            .collect();
        write(dir.path(), &all).expect("written");
        let text = fs::read_to_string(dir.path().join(FILE)).expect("there");
        insta::assert_snapshot!(text.lines().next().expect("a line"), @r#"{"code":"1.000002","name":"Nhận nuôi mèo","levels":["tinh"],"field":"Vật nuôi","scope":{"kind":"national"},"url":"https://example.vn/meo","as_of":"2026-07"}"#);
        let (lines, problems) = read(dir.path()).expect("read");
        assert_eq!(lines, all.into_values().collect::<Vec<_>>());
        assert_eq!(problems, []);
        let left: Vec<_> = fs::read_dir(dir.path()).expect("listed").collect();
        assert_eq!(left.len(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_bad_line_is_a_problem_and_a_missing_file_is_none() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(read(dir.path()).expect("no catalogue").0, []);
        let good = serde_json::to_string(&listed("1.000001")).expect("JSON");
        let bad_code = good.replace("1.000001", "1.00-Xoa");
        let nameless = good.replace("Nhận nuôi mèo", " ");
        let text = format!("{good}\n{{\n\n{bad_code}\n{nameless}\n");
        fs::write(dir.path().join(FILE), text).expect("written");
        let (lines, problems) = read(dir.path()).expect("read");
        assert_eq!(lines.len(), 1);
        let at: Vec<_> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(at, [Some(2), Some(4), Some(5)]);
    }

    #[test]
    fn nothing_of_it_reads_as_silence() {
        let procedure = listed("1.000001").procedure();
        assert!(procedure.is_named_only());
        for section in Section::ALL {
            let facts = crate::facts(&procedure, section);
            let want = if section == Section::Overview {
                State::Present
            } else {
                State::NotFetched
            };
            assert_eq!(facts.state, want, "{section}");
            let text = facts.lines.join("\n");
            assert!(!text.contains("Nguồn không ghi"), "{section}: {text}");
        }
        assert_eq!(Listed::from(&procedure), listed("1.000001"));
    }
}
