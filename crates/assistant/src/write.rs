//! Writing: the model's sentences through the gate, the record's words where they fail.

use std::collections::HashSet;

use corpus::{ChannelKind, Facts, Section};

use crate::answer::{Citation, WrittenBy};
use crate::card::{Sheet, lines_for};
use crate::compose::{self, is_list};
use crate::generator::{Flow, Generator, Sampling, StopReason};
use crate::grounding::{Evidence, Gate, Sentences};
use crate::lead;
use crate::places::sends_to_district;
use crate::prompt;

/// Most sentences shown of one generation: the prompt asks for one a section.
const SENTENCES: usize = 5;

/// A line is said when the text holds this share of its words.
const MOST: f32 = 0.6;

/// A line of which half would mislead is said when the text holds this share.
const WHOLE: f32 = 0.9;

/// Where a list is, after what the model said of it: no fact, the card is there.
const CARD: &str = "Chi tiết đầy đủ ở thẻ bên dưới.";

/// What is to be written: the facts, and how the question put it.
#[derive(Debug, Clone)]
pub struct Brief {
    /// The record's facts.
    pub sheet: Sheet,
    /// Way of filing named in the question.
    pub channel: Option<ChannelKind>,
    /// True for a question to be answered yes or no.
    pub yes_no: bool,
    /// False when the record is only the nearest one found.
    pub sure: bool,
    /// True when a model may phrase it.
    pub speak: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The text shown.
    pub text: String,
    /// Whose words.
    pub by: WrittenBy,
}

/// Text on its way out: what has been shown is never taken back.
struct Page<'a> {
    text: String,
    /// The same without the numbers of sources: what has been said so far.
    said: String,
    sink: &'a mut dyn FnMut(&str),
}

impl Page<'_> {
    /// Adds a sentence with the numbers of its sources.
    fn add_cited(&mut self, sentence: &str, sources: &[u32], joint: &str) {
        self.add(&compose::cite(sentence, sources), joint);
        self.said.push_str(sentence);
        self.said.push('\n');
    }

    fn add(&mut self, paragraph: &str, joint: &str) {
        let joint = if self.text.is_empty() { "" } else { joint };
        let piece = format!("{joint}{paragraph}");
        self.text.push_str(&piece);
        (self.sink)(&piece);
    }
}

/// Writes the answer about one procedure: its opening at once, then the sections in the model's
/// words, then what is left in the record's. `sink` receives checked pieces only.
pub fn write(
    brief: &Brief,
    gate: &Gate,
    generator: Option<&mut dyn Generator>,
    sampling: &Sampling,
    sink: &mut dyn FnMut(&str),
) -> Written {
    let mut page = Page {
        text: String::new(),
        said: String::new(),
        sink,
    };
    let citations = brief.sheet.citations(1);
    page.add(&compose::opening(brief, &citations), "");
    if let Some(generator) = generator {
        phrase(brief, (gate, &citations), generator, sampling, &mut page);
    }
    let by = if page.said.is_empty() {
        for section in compose::sections(brief, &citations) {
            page.add(&section, "\n");
        }
        WrittenBy::Record
    } else {
        complete(brief, &citations, &mut page)
    };
    Written {
        text: page.text,
        by,
    }
}

