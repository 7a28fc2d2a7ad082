//! What the model is given of each section, and how it is expected to tell it. Of a list only
//! what opens an answer ("bạn cần chuẩn bị …"): its first papers or steps as they stand, never a
//! part that leaves a case out. The list itself stays with the card.

use corpus::{ChannelKind, Facts, Section, State};

use crate::card::lines_for;
use crate::compose::is_list;
use crate::grounding::Evidence;

/// Most lines of a list: the sentence is to open the answer, not to be it.
const LEADING: usize = 3;

/// Longest line of a list handed over, in characters. Longer ones hold conditions that a short
/// sentence would leave out.
const LEADING_LIMIT: usize = 150;

/// Most characters of one section: on two cores a token of the prompt takes 14 ms, and two to
/// three characters are a token.
const SECTION_LIMIT: usize = 320;

/// Longest name of a case, in characters.
const CASE_LIMIT: usize = 110;

/// What stands before the names of the cases that a list is for.
const BY_CASE: &str = " tùy trường hợp: ";

/// How a heading ends that names no case but begins its papers: "phải xuất trình các giấy tờ sau".
const OPENS_A_LIST: [&str; 4] = [" sau", " gồm", " gồm có", " cần có"];

/// What stands before the source's own words beside a period.
const NOTED: &str = "; nguồn ghi thêm: ";

/// The head of the line that says who takes the papers.
const AGENCY: &str = "Cơ quan thực hiện: ";

/// The head of a form that is named by a paper alone.
const NAMED_IN: &str = "Nêu trong giấy tờ: ";

/// The lines of a section that the model may use; none where the record's own words serve
/// better.
pub fn lines(facts: &Facts, channel: Option<ChannelKind>) -> Vec<String> {
    if is_fixed(facts, channel) {
        return Vec::new();
    }
    let all = stated(facts, channel);
    let cases: Vec<&str> = all.iter().filter_map(|line| case(line)).collect();
    match facts.section {
        section if is_list(section) && !cases.is_empty() => by_case(section, &cases),
        Section::Documents => papers(&all),
        Section::Steps => steps(&all),
        section if is_list(section) => short(&all).take(LEADING - 1).collect(),
        Section::Where => places(&all),
        // "… khi có đủ các điều kiện sau: - Từ đủ 75 tuổi": one of them alone says too much.
        Section::Conditions | Section::Subject
            if all.iter().any(|line| line.trim_end().ends_with([':', ';'])) =>
        {
            Vec::new()
        }
        _ => rows_of(&all),
    }
}

/// The lines that state something.
fn stated(facts: &Facts, channel: Option<ChannelKind>) -> Vec<&str> {
    let mut lines = lines_for(facts, channel);
    lines.retain(|line| !is_missing(line));
    lines
}

/// What a section says beside its values of what is left out: "Nguồn không ghi cơ quan thực
/// hiện". Such sentences are fixed and never the model's: it told them as values ("bạn nộp hồ sơ
/// tại nguồn không ghi").
pub fn missing(facts: &Facts, channel: Option<ChannelKind>) -> Vec<&str> {
    let mut lines = lines_for(facts, channel);
    lines.retain(|line| is_missing(line));
    lines
}

/// True for a section of which there is nothing to phrase: the source leaves it out, or records
/// 0 đồng without a word, in which nobody is to read "free".
pub fn is_fixed(facts: &Facts, channel: Option<ChannelKind>) -> bool {
    facts.state != State::Present
        || match stated(facts, channel).as_slice() {
            [] => true,
            [row] => told(row, true).starts_with(RECORDED),
            _ => false,
        }
}

/// All rows of a table or none: a value is told with what sets it apart from the others.
fn rows_of(lines: &[&str]) -> Vec<String> {
    let lines = plain(lines);
    let length: usize = lines.iter().map(|line| line.chars().count()).sum();
    let alone = lines.len() == 1 && told(lines[0], true).chars().count() <= LEADING_LIMIT;
    if length > SECTION_LIMIT && !alone {
        return Vec::new();
    }
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// Rows of one and the same period without their long notes, where these state no other: "Trực
/// tiếp tại trụ sở Công an cấp xã. Thời gian tiếp nhận hồ sơ: giờ hành chính …" beside 7 working
/// days for each way of filing. The card has them.
pub fn plain<'l>(lines: &[&'l str]) -> Vec<&'l str> {
    let bare = |line: &'l str| line.split_once(NOTED).map_or(line, |(row, _)| row);
    let value = |line: &'l str| bare(line).split_once(": ").map_or(bare(line), |(_, v)| v);
    let same = lines.windows(2).all(|two| value(two[0]) == value(two[1]));
    let plain = lines.iter().map(|line| match line.split_once(NOTED) {
        Some((row, note)) if same && is_aside(row, note) => row,
        _ => *line,
    });
    plain.collect()
}

