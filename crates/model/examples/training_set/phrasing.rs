//! What an example's answer says: patterns of `phrasing.toml` filled with the rows that the model
//! reads, and the product's own path to hold them against.

use assistant::WrittenBy;
use assistant::grounding::{Evidence, Gate};
use assistant::write::Brief;
use corpus::{Procedure, Section};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::examples::Tally;
use crate::speaker::{Speaker, sentences};

/// Longest answer, in characters: the product stops its model after 128 tokens, and a token of
/// these answers is three characters.
const LONGEST: usize = 360;

/// The file of phrasings and traps, read when the set is built: no build for a new phrase.
pub fn file() -> std::io::Result<String> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/training_set/phrasing.toml"
    );
    fs_err::read_to_string(path)
}

/// The file.
#[derive(Deserialize)]
pub struct Phrasing {
    /// Folded words that tell near-copies of one procedure apart.
    pub alike: Vec<String>,
    section: Vec<Patterns>,
    /// Values laid over records.
    pub traps: Vec<Trap>,
}

/// How one section is told; `{v}` is a row, `{l}` the same in lower case, `{a}` and `{s}` all
/// rows joined by "và" and by ";".
#[derive(Deserialize)]
struct Patterns {
    heading: String,
    /// A single measure.
    #[serde(default)]
    value: Vec<String>,
    /// Rows that name things, as one sentence.
    #[serde(default)]
    list: Vec<String>,
    /// Rows by way of filing.
    #[serde(default)]
    ways: Vec<Ways>,
    /// Rows that begin so, cut in two: `{b}` before and `{t}` behind the cut.
    #[serde(default)]
    special: Vec<Special>,
    /// A row that is a statement.
    row: Vec<String>,
}

/// `{w}` is the way of filing.
#[derive(Deserialize)]
struct Ways {
    /// Before the first row.
    #[serde(default)]
    opens: String,
    /// A measure.
    value: String,
    /// What follows "nguồn ghi".
    quoted: String,
    /// Words without a subject ("do … quyết định").
    loose: String,
    /// A statement.
    said: String,
    /// Between rows.
    joint: String,
}

#[derive(Deserialize)]
struct Special {
    #[serde(default)]
    starts: String,
    cut: String,
    say: Vec<String>,
}

/// Values of ours in the place of a record's: what is rare among records, or has to be exact.
#[derive(Deserialize, Clone)]
pub struct Trap {
    /// What makes it hard.
    pub kind: String,
    /// Sections asked for.
    pub aspects: Vec<Section>,
    #[serde(default)]
    record: Map<String, Value>,
    /// Keys of the record that its source leaves out.
    #[serde(default)]
    silent: Vec<String>,
}

impl Trap {
    /// The record with the values laid over, amounts and periods times 1 to 9.
    pub fn laid_over(&self, procedure: &Procedure, hash: u64) -> Option<Procedure> {
        let mut record = serde_json::to_value(procedure).ok()?;
        for (key, value) in &self.record {
            let mut value = value.clone();
            scale(&mut value, hash % 9 + 1);
            record[key] = value;
        }
        for key in &self.silent {
            record[key] = Value::Null;
        }
        serde_json::from_value(record).ok()
    }
}

fn scale(value: &mut Value, by: u64) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| scale(item, by)),
        Value::Object(keys) => {
            for (key, value) in keys {
                match (key.as_str(), value.as_u64()) {
                    ("amount_vnd" | "value", Some(number)) => *value = (number * by).into(),
                    _ => scale(value, by),
                }
            }
        }
        _ => {}
    }
}

/// A section as the model reads it.
pub struct Part {
    heading: String,
    /// Its rows.
    pub rows: Vec<String>,
}

/// The sections of a prompt.
pub fn parts(user: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in user.lines().skip(1) {
        let last = parts.last_mut();
        match (line.strip_prefix("- "), line.strip_suffix(':'), last) {
            (Some(row), _, Some(part)) => part.rows.push(row.to_owned()),
            (None, Some(heading), _) => parts.push(Part {
                heading: heading.to_owned(),
                rows: Vec::new(),
            }),
            _ => {}
        }
    }
    parts
}

