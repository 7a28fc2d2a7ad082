//! Which examples are made of a record: some of its sections as they are, and one trap, a copy of
//! it with values of ours laid over (`phrasing.toml`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use assistant::Prompt;
use assistant::card::Sheet;
use assistant::prompt;
use assistant::rules::Rules;
use assistant::write::Brief;
use corpus::{ChannelKind, Procedure, Section};
use retrieval::Snapshot;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Failure;
use crate::phrasing::{Part, Phrasing, Trap, parts, settle};

/// Eight procedures in ten are trained on; choices are made on dev, test only reports.
pub const SPLITS: [&str; 3] = ["train", "dev", "test"];

/// Sections that are asked for, the first four also at a glance.
const SECTIONS: [Section; 11] = [
    Section::Documents,
    Section::Fee,
    Section::Time,
    Section::Where,
    Section::Result,
    Section::Conditions,
    Section::Form,
    Section::Online,
    Section::Steps,
    Section::Subject,
    Section::LegalBasis,
];

/// How many sections the examples of one record ask for, its traps beside their own.
const PLAIN: [usize; 3] = [1, 2, 4];

/// One line of the set.
pub struct Example {
    /// Procedure of the record that it is made of.
    pub code: String,
    /// What makes it hard.
    pub kind: String,
    /// One of [`SPLITS`].
    pub split: &'static str,
    /// True where values of ours stand in the place of the record's.
    altered: bool,
    aspects: Vec<Section>,
    /// What the product is given.
    pub brief: Brief,
    /// What the model reads.
    pub prompt: Prompt,
    /// What it is to say.
    pub target: String,
    order: u64,
}

impl Example {
    /// The line in JSON.
    pub fn line(&self) -> Value {
        let message = |role: &str, content: &str| json!({"role": role, "content": content});
        let mut messages: Vec<Value> = self
            .prompt
            .messages
            .iter()
            .map(|m| message(m.role, &m.content))
            .collect();
        messages.push(message("assistant", &self.target));
        json!({
            "messages": messages, "code": self.code, "aspects": self.aspects,
            "kind": self.kind, "altered": self.altered, "split": self.split,
        })
    }
}

/// What became of the prompts of one kind.
#[derive(Default)]
pub struct Tally {
    /// Prompts made.
    pub prompts: u32,
    /// Those that some phrasing tells wholly.
    pub told: u32,
    /// Sentences of the phrasings chosen first.
    pub sentences: u32,
    /// Those that the product shows.
    pub shown: u32,
}

/// Makes examples; the same seed, index and phrasings give the same ones.
pub struct Builder {
    phrasing: Phrasing,
    seed: u64,
    rules: Arc<Rules>,
    /// Counts by kind.
    pub tally: BTreeMap<String, Tally>,
    /// Prompts that there are: the same facts under two names must not stand in two splits.
    seen: HashSet<String>,
}

impl Builder {
    /// Reads a file of phrasings.
    pub fn new(phrasing: &str, seed: u64) -> Result<Self, Failure> {
        Ok(Self {
            phrasing: toml::from_str(phrasing)?,
            seed,
            rules: Rules::embedded(),
            tally: BTreeMap::new(),
            seen: HashSet::new(),
        })
    }

    /// The examples of all records that the index holds in full, by code.
    pub fn build(&mut self, snapshot: &Snapshot) -> Vec<Example> {
        let list = snapshot.list(0, snapshot.len()).into_iter();
        let codes = list
            .filter(|entry| !entry.named_only)
            .map(|entry| entry.code);
        let mut all = Vec::new();
        for procedure in codes.filter_map(|code| snapshot.procedure(&code)) {
            for (place, count) in PLAIN.into_iter().enumerate() {
                let key = format!("{} {place}", procedure.code);
                let sections = self.sections(&key, count, &[]);
                all.extend(self.example(&procedure, sections, None, &key));
            }
            let key = format!("{} trap", procedure.code);
            let trap = pick(&self.phrasing.traps, self.hash(&key)).cloned();
            let Some(trap) = trap else { continue };
            let Some(altered) = trap.laid_over(&procedure, self.hash(&format!("{key} scale")))
            else {
                continue;
            };
            let beside = self.hash(&format!("{key} beside")) as usize % 3;
            let sections = self.sections(&key, beside, &trap.aspects);
            all.extend(self.example(&Arc::new(altered), sections, Some(&trap), &key));
        }
        all
    }

    fn hash(&self, key: &str) -> u64 {
        hash(&format!("{} {key}", self.seed))
    }

