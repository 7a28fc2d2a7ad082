//! The two sides of a comparison, and the procedure that each one means.
//!
//! What both share is said once ("đổi thẻ căn cước hay xin lại", "tạm trú với lưu trú", "người
//! đóng bắt buộc, còn em đóng tự nguyện, hạn nộp hồ sơ thai sản"), so a side is read alone and
//! with what it may have left to the other; the two procedures are those that fit best together.

use std::ops::Range;

use retrieval::{Hit, Query, Snapshot};

use crate::decide::Found;
use crate::phrase::{Phrase, Words};

/// Each side must find its procedure at least this surely.
const LEAST: f32 = 0.2;

/// From here on a side needs no help of the other.
const SURE: f32 = 0.8;

/// Both procedures are among the first hits of the whole question: then so much is enough.
const LEAST_KNOWN: f32 = 0.05;

/// How many first hits of the whole question count for that.
const KNOWN: usize = 4;

/// Two first hits of the whole question, the second with so much of the first one's score, are
/// what is compared where no cut tells the sides.
const LEVEL: f32 = 0.85;

/// How many words at the start of a side say what is to be done.
const ACT: usize = 2;

/// A question is cut at no more places than this: each costs up to eight searches.
const CUTS: usize = 4;

/// How many procedures of a side are tried with those of the other.
const TRIED: usize = 5;

/// Both sides of one place where a question may be cut, and what stands outside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) left: String,
    pub(super) right: String,
    /// The other sentences, which both may go on with.
    pub(super) around: String,
}

/// What shows where a question may be cut.
pub(super) struct Marks<'a> {
    /// Ways to ask for a comparison.
    pub(super) frames: &'a [Phrase],
    /// Words that stand between the two things.
    pub(super) between: &'a [Phrase],
    /// Words after which the first one begins: "phân vân giữa".
    pub(super) opens: &'a [Phrase],
}

/// Where the sides are looked up.
pub(super) struct Lookup<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) province: Option<&'a str>,
    /// What a text is about, without question words and acts that many procedures share.
    pub(super) subject: &'a dyn Fn(&str) -> String,
    /// Whether the first two hits are compared where no cut tells them apart.
    pub(super) level: bool,
}

impl Lookup<'_> {
    /// The two procedures that the surest of these cuts tells apart.
    pub(super) fn pair(&self, cuts: &[Sides], whole: &str) -> Option<[Found; 2]> {
        let known = self.search(whole, "");
        let pairs = cuts.iter().filter_map(|sides| self.best(sides, &known));
        let cut = pairs.reduce(|best, next| if next.0 > best.0 { next } else { best });
        cut.map(|(_, pair)| pair)
            .or_else(|| level(&known).filter(|_| self.level))
    }

    fn best(&self, sides: &Sides, known: &[Hit]) -> Option<(f32, [Found; 2])> {
        let left = self.candidates(&sides.left, &sides.right, &sides.around);
        let right = self.candidates(&sides.right, &sides.left, &sides.around);
        let is_known = |hit: &Hit| {
            let mut first = known.iter().take(KNOWN);
            first.any(|other| other.covers(&hit.procedure.code))
        };
        let mut best: Option<(f32, [Found; 2])> = None;
        for first in &left {
            for second in right
                .iter()
                .filter(|second| !first.covers(&second.procedure.code))
            {
                let sure = confidence(first).min(confidence(second));
                let least = if is_known(first) && is_known(second) {
                    LEAST_KNOWN
                } else {
                    LEAST
                };
                if sure >= least && best.as_ref().is_none_or(|(best, _)| sure > *best) {
                    best = Some((sure, [Found::from(first), Found::from(second)]));
                }
            }
        }
        best
    }

    /// What one side may mean, surest first. A side that is not sure by itself is tried with the
    /// words that the other starts with, with what the other is about, and with everything else
    /// as context.
    fn candidates(&self, side: &str, other: &str, around: &str) -> Vec<Hit> {
        // "Xin cấp lại" alone finds anything: it names no thing of its own.
        let names_one = !(self.subject)(side).trim().is_empty();
        let mut hits = if names_one {
            self.search(side, "")
        } else {
            Vec::new()
        };
        if !hits.first().is_some_and(|hit| confidence(hit) >= SURE) {
            let start: Vec<&str> = other.split(' ').take(ACT).collect();
            let shared = (self.subject)(&format!("{other} {around}"));
            hits.extend(self.search(&format!("{} {side}", start.join(" ")), ""));
            hits.extend(self.search(&format!("{side} {shared}"), ""));
            hits.extend(self.search(side, &format!("{other} {around}")));
        }
        hits.sort_by(|a, b| confidence(b).total_cmp(&confidence(a)));
        let mut seen: Vec<String> = Vec::new();
        hits.retain(|hit| {
            let fresh = !seen.contains(&hit.procedure.code);
            seen.push(hit.procedure.code.clone());
            fresh
        });
        hits.truncate(TRIED);
        hits
    }

    fn search(&self, text: &str, context: &str) -> Vec<Hit> {
        let query = Query {
            context: context.to_owned(),
            province: self.province.map(str::to_owned),
            limit: TRIED,
            ..Query::new(text)
        };
        self.snapshot.search(&query).unwrap_or_default()
    }
}

fn confidence(hit: &Hit) -> f32 {
    hit.evidence.confidence()
}

