//! The record's own words: the answer that needs no model, and the one that takes
//! over when the model is absent, late or refused.

use corpus::{ChannelKind, Facts, Procedure, Section, State};

use crate::answer::Citation;
use crate::card::{Sheet, lines_for};
use crate::intents::Replies;
use crate::lead;
use crate::points::Point;
use crate::write::Brief;

/// Longest stretch of one line of the record in the text, in characters; the card
/// carries the whole line.
pub(crate) const LINE_LIMIT: usize = 240;

/// Longest quoted sentence about the citizen's case or question, in characters: its end may be
/// what was asked for.
const QUOTE_LIMIT: usize = 420;

/// Longest list of papers that is repeated in the text, in characters.
const LIST_LIMIT: usize = 260;

/// Most lines of one section in the text.
const LINES: usize = 3;

/// Says which procedure the answer is about, and, when not `sure`, that it is only the
/// nearest one found.
fn about(sheet: &Sheet, sure: bool) -> String {
    let (name, level) = (&sheet.procedure.name, sheet.procedure.level().label());
    if sure {
        format!("Thủ tục “{name}” ({level}).")
    } else {
        format!(
            "Tôi chưa tìm thấy thủ tục khớp hẳn với câu hỏi. Gần nhất là “{name}” ({level}), thông tin ở thẻ bên dưới. Nếu chưa đúng, bạn nói rõ hơn việc cần làm."
        )
    }
}

/// One short paragraph for a section, in the record's words.
pub fn section(facts: &Facts, channel: Option<ChannelKind>) -> String {
    if facts.state != State::Present {
        return facts.lines.join(" ");
    }
    let label = facts.section.label();
    let lines = lines_for(facts, channel);
    if is_list(facts.section) && !fits_inline(&lines) {
        return pointer(facts.section);
    }
    let plain = lead::plain(&lines);
    let shown = plain.iter().take(LINES);
    let shown: Vec<String> = shown.map(|line| shorten(line, LINE_LIMIT)).collect();
    let shown = lead::joined(shown);
    let more = if lines.len() > LINES {
        " Các mục còn lại ở trong thẻ bên dưới."
    } else {
        ""
    };
    format!("{label}: {}.{more}", trim_stop(&shown.join("; ")))
}

/// Where a list is that the text leaves to the card.
pub fn pointer(section: Section) -> String {
    format!("{}: xem đầy đủ trong thẻ bên dưới.", section.label())
}

/// What the record says about the citizen's own case, quoted, with the number of its source.
fn cited_point(point: &Point, citations: &[Citation]) -> String {
    let quote = quote(&point.sentence);
    let text = format!("{}: “{quote}”.", point.heading());
    cite(
        &text,
        &sources(std::iter::once(&*point.sentence), citations),
    )
}

/// A sentence as it is quoted. Of a long one the end stays where it says what its heading asks
/// for ("Trường hợp … trong Cơ sở dữ liệu quốc gia…: Giấy chứng tử"): that paper was the answer.
fn quote(sentence: &str) -> String {
    if let Some((heading, rest)) = sentence.rsplit_once(": ") {
        let left = QUOTE_LIMIT.saturating_sub(rest.chars().count());
        if heading.chars().count() > left && left >= QUOTE_LIMIT / 3 {
            return format!("{}: {}", shorten(heading, left), trim_stop(rest));
        }
    }
    shorten(sentence, QUOTE_LIMIT)
}

/// "Nộp online được không": yes or no, where the record lists the ways to file. Other
/// questions of that kind are left to the record's own sentences.
fn verdict(brief: &Brief) -> Option<&'static str> {
    let asked = brief
        .sheet
        .facts
        .iter()
        .any(|f| f.section == Section::Online);
    let channels = brief.sheet.procedure.channels.value()?;
    let kind = brief
        .channel
        .filter(|_| asked && brief.yes_no && !channels.is_empty())?;
    let listed = channels.iter().any(|channel| channel.kind == kind);
    Some(match (kind, listed) {
        (ChannelKind::Online, true) => "Được nộp trực tuyến.",
        (ChannelKind::Postal, true) => "Được nộp qua bưu chính.",
        (ChannelKind::Direct, true) => "Được nộp trực tiếp.",
        _ => return None,
    })
}

