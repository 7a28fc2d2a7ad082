//! Writing: the model's sentences through the gate, the record's words where they fail.

use corpus::{ChannelKind, Facts, State};

use crate::answer::{Citation, WrittenBy};
use crate::card::{Sheet, lines_for};
use crate::compose;
use crate::generator::{Flow, Generator, Sampling, StopReason};
use crate::grounding::{Evidence, Gate, Sentences};
use crate::places::sends_to_district;
use crate::prompt;

/// Most sentences shown of one generation: the prompt asks for two at most.
const SENTENCES: usize = 3;

/// What is to be written: the facts, and how the question put it.
#[derive(Debug, Clone)]
pub struct Brief {
    /// The record's facts.
    pub sheet: Sheet,
    /// Way of filing named in the question.
    pub channel: Option<ChannelKind>,
    /// The question as the model reads it.
    pub question: String,
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

/// Writes the answer about one procedure. `sink` receives checked pieces only.
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
    if let Some(generator) = generator {
        phrase(brief, gate, generator, sampling, &mut page);
    }
    if page.text.is_empty() {
        page.add(&compose::text(brief), "");
        return Written {
            text: page.text,
            by: WrittenBy::Record,
        };
    }
    let by = complete(&brief.sheet, brief.channel, &mut page);
    Written {
        text: page.text,
        by,
    }
}

/// Lets the model speak and shows each sentence that the record supports.
fn phrase(
    brief: &Brief,
    gate: &Gate,
    generator: &mut dyn Generator,
    sampling: &Sampling,
    page: &mut Page<'_>,
) {
    let lines = prompt::evidence(&brief.sheet, brief.channel);
    // What is only the nearest procedure is not what the citizen calls it.
    let aliases = brief.sheet.procedure.aliases.iter().map(String::as_str);
    let called = aliases.chain([brief.question.as_str()]);
    let evidence = gate
        .evidence(lines.iter().map(String::as_str))
        .called(called.filter(|_| brief.sure));
    let citations = brief.sheet.citations(1);
    let prompt = prompt::build(&brief.sheet, brief.channel, &brief.question);
    let mut sentences = Sentences::default();
    let mut shown = 0;
    let completion = generator.generate(&prompt, sampling, &mut |piece| {
        for sentence in sentences.push(piece) {
            shown += usize::from(show(&sentence, &evidence, &lines, &citations, page));
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
        show(&last, &evidence, &lines, &citations, page);
    }
}

/// Shows a sentence that the record supports, with the numbers of the lines that do.
fn show(
    sentence: &str,
    evidence: &Evidence<'_>,
    lines: &[String],
    citations: &[Citation],
    page: &mut Page<'_>,
) -> bool {
    let Ok(support) = evidence.check(sentence) else {
        return false;
    };
    let fresh = !page.said.contains(sentence) && !sends_to_district(sentence);
    if fresh {
        // The first line is the procedure's name, which is no statement.
        let supporting = support.lines.iter().filter(|line| **line > 0);
        let supporting = supporting
            .filter_map(|line| lines.get(*line))
            .map(String::as_str);
        page.add_cited(sentence, &compose::sources(supporting, citations), " ");
    }
    fresh
}

/// Adds, in the record's words, whatever was asked for and not yet said.
fn complete(sheet: &Sheet, channel: Option<ChannelKind>, page: &mut Page<'_>) -> WrittenBy {
    let said = page.said.clone();
    let citations = sheet.citations(1);
    let missing = |facts: &&Facts| !is_said(facts, channel, &said);
    let mut by = WrittenBy::Model;
    for point in sheet
        .points
        .iter()
        .filter(|p| !holds_words(&said, &p.sentence))
    {
        page.add(&compose::cited_point(point, &citations), "\n");
        by = WrittenBy::Record;
    }
    for facts in sheet.facts.iter().filter(missing) {
        page.add(&compose::cited(facts, channel, &citations), "\n");
        by = WrittenBy::Record;
    }
    by
}

/// True when the text states a value of the section, or, for a section without
/// values, most of the words of one of its lines. Silence is never said by the model.
fn is_said(facts: &Facts, channel: Option<ChannelKind>, text: &str) -> bool {
    if facts.state != State::Present {
        return false;
    }
    let lines = lines_for(facts, channel);
    let checkable: Vec<&&str> = lines
        .iter()
        .filter(|line| Evidence::has_claim(line))
        .collect();
    if checkable.is_empty() {
        return lines.iter().any(|line| holds_words(text, line));
    }
    checkable
        .iter()
        .any(|line| Evidence::shares_claim(text, line))
}

fn holds_words(text: &str, line: &str) -> bool {
    let fold = |text: &str| vitext::fold(&vitext::normalize(text));
    let text = fold(text);
    let line = fold(line.split_once(": ").map_or(line, |(_, value)| value));
    let words: Vec<&str> = line.split_whitespace().collect();
    let held = words.iter().filter(|word| text.contains(**word)).count();
    !words.is_empty() && held * 10 >= words.len() * 6
}
