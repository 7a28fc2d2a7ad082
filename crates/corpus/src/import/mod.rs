//! Importers: one folder a source shape. Each turns the texts of another system
//! into records; what cannot become one is kept beside, with its reason.

mod encoding;
pub mod links;
pub mod portal_text;
mod quarantine;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use self::links::Links;
use self::portal_text::{Rejected, Tally};
use self::quarantine::Quarantine;
use self::source::Entry;
use crate::catalogue::{self, Listed};
use crate::error::CorpusError;
use crate::procedure::Procedure;
use crate::section::Level;
use crate::store::Writer;
use crate::values;

pub use self::quarantine::Quarantined;

/// What an import takes besides its texts.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// ISO date of the state that the records describe.
    pub as_of: Option<String>,
    /// Public page by code.
    pub links: Links,
    /// Which records are written in full.
    pub only: Only,
}

/// The part that is written in full; the rest stands in the catalogue alone. Without a
/// level and without codes it is everything.
#[derive(Debug, Clone, Default)]
pub struct Only {
    /// Records handled at one of these levels.
    pub levels: Vec<Level>,
    /// And these records, whatever their level.
    pub codes: Option<BTreeSet<String>>,
}

impl Only {
    /// Reads codes from a file, one a line; what follows the code on its line, blank lines
    /// and lines that begin with `#` are passed over.
    pub fn read_codes(path: &Path) -> Result<BTreeSet<String>, CorpusError> {
        let text = fs_err::read_to_string(path)?;
        let first = |line: &str| line.split_whitespace().next().map(str::to_owned);
        let codes = text.lines().filter_map(first);
        Ok(codes.filter(|code| !code.starts_with('#')).collect())
    }

    fn takes(&self, procedure: &Procedure) -> bool {
        let everything = self.levels.is_empty() && self.codes.is_none();
        let of_level = |level: &Level| match level {
            Level::Unknown => procedure.levels.is_empty(),
            level => procedure.levels.contains(level),
        };
        let listed = |codes: &BTreeSet<String>| codes.contains(&procedure.code);
        everything || self.levels.iter().any(of_level) || self.codes.as_ref().is_some_and(listed)
    }
}

/// A text that was not in Unicode.
#[derive(Debug, Serialize)]
pub struct Decoded {
    /// Where it stood.
    pub source: String,
    /// `TCVN3`, `VNI` or `VIQR`.
    pub encoding: &'static str,
}

/// What an import did.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Name of the importer.
    pub format: &'static str,
    /// Texts read.
    pub read: usize,
    /// Records written in full.
    pub imported: usize,
    /// Procedures in the catalogue: those and all that were read besides.
    pub listed: usize,
    /// Codes that were to be written in full and stood in no text.
    pub missing: Vec<String>,
    /// Records of an earlier import that lie in the folder though they were not chosen now.
    pub older: Vec<String>,
    /// Procedures that got a public page.
    pub linked: usize,
    /// Texts kept beside, with their reason.
    pub quarantined: Vec<Quarantined>,
    /// Files of other kinds that were passed over.
    pub skipped: Vec<String>,
    /// Texts in an encoding from before Unicode, read as Unicode.
    pub decoded: Vec<Decoded>,
    /// Counts over every text that could be read as a record.
    pub counts: Tally,
}

/// Imports the texts under `paths` (folders, `.tar`, `.tar.gz`, single `.txt`) into
/// `out`: one `CODE.json` for each record that [`Options::only`] takes,
/// `out/catalogue.jsonl` for all of them, and `out/quarantine/` for what is none. `seen`
/// is told of each text, for a progress bar.
pub fn portal_text(
    paths: &[PathBuf],
    out: &Path,
    options: &Options,
    mut seen: impl FnMut(usize),
) -> Result<Report, CorpusError> {
    let mut run = Run {
        options,
        writer: Writer::create(out)?,
        quarantine: Quarantine::create(&out.join("quarantine"))?,
        listed: BTreeMap::new(),
        report: Report {
            format: portal_text::SOURCE_KIND,
            read: 0,
            imported: 0,
            listed: 0,
            missing: Vec::new(),
            older: Vec::new(),
            linked: 0,
            quarantined: Vec::new(),
            skipped: Vec::new(),
            decoded: Vec::new(),
            counts: Tally::default(),
        },
    };
    for path in paths {
        source::each(path, &mut |entry| {
            run.take(entry)?;
            seen(run.report.read);
            Ok(())
        })?;
    }
    run.finish(out)
}