/// A row's way of filing and what it says of it.
pub fn way(row: &str) -> Option<(&str, &str)> {
    let (head, value) = row.split_once(": ")?;
    (head.starts_with("Nộp ") || head.starts_with("Gửi ")).then_some((head, value))
}

impl Phrasing {
    /// Every way to tell each section.
    pub fn all(&self, parts: &[Part]) -> Vec<Vec<String>> {
        parts.iter().map(|part| self.options(part)).collect()
    }

    /// Every way to tell a section; none where a row is only a scrap of one.
    fn options(&self, part: &Part) -> Vec<String> {
        let patterns = self.section.iter().find(|own| own.heading == part.heading);
        let Some(patterns) = patterns.filter(|_| !part.rows.iter().any(|row| is_scrap(row))) else {
            return Vec::new();
        };
        let ways: Option<Vec<_>> = part.rows.iter().map(|row| way(row)).collect();
        if let (Some(rows), [_, ..]) = (ways, patterns.ways.as_slice()) {
            return patterns
                .ways
                .iter()
                .map(|style| style.fill(&rows))
                .collect();
        }
        let named = |row: &String| !row.contains(". ") && patterns.special(row).is_none();
        if !patterns.list.is_empty() && part.rows.iter().all(named) {
            let rows: Vec<&str> = part.rows.iter().map(|row| bare(row)).collect();
            return fill(
                &patterns.list,
                &[("{a}", &and(&rows)), ("{s}", &rows.join("; "))],
            );
        }
        // Each row a sentence of its own: the first ways of all, the second ways, …
        let each: Vec<Vec<String>> = part.rows.iter().map(|row| patterns.row(row)).collect();
        let most = each.iter().map(Vec::len).max().unwrap_or_default();
        let nth = |n: usize| {
            each.iter()
                .map(|ways| &*ways[n % ways.len()])
                .collect::<Vec<_>>()
                .join(" ")
        };
        (0..most).map(nth).collect()
    }
}

impl Patterns {
    fn special<'p, 'r>(&'p self, row: &'r str) -> Option<(&'p Special, &'r str, &'r str)> {
        self.special.iter().find_map(|special| {
            let (before, behind) = row.split_once(&special.cut)?;
            let starts = row.starts_with(&special.starts);
            starts.then_some((special, before, behind))
        })
    }

    /// Every way to tell one row.
    fn row(&self, row: &str) -> Vec<String> {
        if let Some((special, before, behind)) = self.special(row) {
            let values = [
                ("{b}", before),
                ("{bl}", &lower(before)),
                ("{t}", bare(behind)),
                ("{tl}", &lower(bare(behind))),
            ];
            return fill(&special.say, &values);
        }
        let row = bare(row);
        let patterns = if is_value(row) && !self.value.is_empty() {
            &self.value
        } else {
            &self.row
        };
        let patterns: Vec<String> = patterns
            .iter()
            .map(|pattern| of_kind(pattern, row))
            .collect();
        fill(&patterns, &[("{v}", row), ("{l}", &lower(row))])
    }
}

fn fill(patterns: &[String], values: &[(&str, &str)]) -> Vec<String> {
    let fill = |pattern: &String| {
        let put = |text: String, (name, value): &(&str, &str)| text.replace(name, value);
        capital(&values.iter().fold(pattern.clone(), put))
    };
    patterns.iter().map(fill).collect()
}

impl Ways {
    fn fill(&self, rows: &[(&str, &str)]) -> String {
        let row = |(way, value): &(&str, &str)| {
            let value = bare(value);
            let (pattern, value) = match value.strip_prefix("nguồn ghi ") {
                Some(quoted) => (&self.quoted, quoted),
                None if is_value(value) => (&self.value, value),
                None if value.starts_with(char::is_lowercase) || value.starts_with("Theo ") => {
                    (&self.loose, value)
                }
                None => (&self.said, value),
            };
            let text = of_kind(pattern, value).replace("{w}", &lower(way));
            let text = text.replace("{v}", value).replace("{l}", &lower(value));
            if self.joint == ". " {
                capital(&text)
            } else {
                text
            }
        };
        let rows: Vec<String> = rows.iter().map(row).collect();
        capital(&format!("{}{}.", self.opens, rows.join(&self.joint)))
    }
}