/// Lets the model speak and shows each sentence that the record supports.
fn phrase(
    brief: &Brief,
    (gate, citations): (&Gate, &[Citation]),
    generator: &mut dyn Generator,
    sampling: &Sampling,
    page: &mut Page<'_>,
) {
    let lines = prompt::evidence(&brief.sheet, brief.channel);
    // What is only the nearest procedure is not what the citizen calls it.
    let aliases = brief.sheet.procedure.aliases.iter().map(String::as_str);
    let proof = Proof {
        brief,
        evidence: gate
            .evidence(lines.iter().map(String::as_str))
            .called(aliases.filter(|_| brief.sure)),
        citations,
        spoken: prompt::spoken(&brief.sheet, brief.channel),
        lines: &lines,
    };
    let prompt = prompt::build(&brief.sheet, brief.channel);
    let mut sentences = Sentences::default();
    let mut shown = 0;
    let completion = generator.generate(&prompt, sampling, &mut |piece| {
        for sentence in sentences.push(piece) {
            shown += usize::from(proof.show(&sentence, page));
        }
        if shown < SENTENCES {
            Flow::Continue
        } else {
            Flow::Stop
        }
    });
    // Half a sentence may claim half a fact: the rest counts only when the model
    // ended its turn by itself.
    let ended = completion.is_ok_and(|done| done.stop == StopReason::EndOfTurn);
    if let Some(last) = sentences.finish().filter(|_| ended && shown < SENTENCES) {
        proof.show(&last, page);
    }
}

/// What a sentence is held against.
struct Proof<'a> {
    brief: &'a Brief,
    evidence: Evidence<'a>,
    lines: &'a [String],
    spoken: Vec<(&'a Facts, Vec<String>)>,
    citations: &'a [Citation],
}

impl Proof<'_> {
    /// Shows a sentence that the record supports, with the numbers of the lines that do.
    fn show(&self, sentence: &str, page: &mut Page<'_>) -> bool {
        let wrong = self.brief.yes_no && says_yes_or_no(sentence)
            || page.said.contains(sentence)
            || sends_to_district(sentence)
            || speaks_of_silence(sentence)
            || hides_its_source(sentence);
        let support = self.support(sentence).filter(|_| !wrong);
        if let Some(supporting) = &support {
            let sources = compose::sources(supporting.iter().copied(), self.citations);
            let joint = if page.said.is_empty() { "\n" } else { " " };
            page.add_cited(sentence, &sources, joint);
        }
        support.is_some()
    }

    /// The record's words that say what a sentence says.
    fn support(&self, sentence: &str) -> Option<Vec<&str>> {
        let under_heading = || {
            let (own, rest) = self.headed(sentence)?;
            let lines = self.stated(rest)?;
            let inside = lines.iter().all(|line| own.iter().any(|o| o == line));
            inside.then_some(lines)
        };
        self.stated(sentence).or_else(under_heading)
    }

    fn stated(&self, sentence: &str) -> Option<Vec<&str>> {
        let support = self.evidence.check(sentence).ok()?;
        // The first line is the procedure's name, which is no statement.
        let places = support.lines.into_iter().filter(|line| *line > 0);
        let lines = places.filter_map(|line| self.lines.get(line));
        Some(lines.map(String::as_str).collect())
    }

    /// "Điều kiện là có nhà ở ổn định": a sentence behind the heading of a section that the model
    /// was given, and that section's lines. The gate finds no line that says "điều kiện".
    fn headed<'s>(&self, sentence: &'s str) -> Option<(&[String], &'s str)> {
        self.spoken.iter().find_map(|(facts, own)| {
            let rest = sentence.strip_prefix(lead::heading(facts.section))?;
            Some((own.as_slice(), rest.strip_prefix(" là ")?))
        })
    }
}

/// True for a sentence that opens with a yes or a no. To the gate these are words of
/// politeness: the claim behind them may hold while the answer is turned round.
fn says_yes_or_no(sentence: &str) -> bool {
    let first = sentence.split(|c: char| !c.is_alphanumeric()).next();
    let first = first.unwrap_or_default().to_lowercase();
    matches!(
        first.as_str(),
        "có" | "không" | "được" | "phải" | "đúng" | "vâng" | "dạ" | "chưa"
    )
}

/// True for a sentence that speaks of what the source leaves out: such sentences are fixed.
fn speaks_of_silence(sentence: &str) -> bool {
    let sentence = sentence.to_lowercase();
    sentence.contains("nguồn không ghi") || sentence.contains("chưa có trong dữ liệu")
}

