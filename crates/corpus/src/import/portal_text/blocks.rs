//! Cuts the text of a procedure page into its twenty labelled blocks.
//!
//! A label counts only where it is the next expected one at the start of a line:
//! texts of the source begin lines with `Thời hạn giải quyết:` or `Từ khóa:` too,
//! and continuation lines may start at column 0.

use super::Rejected;

/// The first line of every record in this layout.
pub const HEADING: &str = "Chi tiết thủ tục hành chính";

/// The labels, always all of them and in this order.
const LABELS: [&str; 20] = [
    "Mã thủ tục",
    "Số quyết định",
    "Tên thủ tục",
    "Cấp thực hiện",
    "Loại thủ tục",
    "Lĩnh vực",
    "Trình tự thực hiện",
    "Cách thức thực hiện",
    "Thành phần hồ sơ",
    "Đối tượng thực hiện",
    "Cơ quan thực hiện",
    "Cơ quan có thẩm quyền",
    "Địa chỉ tiếp nhận HS",
    "Cơ quan được ủy quyền",
    "Cơ quan phối hợp",
    "Kết quả thực hiện",
    "Căn cứ pháp lý",
    "Yêu cầu, điều kiện thực hiện",
    "Từ khóa",
    "Mô tả",
];

/// A block of the layout, by its place in [`LABELS`].
#[derive(Clone, Copy)]
#[repr(usize)]
pub(super) enum Label {
    Code,
    Decision,
    Name,
    Level,
    Kind,
    Field,
    Steps,
    Channels,
    Documents,
    Subjects,
    Executing,
    Competent,
    Addresses,
    Delegated,
    Coordinating,
    Results,
    Legal,
    Requirements,
    Keywords,
    Description,
}

/// The lines of the twenty blocks; the first line of each is what follows its label.
#[derive(Debug)]
pub(super) struct Blocks<'a>([Vec<&'a str>; LABELS.len()]);

impl<'a> Blocks<'a> {
    /// Cuts a cleaned text, or says which label is missing.
    pub(super) fn cut(text: &'a str) -> Result<Self, Rejected> {
        let mut lines = text.lines().enumerate();
        if lines.next().map(|(_, line)| line.trim()) != Some(HEADING) {
            return Err(Rejected::at(
                1,
                format!("the first line is not `{HEADING}`"),
            ));
        }
        let mut blocks: [Vec<&str>; LABELS.len()] = Default::default();
        let mut found = 0;
        let mut last = 1;
        for (index, line) in lines {
            last = index + 1;
            let expected = LABELS.get(found).and_then(|label| after_label(line, label));
            if let Some(rest) = expected {
                blocks[found].push(rest);
                found += 1;
            } else if found > 0 {
                blocks[found - 1].push(line);
            } else if !line.trim().is_empty() {
                return Err(missing(last, found));
            }
        }
        if found < LABELS.len() {
            return Err(missing(last, found));
        }
        Ok(Self(blocks))
    }

    /// The lines of a block.
    pub(super) fn lines(&self, label: Label) -> &[&'a str] {
        &self.0[label as usize]
    }

    /// A value that belongs on one line, its wrapped rest joined by spaces; `None`
    /// where the source says nothing.
    pub(super) fn value(&self, label: Label) -> Option<String> {
        let words: Vec<&str> = self
            .lines(label)
            .iter()
            .flat_map(|line| line.split_whitespace())
            .collect();
        let value = words.join(" ");
        (!is_silent(&value)).then_some(value)
    }

    /// The paragraphs of a block, indents and blank lines left out; empty where the
    /// source says nothing.
    pub(super) fn paragraphs(&self, label: Label) -> Vec<String> {
        let paragraphs: Vec<String> = self
            .lines(label)
            .iter()
            .map(|line| squeeze(line))
            .filter(|line| !line.is_empty())
            .collect();
        match paragraphs.as_slice() {
            [only] if is_silent(only) => Vec::new(),
            _ => paragraphs,
        }
    }
}

fn after_label<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    line.strip_prefix(label)?.strip_prefix(':')
}

fn missing(line: usize, found: usize) -> Rejected {
    let label = LABELS.get(found).copied().unwrap_or_default();
    Rejected::at(line, format!("label `{label}:` not found"))
}

/// The source's words for "nothing": `Không có thông tin`, alone or followed by what
/// is missing.
pub(super) fn is_silent(value: &str) -> bool {
    // Five records fill the result with dots alone.
    let value = value.trim().trim_end_matches('.');
    matches!(
        value,
        "" | "Không có thông tin"
            | "Không có thông tin thành phần hồ sơ"
            | "Không có thông tin căn cứ pháp lý"
    )
}

/// A text with runs of spaces as one and none at its ends.
pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