/// The first two hits of a question, where the second is hardly behind: "đứa trường công đứa
/// trường tư" finds both without a word between them.
fn level(known: &[Hit]) -> Option<[Found; 2]> {
    let [first, second, ..] = known else {
        return None;
    };
    let level = second.score >= LEVEL * first.score && confidence(first) >= LEAST;
    level.then(|| [Found::from(first), Found::from(second)])
}

/// The places where a question may be cut: at the words that may stand between two things, in
/// the sentence that asks if it holds one, else anywhere, and at a comma where there is none.
pub(super) fn cuts(text: &str, marks: &Marks<'_>) -> Vec<Sides> {
    let frames = marks.frames;
    let sentences: Vec<&str> = text.split(['.', '?', '!', ';', '\n']).collect();
    for (at, sentence) in sentences.iter().enumerate() {
        let asks = frames
            .iter()
            .any(|frame| frame.find(&Words::read(sentence), 0).is_some());
        let mut others = sentences.clone();
        others.remove(at);
        let around = without(&others.join(" "), frames);
        let found = if asks {
            cut_at_words(sentence, &around, marks)
        } else {
            Vec::new()
        };
        if !found.is_empty() {
            return found;
        }
    }
    let anywhere = cut_at_words(text, "", marks);
    if anywhere.is_empty() {
        cut_at_commas(text, frames)
    } else {
        anywhere
    }
}

fn cut_at_words(text: &str, around: &str, marks: &Marks<'_>) -> Vec<Sides> {
    let words = Words::read(text);
    let frames = places(marks.frames, &words);
    let opens = places(marks.opens, &words);
    let in_frame = |place: usize| frames.iter().any(|range| range.contains(&place));
    // "So với" asks and stands between; "với" inside "khác với nhau" does not.
    let inside = |at: &Range<usize>| frames.iter().any(|f| f != at && f.contains(&at.start));
    let mut at = places(marks.between, &words);
    at.retain(|range| range.start > 0 && range.end < words.len() && !inside(range));
    at.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    at.dedup_by_key(|range| range.start);
    let side = |range: Range<usize>| words.join(|p| range.contains(&p) && !in_frame(p));
    let cut = |at: &Range<usize>| {
        let opened = opens.iter().map(|open| open.end);
        let from = opened.filter(|end| *end < at.start).max().unwrap_or(0);
        Sides {
            left: side(from..at.start),
            right: side(at.end..words.len()),
            around: format!("{} {around}", side(0..from)).trim().to_owned(),
        }
    };
    let said = |sides: &Sides| sides.left.contains(' ') && !sides.right.is_empty();
    at.iter().map(cut).filter(said).take(CUTS).collect()
}

fn cut_at_commas(text: &str, frames: &[Phrase]) -> Vec<Sides> {
    let at = text.match_indices(',').map(|(at, _)| at);
    let cut = at.map(|at| Sides {
        left: without(&text[..at], frames),
        right: without(&text[at + 1..], frames),
        around: String::new(),
    });
    let said = |sides: &Sides| sides.left.contains(' ') && sides.right.contains(' ');
    cut.filter(said).take(CUTS).collect()
}

fn places(phrases: &[Phrase], words: &Words) -> Vec<Range<usize>> {
    phrases.iter().flat_map(|p| p.find_all(words)).collect()
}

/// A text without what asks for the comparison.
fn without(text: &str, frames: &[Phrase]) -> String {
    let words = Words::read(text);
    let frames = places(frames, &words);
    words.join(|place| !frames.iter().any(|range| range.contains(&place)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrase::phrases;

    fn sides(text: &str) -> Vec<[String; 2]> {
        let list =
            |texts: &[&str]| phrases(&texts.iter().map(ToString::to_string).collect::<Vec<_>>());
        let found = cuts(
            text,
            &Marks {
                frames: &list(&["khác nhau * nào", "cái nào", "so với", "phân vân giữa"]),
                between: &list(&["so với", "với", "còn"]),
                opens: &list(&["phân vân giữa"]),
            },
        );
        found
            .into_iter()
            .map(|sides| [sides.left, sides.right])
            .collect()
    }

    #[test]
    fn a_question_is_cut_between_its_two_things() {
        let cuts = sides("Xin cấp lại giấy phép với điều chỉnh giấy phép, cái nào lâu hơn?");
        assert_eq!(
            cuts,
            [["xin cấp lại giấy phép", "điều chỉnh giấy phép lâu hơn"]]
        );
    }

    #[test]
    fn the_sentence_that_asks_is_cut_first() {
        let cuts = sides("Thẻ tôi vẫn còn tốt. Phí đổi với phí cấp lại khác nhau thế nào?");
        assert_eq!(cuts, [["phí đổi", "phí cấp lại"]]);
    }

    #[test]
    fn what_asks_may_stand_between_or_open_the_first() {
        let cuts = sides("Làm thẻ lần đầu so với cấp lại thẻ");
        assert_eq!(cuts, [["làm thẻ lần đầu", "cấp lại thẻ"]]);
        let cuts = sides("Em mới lên phố, phân vân giữa tạm trú với thường trú");
        assert_eq!(cuts, [["tạm trú", "thường trú"]]);
    }

    #[test]
    fn a_comma_cuts_where_no_word_does() {
        let cuts = sides("Em xin lần đầu, chị em xin cấp lại. Khác nhau thế nào?");
        assert_eq!(cuts, [["em xin lần đầu", "chị em xin cấp lại"]]);
    }
}