/// Rows that say the same of each way of filing as what they say, once.
pub fn joined(rows: Vec<String>) -> Vec<String> {
    let value = |row: &str| {
        let (head, value) = row.split_once(": ")?;
        is_way(head).then(|| value.to_owned())
    };
    let first = rows.first().and_then(|row| value(row));
    match first.filter(|_| rows.len() > 1) {
        Some(first) if rows.iter().all(|row| value(row).as_ref() == Some(&first)) => vec![first],
        _ => rows,
    }
}

/// True for the head of a row that is about a way of filing.
fn is_way(head: &str) -> bool {
    head.starts_with("Nộp ") || head.starts_with("Gửi ")
}

/// True for a long note that states no value but that of its row.
fn is_aside(row: &str, note: &str) -> bool {
    use vitext::spans::{SpanKind, find};
    let stated = |text: &str| {
        let mut spans = find(&vitext::normalize(text));
        spans.retain(|span| span.kind != SpanKind::Number);
        spans.into_iter().map(|span| (span.kind, span.value))
    };
    let known: Vec<_> = stated(row).collect();
    note.chars().count() > LEADING_LIMIT
        && !known.is_empty()
        && stated(note).all(|value| known.contains(&value))
}

/// Who takes the papers, where the record says so; else all that it says of the place.
fn places(lines: &[&str]) -> Vec<String> {
    let agencies: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| line.starts_with(AGENCY))
        .collect();
    let lines: &[&str] = if agencies.is_empty() {
        lines
    } else {
        &agencies
    };
    within(lines).map(str::to_owned).collect()
}

/// The first lines that fit.
fn within<'l>(lines: &'l [&'l str]) -> impl Iterator<Item = &'l str> {
    let mut left = SECTION_LIMIT;
    lines.iter().copied().map_while(move |line| {
        left = left.checked_sub(line.chars().count())?;
        Some(line)
    })
}

/// The start of an amount that the source records and does not explain: "0 đồng".
const RECORDED: &str = "Nguồn ghi lệ phí ";

/// True for a line that says what the source, or our data, leave out.
fn is_missing(line: &str) -> bool {
    line.starts_with("Nguồn không ghi") || line.starts_with("Chưa có trong dữ liệu")
}

/// True when what the model is given of a section is not all of it.
pub fn is_part(facts: &Facts, channel: Option<ChannelKind>) -> bool {
    let given = lines(facts, channel);
    let cut = |line: &String| line.contains(NOTED) && !told(line, given.len() == 1).ends_with(')');
    is_list(facts.section) || given.len() < lines_for(facts, channel).len() || given.iter().any(cut)
}

/// True for a fee without an amount ("do Hội đồng nhân dân tỉnh quyết định; miễn cho hộ
/// nghèo"), of which half would mislead.
pub fn leaves_open(facts: &Facts) -> bool {
    facts.section == Section::Fee && !facts.lines.iter().any(|line| Evidence::has_claim(line))
}

/// Papers of a case are told with their heading or not at all: the names of the cases alone.
fn by_case(section: Section, cases: &[&str]) -> Vec<String> {
    let opens = |case: &str| OPENS_A_LIST.iter().any(|end| case.ends_with(end));
    let fits = |case: &&str| case.chars().count() <= CASE_LIMIT && !opens(case);
    let mut told: Vec<&str> = cases.iter().copied().filter(fits).take(LEADING).collect();
    if told.is_empty() {
        return Vec::new();
    }
    if told.len() < cases.len() {
        told.push("trường hợp khác");
    }
    vec![format!("{}{BY_CASE}{}", section.label(), told.join("; "))]
}

/// The first papers of a list that is one for all, up to those of which one is enough.
fn papers(lines: &[&str]) -> Vec<String> {
    let offers = |line: &str| vitext::fold(line).contains("mot trong");
    let end = lines.iter().position(|line| offers(line));
    short(&lines[..end.unwrap_or(lines.len())])
        .take(LEADING)
        .collect()
}

/// What the first steps begin with, where that is a whole sentence.
fn steps(lines: &[&str]) -> Vec<String> {
    let sentence = |line: &&'_ str| line.find(". ").map_or(line.len(), |at| at + 1);
    let firsts: Vec<&str> = lines.iter().map(|line| &line[..sentence(line)]).collect();
    short(&firsts).take(LEADING - 1).collect()
}

fn short<'l>(lines: &'l [&str]) -> impl Iterator<Item = String> + 'l {
    let fits = |line: &&&str| {
        // A step that is only "1." lost its words on the way to the source.
        let worded = line.chars().any(char::is_alphabetic);
        worded && !is_heading(line) && line.chars().count() <= LEADING_LIMIT
    };
    lines.iter().filter(fits).map(|line| (*line).to_owned())
}