/// One import while it runs.
struct Run<'a> {
    options: &'a Options,
    writer: Writer,
    quarantine: Quarantine,
    /// By code, everything fit to be served.
    listed: BTreeMap<String, Listed>,
    report: Report,
}

impl Run<'_> {
    fn take(&mut self, entry: Entry) -> Result<(), CorpusError> {
        let (name, bytes) = match entry {
            Entry::Skipped(name) => {
                self.report.skipped.push(name);
                return Ok(());
            }
            Entry::Refused { name, reason } => {
                self.report.read += 1;
                return self.quarantine.add(&name, None, &no_line(reason), None);
            }
            Entry::Text { name, bytes } => (name, bytes),
        };
        self.report.read += 1;
        let Some((text, encoding)) = encoding::read(&bytes) else {
            let reason = "not UTF-8 text, nor in an old Vietnamese encoding (TCVN3, VNI, VIQR)";
            let reason = no_line(reason.to_owned());
            return self.quarantine.add(&name, None, &reason, Some(&bytes));
        };
        if let Some(encoding) = encoding {
            self.report.decoded.push(Decoded {
                source: name.clone(),
                encoding: encoding.name(),
            });
        }
        match portal_text::parse_counted(&text, &mut self.report.counts) {
            Err(rejected) => self.quarantine.add(&name, None, &rejected, Some(&bytes)),
            Ok(mut procedure) => {
                self.complete(&mut procedure);
                self.put(&name, &procedure, &bytes)
            }
        }
    }

    fn complete(&mut self, procedure: &mut Procedure) {
        let provenance = &mut procedure.provenance;
        provenance.as_of.clone_from(&self.options.as_of);
        provenance.source_url = self.options.links.get(&procedure.code).map(str::to_owned);
    }

    fn put(&mut self, name: &str, procedure: &Procedure, bytes: &[u8]) -> Result<(), CorpusError> {
        let code = Some(procedure.code.as_str());
        if let Some(reason) = unfit(procedure) {
            return self.quarantine.add(name, code, &reason, Some(bytes));
        }
        if self.listed.contains_key(&procedure.code) {
            let twice = CorpusError::Duplicate(procedure.code.clone());
            return self
                .quarantine
                .add(name, code, &no_line(twice.to_string()), Some(bytes));
        }
        if self.options.only.takes(procedure) {
            self.writer.write(procedure)?;
            self.report.imported += 1;
        }
        self.report.linked += usize::from(procedure.provenance.source_url.is_some());
        self.listed
            .insert(procedure.code.clone(), Listed::from(procedure));
        Ok(())
    }

    /// The catalogue goes to the disk after the records, so that what it names in full is
    /// there. An import that read nothing leaves an older one alone.
    fn finish(mut self, out: &Path) -> Result<Report, CorpusError> {
        let codes = self.options.only.codes.iter().flatten();
        let missing = codes.filter(|code| !self.listed.contains_key(*code));
        self.report.missing = missing.cloned().collect();
        let there = |code: &&String| out.join(format!("{code}.json")).is_file();
        let unwritten = self.listed.keys().filter(|code| !self.writer.wrote(code));
        self.report.older = unwritten.filter(there).cloned().collect();
        self.report.listed = self.listed.len();
        self.writer.finish()?;
        if !self.listed.is_empty() {
            catalogue::write(out, &self.listed)?;
        }
        self.report.quarantined = self.quarantine.finish()?;
        Ok(self.report)
    }
}

fn no_line(reason: String) -> Rejected {
    Rejected { line: None, reason }
}

/// Why a record that could be read must not be served.
fn unfit(procedure: &Procedure) -> Option<Rejected> {
    if !values::is_code(&procedure.code) {
        let reason = match values::code_fault(&procedure.code) {
            Some(fault) => format!("malformed code `{}`: {fault}", procedure.code),
            None => format!("malformed code `{}`", procedure.code),
        };
        return Some(no_line(reason));
    }
    procedure
        .name
        .is_empty()
        .then(|| no_line("the name is empty".to_owned()))
}

#[cfg(test)]
mod tests;
