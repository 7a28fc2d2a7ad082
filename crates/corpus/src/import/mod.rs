//! Importers: one folder a source shape. Each turns the texts of another system
//! into records; what cannot become one is kept beside, with its reason.

pub mod links;
pub mod portal_text;
mod quarantine;
mod source;

use std::path::{Path, PathBuf};

use serde::Serialize;

use self::links::Links;
use self::portal_text::{Rejected, Tally};
use self::quarantine::Quarantine;
use self::source::Entry;
use crate::error::CorpusError;
use crate::procedure::Procedure;
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
}

/// What an import did.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Name of the importer.
    pub format: &'static str,
    /// Texts read.
    pub read: usize,
    /// Records written.
    pub imported: usize,
    /// Records that got a public page.
    pub linked: usize,
    /// Texts kept beside, with their reason.
    pub quarantined: Vec<Quarantined>,
    /// Files of other kinds that were passed over.
    pub skipped: Vec<String>,
    /// Counts over every text that could be read as a record.
    pub counts: Tally,
}

/// Imports the texts under `paths` (folders, `.tar`, `.tar.gz`, single `.txt`) into
/// `out`: one `CODE.json` a record, and `out/quarantine/` for the rest. `seen` is told
/// of each text, for a progress bar.
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
        report: Report {
            format: portal_text::SOURCE_KIND,
            read: 0,
            imported: 0,
            linked: 0,
            quarantined: Vec::new(),
            skipped: Vec::new(),
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
    run.writer.finish()?;
    run.report.quarantined = run.quarantine.finish()?;
    Ok(run.report)
}

/// One import while it runs.
struct Run<'a> {
    options: &'a Options,
    writer: Writer,
    quarantine: Quarantine,
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
        let Ok(text) = std::str::from_utf8(&bytes) else {
            let reason = no_line("not UTF-8 text".to_owned());
            return self.quarantine.add(&name, None, &reason, Some(&bytes));
        };
        match portal_text::parse_counted(text, &mut self.report.counts) {
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
        match self.writer.write(procedure) {
            Ok(_) => {
                self.report.imported += 1;
                self.report.linked += usize::from(procedure.provenance.source_url.is_some());
                Ok(())
            }
            Err(error @ CorpusError::Duplicate(_)) => {
                let reason = no_line(error.to_string());
                self.quarantine.add(name, code, &reason, Some(bytes))
            }
            Err(error) => Err(error),
        }
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