/// The case that a heading names.
fn case(line: &str) -> Option<&str> {
    let name = line.strip_prefix("Trường hợp")?.trim_start_matches(':');
    let whole = line.starts_with("Trường hợp:") || line.ends_with(':');
    // "Hộ nghèo: một trong các giấy tờ": what is behind the name is told by the card.
    let name = name.trim().trim_end_matches(':');
    whole.then(|| name.split_once(": ").map_or(name, |(name, _)| name))
}

/// A heading, a remark on what stands above, or what holds in one case alone.
fn is_heading(line: &str) -> bool {
    let line = line.trim_start_matches(['*', '-', '+', ' ']);
    let line = line.to_lowercase();
    line.ends_with(':') || line.starts_with("lưu ý") || line.starts_with("trường hợp")
}

/// A line as the model reads it, without what only makes it longer: bullets, counts of copies,
/// addresses of files, and, where it is the only row, the ways of filing that it holds for alike
/// and long words beside a period. The card has them.
pub fn told(line: &str, alone: bool) -> String {
    let line = line.trim_start_matches(['-', '+', '*', ' ']);
    let line = line.trim_end_matches([';', ' ']);
    let heads = [AGENCY, NAMED_IN];
    let line = heads
        .iter()
        .find_map(|head| line.strip_prefix(head))
        .unwrap_or(line);
    let line = line.split(" — tải tại ").next().unwrap_or(line);
    let counts = [" (bản chính: ", " (bản sao: "];
    let cut = counts.iter().filter_map(|start| line.find(start)).min();
    let line = match cut {
        Some(at) if line.ends_with(')') => &line[..at],
        _ => line,
    };
    let line = match line.split_once(": ") {
        Some((head, value)) if alone && head.starts_with("Nộp ") && head.contains(',') => value,
        _ => line,
    };
    let line = match line.split_once(NOTED) {
        Some((value, note)) if alone && note.chars().count() > LEADING_LIMIT => value.to_owned(),
        Some((value, note)) => format!("{value} ({})", note.trim_end_matches(['.', ';'])),
        None => line.to_owned(),
    };
    match line.strip_prefix("nguồn ghi ") {
        Some(amount) => format!("{RECORDED}{amount}."),
        None => line,
    }
}

/// What stands above a section's lines. The model repeats it, so its words have to be among those
/// that need no proof: "mẫu đơn, tờ khai" were not.
pub fn heading(section: Section) -> &'static str {
    match section {
        Section::Form => "Mẫu dùng",
        // "Yêu cầu" is a deed of the office's to the gate.
        Section::Conditions => "Điều kiện",
        _ => section.label(),
    }
}

/// What the model will say of a section if it follows its examples. Only a draft that it checks.
pub fn expected(facts: &Facts, told: &[String]) -> String {
    let text = match facts.section {
        Section::Fee => rows("lệ phí", told),
        Section::Time => rows("thời hạn giải quyết", told),
        Section::Where => format!("Nơi nộp hồ sơ là {}", told.join("; ")),
        Section::Form => format!("Mẫu dùng là {}", and(told)),
        Section::Result => format!("Kết quả nhận được là {}", and(told)),
        Section::Documents if !told.iter().any(|line| line.contains(BY_CASE)) => {
            format!("Bạn cần chuẩn bị {}", and(told))
        }
        _ => told
            .iter()
            .map(|line| stop(line))
            .collect::<Vec<_>>()
            .join(" "),
    };
    stop(&text)
}

/// A sentence's stop, once.
fn stop(text: &str) -> String {
    format!("{}.", text.trim_end_matches(['.', ';', ' ']))
}

/// "Khi nộp trực tiếp, lệ phí là 5.000 đồng; khi nộp trực tuyến, …"
fn rows(what: &str, told: &[String]) -> String {
    let row = |line: &String| match line.split_once(": ") {
        Some((head, value)) if is_way(head) => {
            let (first, rest) = head.split_at(head.find(' ').unwrap_or_default());
            format!("khi {}{rest}, {what} là {value}", first.to_lowercase())
        }
        _ if Evidence::has_claim(line) && !line.starts_with(char::is_uppercase) => {
            format!("{what} là {line}")
        }
        _ => line.clone(),
    };
    let rows: Vec<String> = told.iter().map(row).collect();
    let mut chars = rows.join("; ").chars().collect::<Vec<_>>();
    if let Some(first) = chars.first_mut() {
        *first = first.to_uppercase().next().unwrap_or(*first);
    }
    chars.into_iter().collect()
}

fn and(told: &[String]) -> String {
    match told.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} và {last}", rest.join(", ")),
        _ => told.join(", "),
    }
}

#[cfg(test)]
#[path = "lead_tests.rs"]
mod tests;
