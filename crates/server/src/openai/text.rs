//! A whole answer in plain lines, for clients that show text and nothing else.

use assistant::{Answer, Card};

/// What stands below an answer's text: the facts of its cards, their sources, choices and
/// remarks. Empty, or begins with an empty line.
pub fn below(answer: &Answer) -> String {
    let mut blocks: Vec<String> = answer.cards.iter().map(card).collect();
    let choices = (1..).zip(&answer.choices);
    let choices = choices.map(|(number, choice)| format!("{number}. {}", choice.label));
    blocks.push(choices.collect::<Vec<_>>().join("\n"));
    blocks.push(sources(answer).join("\n"));
    let notices = answer
        .notices
        .iter()
        .map(|notice| format!("Lưu ý: {notice}"));
    blocks.push(notices.collect::<Vec<_>>().join("\n"));
    let mut below = String::new();
    for block in blocks.iter().filter(|block| !block.is_empty()) {
        below.push_str("\n\n");
        below.push_str(block);
    }
    below
}

fn card(card: &Card) -> String {
    let mut lines = vec![format!(
        "{} ({}, {})",
        card.name,
        card.code,
        card.level.label()
    )];
    for section in &card.sections {
        lines.push(format!("{}:", section.label));
        let facts = section.lines.iter();
        lines.extend(facts.map(|line| format!("- {}", line.replace('\n', " "))));
    }
    lines.join("\n")
}

/// One line for every record that was cited.
fn sources(answer: &Answer) -> Vec<String> {
    let mut lines = Vec::new();
    for citation in &answer.citations {
        let url = citation.url.as_deref().unwrap_or("không có liên kết");
        let as_of = citation.as_of.as_deref().unwrap_or("không rõ ngày");
        let line = format!("Nguồn: thủ tục {}, dữ liệu {as_of}, {url}", citation.code);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}
