//! The parts of a record that a person asks about, and the level that handles it.
//!
//! One vocabulary serves sections, aspects of a question and evaluation suites.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of a procedure record; also the aspect a question asks for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Papers to hand in, by case (thành phần hồ sơ).
    Documents,
    /// Fees and charges by channel (phí, lệ phí).
    Fee,
    /// How long it takes by channel (thời hạn giải quyết).
    Time,
    /// Where to file (cơ quan thực hiện, địa chỉ tiếp nhận).
    Where,
    /// What happens step by step (trình tự thực hiện).
    Steps,
    /// Requirements and conditions (yêu cầu, điều kiện).
    Conditions,
    /// What the citizen receives (kết quả thực hiện).
    Result,
    /// The law behind it (căn cứ pháp lý).
    LegalBasis,
    /// Forms to fill in (mẫu đơn, tờ khai).
    Form,
    /// Who may ask (đối tượng thực hiện).
    Subject,
    /// Filing online (nộp trực tuyến).
    Online,
    /// The procedure as a whole: name, field, level, in one glance.
    Overview,
}

impl Section {
    /// Every section in the order a card shows them.
    pub const ALL: [Self; 12] = [
        Self::Overview,
        Self::Documents,
        Self::Fee,
        Self::Time,
        Self::Where,
        Self::Online,
        Self::Steps,
        Self::Conditions,
        Self::Result,
        Self::Form,
        Self::Subject,
        Self::LegalBasis,
    ];

    /// The word used in contracts (`legal_basis`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Fee => "fee",
            Self::Time => "time",
            Self::Where => "where",
            Self::Steps => "steps",
            Self::Conditions => "conditions",
            Self::Result => "result",
            Self::LegalBasis => "legal_basis",
            Self::Form => "form",
            Self::Subject => "subject",
            Self::Online => "online",
            Self::Overview => "overview",
        }
    }

    /// The heading a citizen reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Documents => "Giấy tờ cần nộp",
            Self::Fee => "Phí, lệ phí",
            Self::Time => "Thời hạn giải quyết",
            Self::Where => "Nơi nộp hồ sơ",
            Self::Steps => "Các bước thực hiện",
            Self::Conditions => "Yêu cầu, điều kiện",
            Self::Result => "Kết quả nhận được",
            Self::LegalBasis => "Căn cứ pháp lý",
            Self::Form => "Mẫu đơn, tờ khai",
            Self::Subject => "Đối tượng thực hiện",
            Self::Online => "Cách nộp hồ sơ",
            Self::Overview => "Thủ tục",
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The level of government that handles a procedure.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Commune, ward or special zone.
    Xa,
    /// Province or centrally run city.
    Tinh,
    /// Ministry or central body.
    Bo,
    /// Another body (an agency outside the three tiers).
    Khac,
    /// The source does not say.
    Unknown,
}

impl Level {
    /// The word used in contracts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Xa => "xa",
            Self::Tinh => "tinh",
            Self::Bo => "bo",
            Self::Khac => "khac",
            Self::Unknown => "unknown",
        }
    }

    /// The words a citizen reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Xa => "cấp xã",
            Self::Tinh => "cấp tỉnh",
            Self::Bo => "cấp bộ, trung ương",
            Self::Khac => "cơ quan khác",
            Self::Unknown => "chưa rõ cấp",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Xa, Self::Tinh, Self::Bo, Self::Khac, Self::Unknown]
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| format!("unknown level `{text}`: use xa, tinh, bo, khac or unknown"))
    }
}

impl FromStr for Section {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|section| section.as_str() == text)
            .ok_or_else(|| format!("unknown section `{text}`"))
    }
}