/// The paragraph for a section with the numbers of its sources: those of the lines that it
/// shows.
pub fn cited(facts: &Facts, channel: Option<ChannelKind>, citations: &[Citation]) -> String {
    let text = section(facts, channel);
    let lines = lines_for(facts, channel);
    let shows = facts.state == State::Present && (!is_list(facts.section) || fits_inline(&lines));
    if !shows {
        return text;
    }
    cite(&text, &sources(lines.into_iter().take(LINES), citations))
}

/// Numbers of the citations that quote these lines (or longer ones that begin so).
pub fn sources<'l>(lines: impl Iterator<Item = &'l str>, citations: &[Citation]) -> Vec<u32> {
    let of = |line: &str| {
        citations
            .iter()
            .find(|citation| citation.quote.starts_with(line))
    };
    lines.filter_map(of).map(|citation| citation.id).collect()
}

/// Puts the numbers of its sources before a text's last stop: `… 10.000 đồng [1].`
pub fn cite(text: &str, sources: &[u32]) -> String {
    if sources.is_empty() {
        return text.to_owned();
    }
    let marks: Vec<String> = sources.iter().map(|id| format!("[{id}]")).collect();
    let marks = marks.concat();
    let body = text.trim_end_matches(['.', '!', ' ']);
    format!("{body} {marks}{}", text[body.len()..].trim_end())
}

/// Where to ask when the source does not say.
pub fn where_to_ask(sheet: &Sheet) -> String {
    let agency = sheet.procedure.agencies.executing.iter().next();
    match agency {
        Some(agency) => format!("Bạn hỏi trực tiếp {agency} để biết chính xác."),
        None => "Bạn hỏi Bộ phận Một cửa nơi nộp hồ sơ để biết chính xác.".to_owned(),
    }
}

/// What an answer opens with, whoever phrases the rest: which procedure it is about, the yes that
/// the record's fields give, sums worked out, the record's sentences about the citizen's case.
/// Not `sure`: the first alone, so that no amount of a procedure that was not meant is read as the
/// answer; its card carries the facts under its name.
pub fn opening(brief: &Brief, citations: &[Citation]) -> String {
    let sheet = &brief.sheet;
    let mut parts = vec![about(sheet, brief.sure)];
    if !brief.sure {
        return parts.remove(0);
    }
    parts.extend(verdict(brief).map(str::to_owned));
    parts.extend(sheet.worked.iter().map(|worked| {
        let line = std::iter::once(&*worked.line);
        cite(&worked.text, &sources(line, citations))
    }));
    let points = sheet.points.iter();
    parts.extend(points.map(|point| cited_point(point, citations)));
    parts.join("\n")
}

/// The rest of an answer in the record's words: a paragraph for each section, and where to ask
/// when the source says nothing.
pub fn sections(brief: &Brief, citations: &[Citation]) -> Vec<String> {
    let sheet = &brief.sheet;
    if !brief.sure {
        return Vec::new();
    }
    let facts = sheet.facts.iter();
    let sections = facts.map(|facts| cited(facts, brief.channel, citations));
    let ask = sheet.is_silent().then(|| where_to_ask(sheet));
    sections.chain(ask).collect()
}

/// What can be said of a procedure of which only the name is known: which one it is, that
/// its facts are not served here, and where they are.
pub fn named_only(replies: &Replies, procedure: &Procedure, sure: bool) -> String {
    let known = if sure {
        &replies.named_only
    } else {
        &replies.named_only_near
    };
    let known = known
        .replace("{name}", &procedure.name)
        .replace("{level}", procedure.level().label())
        .replace("{code}", &procedure.code);
    let further = match procedure.provenance.source_url {
        Some(_) => &replies.see_page,
        None => &replies.ask_office,
    };
    format!("{known} {further}")
}