/// A heading ("Hồ sơ gồm:"), a bare list number, or a word or two that answer a question which the
/// record does not repeat ("Nộp trực tiếp: Không có").
fn is_scrap(row: &str) -> bool {
    let short = |value: &str| value.split(' ').count() < 4 && !Evidence::has_claim(value);
    row.ends_with(':')
        || !row.contains(char::is_alphabetic)
        || way(row).is_some_and(|(_, value)| short(value))
}

/// A measure by itself ("20.000 đồng"), as against a statement about one.
fn is_value(row: &str) -> bool {
    Evidence::has_claim(row) && !row.starts_with(char::is_uppercase)
}

/// "Phí" and "lệ phí" are two charges in law: what the record calls a phí is told as one.
fn of_kind(pattern: &str, row: &str) -> String {
    if row.contains("(phí") || row.contains("(Phí") {
        return pattern.replace("lệ phí", "phí").replace("Lệ phí", "Phí");
    }
    pattern.to_owned()
}

/// A row without its number in a list and its stop: "a) Đơn đề nghị;" is told as "Đơn đề nghị".
fn bare(row: &str) -> &str {
    let number = |head: &str| head.len() <= 4 && !head.contains(' ') && head.ends_with([')', '.']);
    let row = match row.split_once(' ') {
        Some((head, rest)) if number(head) && rest.starts_with(char::is_uppercase) => rest,
        _ => row,
    };
    row.trim_end_matches(['.', ';', ',', ' '])
}

fn and(rows: &[&str]) -> String {
    match rows.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} và {last}", rest.join(", ")),
        _ => rows.concat(),
    }
}

/// A lower first letter, but in abbreviations and names of two capitals ("UBND", "Việt Nam").
fn lower(text: &str) -> String {
    let mut words = text.split(' ');
    let first = words.next().unwrap_or_default();
    let capital = |word: &str| word.starts_with(char::is_uppercase);
    let name = words.next().is_some_and(capital) || first.chars().skip(1).any(char::is_uppercase);
    let mut chars = text.chars();
    match chars.next() {
        Some(letter) if !name => letter.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

/// The answer whose every sentence the product shows and to which it has nothing to add: of each
/// section the phrasing that `order` comes to first, the next one where it is refused.
pub fn settle(
    options: &[Vec<String>],
    brief: &Brief,
    gate: &Gate,
    order: u64,
    tally: &mut Tally,
) -> Option<String> {
    tally.prompts += 1;
    let mut tried = vec![0; options.len()];
    loop {
        let chosen = options.iter().zip(&tried).enumerate();
        let chosen = chosen.map(|(place, (options, tried))| {
            let first = (order >> (8 * (place % 7))) as usize;
            let at = (first + tried) % options.len().max(1);
            options.get(at).filter(|_| *tried < options.len())
        });
        let chosen: Vec<&String> = chosen.collect::<Option<_>>()?;
        let text = chosen.iter().map(|text| text.as_str()).collect::<Vec<_>>();
        let text = text.join(" ");
        let (said, by) = Speaker::script(&text).say(brief, gate);
        if tried.iter().all(|tried| *tried == 0) {
            tally.sentences += said.len() as u32;
            tally.shown += said.iter().filter(|(_, shown)| *shown).count() as u32;
        }
        let shown = |sentence: &String| said.iter().any(|(own, shown)| *shown && own == sentence);
        let refused = chosen.iter().map(|text| !sentences(text).iter().all(shown));
        let refused: Vec<bool> = refused.collect();
        if !refused.contains(&true) {
            let fits = by == WrittenBy::Model && text.chars().count() <= LONGEST;
            tally.told += u32::from(fits);
            return fits.then_some(text);
        }
        for (tried, refused) in tried.iter_mut().zip(refused) {
            *tried += usize::from(refused);
        }
    }
}
