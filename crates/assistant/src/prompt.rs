//! What the model reads: a constant instruction, the facts asked for, the question.
//! Short on purpose: on two cores every hundred tokens of prompt cost over a second.

use corpus::{ChannelKind, Facts, Section, State};

use crate::card::{Sheet, lines_for};
use crate::compose::is_list;
use crate::generator::{ChatMessage, Prompt};
use crate::grounding::Evidence;
use crate::phrase::Words;
use crate::understanding::Understanding;

/// First and unchanging, so that its state is computed once and reused.
const SYSTEM: &str = "Bạn là nhân viên bộ phận một cửa, trả lời người dân bằng tiếng Việt. \
Chỉ dùng thông tin trong phần DỮ LIỆU, chép đúng từng con số, đơn vị và tên cơ quan. \
Trả lời một hoặc hai câu ngắn, trọn vẹn, lịch sự, đúng điều được hỏi, không nhắc lại câu hỏi. \
Không thêm điều gì không có trong DỮ LIỆU.";

/// One worked example, also constant: without it the base model repeats the question
/// and puts the values behind its words.
const EXAMPLE: (&str, &str) = (
    "DỮ LIỆU\nThủ tục: Cấp lại thẻ thư viện\nPhí, lệ phí:\n- Nộp trực tiếp: 5.000 đồng\n\
     Thời hạn giải quyết:\n- Nộp trực tiếp: 2 ngày làm việc\nNơi nộp hồ sơ:\n- Thư viện tỉnh\n\n\
     CÂU HỎI: em làm lại thẻ thư viện hết mấy tiền, bao lâu có, nộp ở đâu ạ?",
    "Khi nộp trực tiếp, lệ phí cấp lại thẻ thư viện là 5.000 đồng và thời hạn giải quyết là \
     2 ngày làm việc. Bạn nộp hồ sơ tại Thư viện tỉnh.",
);

/// Longest line of the record handed to the model, in characters.
const LINE_LIMIT: usize = 300;

/// Most lines of one section handed to the model.
const LINES: usize = 4;

/// Sections that the model is asked to phrase: filled by the record and no lists.
pub fn spoken(sheet: &Sheet) -> Vec<&Facts> {
    let speaks = |facts: &&Facts| {
        facts.state == State::Present && !is_list(facts.section) && !leaves_open(facts)
    };
    sheet.facts.iter().filter(speaks).collect()
}

/// A fee without an amount ("do Hội đồng nhân dân tỉnh quyết định; miễn cho hộ nghèo") is the
/// record's to say: of its two halves the model told the second alone.
fn leaves_open(facts: &Facts) -> bool {
    let amount = |line: &String| Evidence::has_claim(line);
    facts.section == Section::Fee && !facts.lines.iter().any(amount)
}

/// Lines that the model may use and that the gate checks against: the name first.
pub fn evidence(sheet: &Sheet, channel: Option<ChannelKind>) -> Vec<String> {
    let mut lines = vec![sheet.procedure.name.clone()];
    for facts in spoken(sheet) {
        let chosen = lines_for(facts, channel);
        lines.extend(chosen.into_iter().take(LINES).map(clip));
    }
    lines.extend(sheet.points.iter().map(|point| clip(&point.sentence)));
    lines
}

/// The prompt for one procedure. `question` is masked and normalised; it helps the
/// wording only, since the gate believes the record alone.
pub fn build(sheet: &Sheet, channel: Option<ChannelKind>, question: &str) -> Prompt {
    let mut data = format!("Thủ tục: {}\n", sheet.procedure.name);
    for facts in spoken(sheet) {
        data.push_str(facts.section.label());
        data.push_str(":\n");
        for line in lines_for(facts, channel).into_iter().take(LINES) {
            data.push_str("- ");
            data.push_str(&clip(line));
            data.push('\n');
        }
    }
    if !sheet.points.is_empty() {
        data.push_str("Liên quan đến câu hỏi:\n");
    }
    for point in &sheet.points {
        data.push_str("- ");
        data.push_str(&clip(&point.sentence));
        data.push('\n');
    }
    let user = format!("DỮ LIỆU\n{data}\nCÂU HỎI: {question}");
    let mut prompt = constant();
    prompt.messages.push(ChatMessage {
        role: "user",
        content: user,
    });
    prompt
}

/// The question as the model reads it. The base model fails on questions without
/// marks, so such a question is replaced by what was understood of it.
pub fn question(sheet: &Sheet, understanding: &Understanding) -> String {
    if !Words::read(&understanding.text).is_plain() {
        return understanding.text.clone();
    }
    let labels: Vec<String> = spoken(sheet)
        .iter()
        .map(|facts| facts.section.label().to_lowercase())
        .collect();
    let channel = understanding.channel.map_or(String::new(), |kind| {
        format!(" khi {}", kind.label().to_lowercase())
    });
    format!("Cho biết {}{channel}?", labels.join(" và "))
}

/// The part that every prompt starts with. A server lets the model read it once
/// before the first question, so that nobody waits for it.
pub fn constant() -> Prompt {
    let (user, answer) = EXAMPLE;
    let message = |role, content: &str| ChatMessage {
        role,
        content: content.to_owned(),
    };
    Prompt {
        messages: vec![
            message("system", SYSTEM),
            message("user", user),
            message("assistant", answer),
        ],
        prefill: String::new(),
    }
}

fn clip(line: &str) -> String {
    if line.chars().count() <= LINE_LIMIT {
        return line.to_owned();
    }
    let cut: String = line.chars().take(LINE_LIMIT).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    cut[..end].to_owned()
}