    /// The given sections and `count` more, in an order of the key's.
    fn sections(&self, key: &str, count: usize, given: &[Section]) -> Vec<Section> {
        let others = SECTIONS
            .into_iter()
            .filter(|section| !given.contains(section));
        let by_key = |section: &Section| self.hash(&format!("{key} {section}"));
        let mut others: Vec<Section> = others.collect();
        others.sort_by_key(by_key);
        let mut sections = [given, &others[..count]].concat();
        sections.sort_by_key(by_key);
        sections
    }

    fn example(
        &mut self,
        procedure: &Arc<Procedure>,
        aspects: Vec<Section>,
        trap: Option<&Trap>,
        key: &str,
    ) -> Option<Example> {
        let sheet = Sheet::new(Arc::clone(procedure), 1.0, &aspects);
        let order = self.hash(key);
        let brief = Brief {
            channel: channel(procedure, order).filter(|_| trap.is_none()),
            yes_no: false,
            sure: true,
            speak: true,
            sheet,
        };
        let prompt = prompt::build(&brief.sheet, brief.channel);
        let user = &prompt.messages.last()?.content;
        let words = !brief.sheet.is_silent() && prompt::has_words(&brief);
        if !words || !self.seen.insert(user.clone()) {
            return None;
        }
        let parts = parts(user);
        let kind = trap.map_or_else(|| kind(&parts).to_owned(), |trap| trap.kind.clone());
        let options = self.phrasing.all(&parts);
        let tally = self.tally.entry(kind.clone()).or_default();
        let target = settle(&options, &brief, &self.rules.gate, order, tally)?;
        Some(Example {
            code: procedure.code.clone(),
            split: self.split(&procedure.name),
            kind,
            altered: trap.is_some(),
            aspects,
            brief,
            prompt,
            target,
            order,
        })
    }

    /// Procedures of one name, whatever is done ("cấp", "cấp lại"), at whatever level and in
    /// whatever order of words, are in one split; the seed does not change it.
    fn split(&self, name: &str) -> &'static str {
        let folded = vitext::fold(&vitext::normalize(name)).to_lowercase();
        let words = folded.split(|c: char| !c.is_alphanumeric());
        let mut words: Vec<&str> = words
            .filter(|word| !word.is_empty() && !self.phrasing.alike.iter().any(|a| a == word))
            .collect();
        words.sort_unstable();
        match hash(&words.join(" ")) % 10 {
            0 => SPLITS[2],
            1 => SPLITS[1],
            _ => SPLITS[0],
        }
    }
}

/// At most `count` examples, the kinds in turn, each kind in the seed's order.
pub fn spread(mut all: Vec<Example>, count: usize) -> Vec<Example> {
    all.sort_by_key(|example| example.order);
    let mut met: HashMap<String, usize> = HashMap::new();
    let mut ranked: Vec<(usize, Example)> = Vec::new();
    for example in all {
        let rank = met.entry(example.kind.clone()).or_default();
        *rank += 1;
        ranked.push((*rank, example));
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked
        .into_iter()
        .take(count)
        .map(|(_, example)| example)
        .collect()
}

/// One example in four names a way of filing that the record has.
fn channel(procedure: &Procedure, order: u64) -> Option<ChannelKind> {
    let channels = procedure.channels.iter();
    let kinds: Vec<ChannelKind> = channels.map(|channel| channel.kind).collect();
    let named = pick(&kinds, order / 4).copied();
    named.filter(|_| order.is_multiple_of(4))
}

/// What makes a prompt hard whose values are the record's own.
fn kind(parts: &[Part]) -> &'static str {
    let rows = || parts.iter().flat_map(|part| &part.rows);
    let ways = |part: &Part| {
        part.rows.len() > 1
            && part
                .rows
                .iter()
                .all(|row| crate::phrasing::way(row).is_some())
    };
    if rows().any(|row| row.contains(" 0 đồng")) {
        "zero_fee"
    } else if rows().any(|row| row.contains(" tùy trường hợp: ")) {
        "cases"
    } else if parts.iter().any(ways) {
        "by_way"
    } else if rows().any(|row| row.chars().count() > 150) {
        "long"
    } else if parts.iter().any(|part| part.rows.len() > 1) {
        "rows"
    } else {
        "plain"
    }
}

fn pick<T>(from: &[T], hash: u64) -> Option<&T> {
    from.get((hash % from.len().max(1) as u64) as usize)
}

fn hash(key: &str) -> u64 {
    let digest = Sha256::digest(key.as_bytes());
    digest
        .iter()
        .take(8)
        .fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
}
