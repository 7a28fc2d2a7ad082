//! Checks records on disk: shape, codes, Unicode, suspect fees, outdated districts,
//! and what our own records owe beyond that.

mod rules;
mod shape;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use fs_err as fs;
use serde::Serialize;

use crate::error::CorpusError;
use crate::load;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; the record can be served.
    Info,
    /// Probably wrong or outdated.
    Warning,
    /// The record cannot be read or must not be served.
    Error,
}

/// Something wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How grave.
    pub level: Severity,
    /// Which rule.
    pub rule: &'static str,
    /// The file.
    pub file: PathBuf,
    /// 1-based line, where the rule knows one.
    pub line: Option<usize>,
    /// Code of the record, where it can be read.
    pub code: Option<String>,
    /// Path of the field, such as `channels[0].fees[1]`.
    pub field: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let level = match self.level {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, ": {level}: ")?;
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        write!(f, "{} [{}]", self.message, self.rule)
    }
}

/// What a folder's check found.
#[derive(Debug, Clone, Default)]
pub struct LintReport {
    /// How many files were checked.
    pub files: usize,
    /// What is wrong, in the order of the files.
    pub findings: Vec<Finding>,
}

impl LintReport {
    /// True when something is probably wrong: an error or a warning.
    pub fn has_problems(&self) -> bool {
        self.findings.iter().any(|f| f.level >= Severity::Warning)
    }

    /// How many findings have this level.
    pub fn count(&self, level: Severity) -> usize {
        self.findings.iter().filter(|f| f.level == level).count()
    }
}

/// Checks every `*.json` under a folder, or one file.
pub fn lint_dir(path: &Path) -> Result<LintReport, CorpusError> {
    let mut report = LintReport::default();
    let mut codes: HashMap<String, PathBuf> = HashMap::new();
    for file in load::json_files(path)? {
        report.files += 1;
        let bytes = fs::read(&file)?;
        let mut findings = Vec::new();
        if let Some(procedure) = shape::check(&bytes, &mut findings) {
            rules::check(&procedure, &file, &mut findings);
            if let Some(first) = codes.get(&procedure.code) {
                findings.push(Found::error(
                    "duplicate-code",
                    "code",
                    format!("also in {}; keep one of them", first.display()),
                ));
            } else {
                codes.insert(procedure.code.clone(), file.clone());
            }
            let code = Some(procedure.code);
            report
                .findings
                .extend(findings.into_iter().map(|f| f.at(&file, code.clone())));
        } else {
            report
                .findings
                .extend(findings.into_iter().map(|f| f.at(&file, None)));
        }
    }
    Ok(report)
}

/// A finding before its file is known.
pub(crate) struct Found {
    level: Severity,
    rule: &'static str,
    line: Option<usize>,
    field: Option<String>,
    message: String,
}

impl Found {
    fn new(level: Severity, rule: &'static str, field: &str, message: String) -> Self {
        Self {
            level,
            rule,
            line: None,
            field: Some(field.to_owned()).filter(|field| !field.is_empty()),
            message,
        }
    }

    fn error(rule: &'static str, field: &str, message: String) -> Self {
        Self::new(Severity::Error, rule, field, message)
    }

    fn warning(rule: &'static str, field: &str, message: String) -> Self {
        Self::new(Severity::Warning, rule, field, message)
    }

    fn info(rule: &'static str, field: &str, message: String) -> Self {
        Self::new(Severity::Info, rule, field, message)
    }

    fn on_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    fn at(self, file: &Path, code: Option<String>) -> Finding {
        Finding {
            level: self.level,
            rule: self.rule,
            file: file.to_path_buf(),
            line: self.line,
            code,
            field: self.field,
            message: self.message,
        }
    }
}

#[cfg(test)]
mod tests;