/// Questions a citizen may ask next, about what has not been asked yet.
pub fn follow_ups(asked: &[Section]) -> Vec<String> {
    let next = [
        (Section::Documents, "Cần giấy tờ gì?"),
        (Section::Fee, "Lệ phí bao nhiêu?"),
        (Section::Time, "Mấy ngày xong?"),
        (Section::Where, "Nộp ở đâu?"),
        (Section::Online, "Nộp bằng cách nào?"),
        (Section::Steps, "Các bước thế nào?"),
    ];
    let at_a_glance = asked.is_empty();
    let fresh = next
        .iter()
        .enumerate()
        .filter(|(place, (section, _))| !(asked.contains(section) || at_a_glance && *place < 4));
    fresh
        .take(3)
        .map(|(_, (_, text))| (*text).to_owned())
        .collect()
}

/// Lists are carried by the card and never rewritten.
pub fn is_list(section: Section) -> bool {
    matches!(
        section,
        Section::Documents | Section::Steps | Section::LegalBasis
    )
}

/// True for a list short enough to stand in the text.
pub fn fits_inline(lines: &[&str]) -> bool {
    lines.len() <= LINES
        && lines.iter().map(|line| line.chars().count()).sum::<usize>() <= LIST_LIMIT
}

/// Cuts a long line at a word, so that no number is cut in two.
fn shorten(line: &str, limit: usize) -> String {
    let line = line.replace('\n', " ");
    if line.chars().count() <= limit {
        return trim_stop(&line).to_owned();
    }
    let cut: String = line.chars().take(limit).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ';', ' ']))
}

fn trim_stop(text: &str) -> &str {
    text.trim_end_matches(['.', ';', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(section: Section, lines: &[&str]) -> Facts {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        Facts {
            section,
            state: State::Present,
            lines,
        }
    }

    #[test]
    fn the_asked_channel_comes_alone() {
        let fee = facts(
            Section::Fee,
            &["Nộp trực tuyến: 10.000 đồng", "Nộp trực tiếp: 20.000 đồng"],
        );
        assert_eq!(
            section(&fee, Some(ChannelKind::Direct)),
            "Phí, lệ phí: Nộp trực tiếp: 20.000 đồng."
        );
    }

    #[test]
    fn sources_stand_before_the_stop() {
        assert_eq!(cite("Hết 10.000 đồng.", &[1, 3]), "Hết 10.000 đồng [1][3].");
        assert_eq!(cite("Hết 10.000 đồng", &[2]), "Hết 10.000 đồng [2]");
        assert_eq!(cite("Nguồn không ghi.", &[]), "Nguồn không ghi.");
    }

    #[test]
    fn long_lists_stay_on_the_card() {
        let papers = facts(
            Section::Documents,
            &["Tờ khai", "Giấy chứng sinh", "Căn cước", "Giấy khác"],
        );
        assert_eq!(
            section(&papers, None),
            "Giấy tờ cần nộp: xem đầy đủ trong thẻ bên dưới."
        );
    }

    #[test]
    fn a_long_quote_keeps_the_paper_behind_its_heading() {
        let heading = "Trường hợp thay đổi do chủ hộ bị tuyên bố mất tích ".repeat(12);
        let cut = quote(&format!("{heading}: Bản sao giấy chứng tử;"));
        assert!(cut.ends_with("…: Bản sao giấy chứng tử"), "{cut}");
        assert!(cut.chars().count() <= QUOTE_LIMIT + 2, "{cut}");
        let short = "Trường hợp mất: Đơn đề nghị";
        assert_eq!(quote(short), short);
    }

    #[test]
    fn long_lines_are_cut_at_a_word() {
        let note = "một hai ba ".repeat(40);
        let cut = shorten(&note, LINE_LIMIT);
        assert!(cut.ends_with('…') && cut.chars().count() <= LINE_LIMIT + 1);
        assert!(["một…", "hai…", "ba…"].iter().any(|end| cut.ends_with(end)));
    }
}