/// True for a sentence that tells a recorded 0 without saying that it is only recorded: the source
/// does not explain it, and nobody is to read "free" in it.
fn hides_its_source(sentence: &str) -> bool {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let mut pairs = words.windows(2);
    pairs.any(|two| two[0] == "0" && two[1].starts_with("đồng"))
        && !sentence.to_lowercase().contains("nguồn ghi")
}

/// Adds, in the record's words, whatever was asked for and not yet said. Fixed sentences about
/// what the source leaves out make the answer no less the model's.
fn complete(brief: &Brief, citations: &[Citation], page: &mut Page<'_>) -> WrittenBy {
    let (sheet, channel) = (&brief.sheet, brief.channel);
    let said = page.said.clone();
    let spoken = prompt::spoken(sheet, channel);
    let mut by = WrittenBy::Model;
    let given = |facts: &Facts| spoken.iter().any(|(own, _)| own.section == facts.section);
    let left = |facts: &Facts| is_list(facts.section) || prompt::is_many(sheet);
    let (mut part, mut pointed) = (false, false);
    for facts in &sheet.facts {
        if lead::is_fixed(facts, channel) {
            page.add(&compose::cited(facts, channel, citations), "\n");
        } else if is_said(facts, channel, &said) {
            part |= lead::is_part(facts, channel);
            for line in lead::missing(facts, channel) {
                page.add(line, " ");
            }
        } else if left(facts) && !given(facts) {
            page.add(&compose::pointer(facts.section), "\n");
            pointed = true;
        } else {
            page.add(&compose::cited(facts, channel, citations), "\n");
            by = WrittenBy::Record;
        }
    }
    if part && !pointed {
        page.add(CARD, " ");
    }
    by
}

/// True when the text states a value of the section (of a table of fees or periods one of each
/// row), or, for a section without values, most of the words of one of its lines.
fn is_said(facts: &Facts, channel: Option<ChannelKind>, text: &str) -> bool {
    let given = lead::lines(facts, channel);
    if is_list(facts.section) {
        let said = |line: &String| holds_words(text, &lead::told(line, false));
        return given.iter().any(said);
    }
    let lines: Vec<&str> = match given.as_slice() {
        [] => lines_for(facts, channel),
        given => given.iter().map(String::as_str).collect(),
    };
    if lead::leaves_open(facts) {
        return lines.iter().all(|line| share(text, line) >= WHOLE);
    }
    let checkable = |line: &&str| Evidence::has_claim(line);
    let said = |line: &&str| Evidence::shares_claim(text, line);
    // A row that was refused is half of a fee that was told as the whole.
    if matches!(facts.section, Section::Fee | Section::Time) {
        let told = |line: &&str| said(line) || !checkable(line) && holds_words(text, line);
        return lines.iter().all(told);
    }
    if lines.iter().any(checkable) {
        return lines.iter().filter(|line| checkable(line)).any(said);
    }
    lines.iter().any(|line| holds_words(text, line))
}

fn holds_words(text: &str, line: &str) -> bool {
    share(text, line) >= MOST
}

/// Share of a line's words, without its head, that a text holds.
fn share(text: &str, line: &str) -> f32 {
    held(text, line.split_once(": ").map_or(line, |(_, value)| value))
}

/// Share of the words of one text that another holds.
fn held(text: &str, part: &str) -> f32 {
    let fold = |text: &str| vitext::fold(&vitext::normalize(text)).to_lowercase();
    let (text, part) = (fold(text), fold(part));
    let apart = |c: char| !c.is_alphanumeric();
    let said: HashSet<&str> = text.split(apart).collect();
    let wanted: Vec<&str> = part.split(apart).filter(|word| !word.is_empty()).collect();
    let held = wanted.iter().filter(|word| said.contains(**word)).count();
    held as f32 / wanted.len().max(1) as f32
}
