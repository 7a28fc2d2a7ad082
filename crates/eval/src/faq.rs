//! A table of questions and answers (CSV) as a suite: what offices and chatbot makers
//! have where nobody wrote a suite.
//!
//! The question is the one turn, the code (if any) the gold procedure, and what the answer
//! states exactly (amounts, periods, codes) is what ours must state too.

use std::collections::HashMap;
use std::path::Path;

use ::csv::{Reader, ReaderBuilder, StringRecord, Trim};
use corpus::Section;
use fs_err as fs;

use crate::error::EvalError;
use crate::pattern::Pattern;
use crate::stated;
use crate::suite::{Expected, Item};

/// Our columns and what others call them.
const HEADINGS: &str = include_str!("../data/csv-headings.tsv");

/// The questions of a CSV file: UTF-8 with or without a byte order mark; comma, semicolon
/// or tab.
pub(crate) fn read(path: &Path) -> Result<Vec<Item>, EvalError> {
    let fail = |(line, reason)| EvalError::Suite {
        path: path.to_owned(),
        line,
        reason,
    };
    let bytes = fs::read(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let line = 1 + before.matches('\n').count();
        fail((line, "not UTF-8: save the table as CSV UTF-8".to_owned()))
    })?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    items(&name, text).map_err(fail)
}

/// What is wrong, with its 1-based line.
type Wrong = (usize, String);

fn items(name: &str, text: &str) -> Result<Vec<Item>, Wrong> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let columns = Columns::of(&mut reader)?;
    let mut items = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(&error))?;
        let line = record.position().map_or(0, |at| at.line() as usize);
        if record.iter().any(|cell| !cell.is_empty()) {
            let made = columns.item(name, line, &record);
            items.push(made.map_err(|reason| (line, reason))?);
        }
    }
    Ok(items)
}

/// The character between two headings.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in head.bytes() {
        quoted ^= byte == b'"';
        for (mark, count) in &mut counts {
            *count += usize::from(!quoted && byte == *mark);
        }
    }
    // Of equally many the first: max_by_key would take the last.
    let best = counts.iter().rev().max_by_key(|(_, count)| *count);
    best.map_or(b',', |(mark, _)| *mark)
}

fn wrong(error: &::csv::Error) -> Wrong {
    let line = error.position().map_or(0, |at| at.line() as usize);
    let reason = match error.kind() {
        ::csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!(
            "{len} cells under {expected_len} headings: put a cell that holds a separator in quotes"
        ),
        _ => error.to_string(),
    };
    (line, reason)
}

/// Where each of our columns is.
struct Columns {
    question: usize,
    answer: usize,
    code: Option<usize>,
    id: Option<usize>,
}

impl Columns {
    fn of(reader: &mut Reader<&[u8]>) -> Result<Self, Wrong> {
        let headings = reader.headers().map_err(|error| wrong(&error))?.clone();
        let known: HashMap<String, &str> = HEADINGS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .map(|(column, heading)| (plain(heading), column))
            .collect();
        let place = |column: &str| {
            let named = |heading: &str| known.get(&plain(heading)) == Some(&column);
            headings.iter().position(named)
        };
        let needed = |column: &str, in_vietnamese: &str| {
            place(column).ok_or_else(|| {
                let seen: Vec<&str> = headings.iter().collect();
                let reason = format!(
                    "no column `{column}` or `{in_vietnamese}` among the headings: {}",
                    seen.join(" | ")
                );
                (1, reason)
            })
        };
        Ok(Self {
            question: needed("question", "câu hỏi")?,
            answer: needed("answer", "trả lời")?,
            code: place("code"),
            id: place("id"),
        })
    }

    fn item(&self, name: &str, line: usize, record: &StringRecord) -> Result<Item, String> {
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let question = cell(self.question);
        if question.is_empty() {
            return Err("the question is empty".to_owned());
        }
        let gold_codes = codes(self.code.map_or("", cell));
        let patterns = stated::patterns(cell(self.answer));
        let must_include: Result<Vec<_>, _> = patterns.iter().map(|p| Pattern::new(p)).collect();
        let id = self.id.map(cell).filter(|id| !id.is_empty());
        let marked = vitext::has_marks(question);
        Ok(Item {
            id: id.map_or_else(|| format!("{name}-{line}"), str::to_owned),
            kind: if marked { "direct" } else { "no_diacritics" }.to_owned(),
            turns: vec![question.to_owned()],
            min_gold: gold_codes.len().min(1),
            gold_codes,
            aspect: Section::Overview,
            must_include: must_include?,
            must_not: Vec::new(),
            route: Expected::Answer,
            notes: String::new(),
            line,
        })
    }
}

/// A heading without case, marks and punctuation.
fn plain(heading: &str) -> String {
    let folded = vitext::fold(&heading.replace(['_', '-'], " "));
    let words = vitext::syllables(&folded);
    let words: Vec<&str> = words.iter().map(|word| word.text).collect();
    words.join(" ")
}

/// The codes of one cell, each once.
fn codes(cell: &str) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    let parts = cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'));
    for code in parts.filter(|part| !part.is_empty()) {
        if !codes.iter().any(|known| known == code) {
            codes.push(code.to_owned());
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Item {
        let mut items = items("faq", text).unwrap();
        assert_eq!(items.len(), 1, "{items:?}");
        items.remove(0)
    }

    #[test]
    fn headings_separators_and_marks_do_not_matter() {
        for text in [
            "question,answer,code\nPhí?,\"5.000 đồng\",1.004222\n",
            "\u{feff}Mã thủ tục;Câu hỏi;Trả lời\n1.004222;Phí?;5.000 đồng\n",
            "STT\tCAU_HOI\tĐáp án:\tmã TTHC\n1\tPhí?\t5.000 đồng\t1.004222\n",
        ] {
            let item = one(text);
            assert_eq!(item.id, "faq-2");
            assert_eq!(item.question(), "Phí?");
            assert_eq!(
                (item.gold_codes, item.min_gold),
                (vec!["1.004222".to_owned()], 1)
            );
            assert_eq!(item.must_include.len(), 1);
        }
    }

    #[test]
    fn several_codes_are_alternatives() {
        let item = one("code,question,answer\n\"1.1, 1.2;1.1\",Ở đâu?,Ở xã\n");
        assert_eq!((item.gold_codes.len(), item.min_gold), (2, 1));
        assert!(item.must_include.is_empty() && item.is_judged());
        assert!(!one("question,answer\nỞ đâu?,Ở xã\n").is_judged());
    }

    #[test]
    fn a_cell_may_hold_lines_and_empty_rows_are_passed_over() {
        let text = "question,answer\n,\n\"Hai\ndòng?\",\"a\nb\"\nBa?,c\n";
        let items = items("faq", text).unwrap();
        let seen: Vec<(usize, &str)> = items.iter().map(|i| (i.line, i.question())).collect();
        assert_eq!(seen, [(3, "Hai\ndòng?"), (6, "Ba?")]);
    }

    #[test]
    fn a_separator_in_a_heading_in_quotes_is_text() {
        assert_eq!(delimiter("\"a,b,c\";d"), b';');
        assert_eq!(delimiter("a,b;c"), b',');
        assert_eq!(delimiter("a"), b',');
    }

    #[test]
    fn the_headings_file_is_whole() {
        let rows: Vec<_> = HEADINGS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        for row in rows {
            let column = row.split_once('\t').map(|(column, _)| column);
            assert!(
                matches!(column, Some("question" | "answer" | "code" | "id")),
                "{row}"
            );
        }
    }
}
