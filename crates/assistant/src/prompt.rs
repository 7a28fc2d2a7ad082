//! What the model reads: a constant instruction and the facts asked for.
//! Short on purpose: on two cores every hundred tokens of prompt cost over a second.

use corpus::{ChannelKind, Facts};

use crate::card::Sheet;
use crate::compose::is_list;
use crate::generator::{ChatMessage, Prompt};
use crate::lead;
use crate::write::Brief;

/// First and unchanging, so that its state is computed once and reused.
const SYSTEM: &str = "Bạn là nhân viên bộ phận một cửa, trả lời người dân bằng tiếng Việt. \
Chỉ dùng thông tin trong phần DỮ LIỆU, chép đúng từng con số, đơn vị và tên cơ quan. \
Mỗi mục của DỮ LIỆU một câu ngắn, trọn vẹn, lịch sự, theo đúng thứ tự. \
Không thêm điều gì không có trong DỮ LIỆU.";

/// Worked examples, also constant: without them the base model puts the values behind its
/// words. One short sentence a section: the first one is there sooner,
/// and what the gate refuses takes nothing else with it.
const EXAMPLES: [(&str, &str); 3] = [
    (
        "DỮ LIỆU\nPhí, lệ phí:\n- Nộp trực tiếp: 5.000 đồng\n- Nộp trực tuyến: 3.000 đồng\n\
         Thời hạn giải quyết:\n- Nộp trực tiếp: 2 ngày làm việc\n- Gửi qua bưu chính: 4 ngày làm việc\nNơi nộp hồ sơ:\n- Thư viện tỉnh\n\
         Kết quả nhận được:\n- Thẻ thư viện mới\n",
        "Khi nộp trực tiếp, lệ phí là 5.000 đồng; khi nộp trực tuyến, lệ phí là 3.000 đồng. \
         Khi nộp trực tiếp, thời hạn giải quyết là 2 ngày làm việc; khi gửi qua bưu chính, \
         thời hạn giải quyết là 4 ngày làm việc. Nơi nộp hồ sơ là Thư viện tỉnh. \
         Kết quả nhận được là Thẻ thư viện mới.",
    ),
    (
        "DỮ LIỆU\nGiấy tờ cần nộp:\n- Phiếu đăng ký theo mẫu số 2\n- Bản sao thẻ thư viện\n\
         Thời hạn giải quyết:\n- 3 ngày\n",
        "Bạn cần chuẩn bị Phiếu đăng ký theo mẫu số 2 và Bản sao thẻ thư viện. \
         Thời hạn giải quyết là 3 ngày.",
    ),
    (
        "DỮ LIỆU\nMẫu dùng:\n- Mẫu TV01 (Phiếu đăng ký)\n\
         Phí, lệ phí:\n- Mức lệ phí do Thư viện tỉnh quyết định.\n",
        "Mẫu dùng là Mẫu TV01 (Phiếu đăng ký). Mức lệ phí do Thư viện tỉnh quyết định.",
    ),
];

/// With so many sections asked for, lists are left to the card.
const MANY: usize = 3;

/// Sections that the model is asked to phrase, with the lines that it may use. What the source
/// leaves out is said in fixed words. The sentences about the citizen's own case are not among them: the answer opens with them as they stand, because a condition told as
/// the citizen's ("bạn đang hưởng lương hưu") became a claim.
pub fn spoken(sheet: &Sheet, channel: Option<ChannelKind>) -> Vec<(&Facts, Vec<String>)> {
    let many = is_many(sheet);
    let facts = sheet.facts.iter();
    facts
        .filter(|facts| !(many && is_list(facts.section)))
        .map(|facts| (facts, lead::lines(facts, channel)))
        .filter(|(_, lines)| !lines.is_empty())
        .collect()
}

/// True when so much is asked for that lists and long tables are left to the card.
pub fn is_many(sheet: &Sheet) -> bool {
    sheet.facts.len() >= MANY
}

/// True when the record states something that the model can phrase.
pub fn has_words(brief: &Brief) -> bool {
    !spoken(&brief.sheet, brief.channel).is_empty()
}

/// Lines that the gate checks against: the name, and what the model may put in its own words.
pub fn evidence(sheet: &Sheet, channel: Option<ChannelKind>) -> Vec<String> {
    let mut lines = vec![sheet.procedure.name.clone()];
    lines.extend(
        spoken(sheet, channel)
            .into_iter()
            .flat_map(|(_, lines)| lines),
    );
    lines
}

/// The prompt for one procedure. What was asked for is decided before: the question itself is
/// left out, because the base model repeats it, answers a no with a yes, and fails where it is
/// typed without marks.
pub fn build(sheet: &Sheet, channel: Option<ChannelKind>) -> Prompt {
    let mut data = "DỮ LIỆU\n".to_owned();
    let mut expected = Vec::new();
    for (facts, lines) in &spoken(sheet, channel) {
        let alone = lines.len() == 1;
        let told = lines.iter().map(|line| lead::told(line, alone));
        let told = lead::joined(told.collect());
        add(&mut data, lead::heading(facts.section), &told);
        expected.push(lead::expected(facts, &told));
    }
    let mut prompt = constant();
    prompt.messages.push(ChatMessage {
        role: "user",
        content: data,
    });
    prompt.expected = expected.join(" ");
    prompt
}

fn add(data: &mut String, heading: &str, lines: &[String]) {
    data.push_str(heading);
    data.push_str(":\n");
    for line in lines {
        data.push_str("- ");
        data.push_str(line);
        data.push('\n');
    }
}

/// The part that every prompt starts with. A server lets the model read it once
/// before the first question, so that nobody waits for it.
pub fn constant() -> Prompt {
    let message = |role, content: &str| ChatMessage {
        role,
        content: content.to_owned(),
    };
    let examples = EXAMPLES.into_iter();
    let examples =
        examples.flat_map(|(user, answer)| [message("user", user), message("assistant", answer)]);
    Prompt {
        messages: std::iter::once(message("system", SYSTEM))
            .chain(examples)
            .collect(),
        ..Prompt::default()
    }
}
