//! The procedure record: the one structure that every importer writes and
//! everything else reads. One JSON file a procedure, keys in the order below.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::known::Known;
use crate::provenance::{Provenance, Status};
use crate::section::Level;

/// One administrative procedure as its source states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// National code, such as `1.004222`.
    pub code: String,
    /// Official name.
    pub name: String,
    /// What citizens call it; ours, never from the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The decision that published it.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub decision: Known<Decision>,
    /// The source's kind, raw (an open set).
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub kind: Known<String>,
    /// Fields (lĩnh vực).
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub fields: Known<Vec<String>>,
    /// Levels that handle it; empty when the source names none.
    pub levels: Vec<Level>,
    /// Whole country or one province.
    pub scope: Scope,
    /// Who may ask.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub subjects: Known<Vec<String>>,
    /// What happens, in order.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub steps: Known<Vec<Step>>,
    /// Ways to file, each with its own time and fees. One kind may occur several
    /// times (stages or cases): never merged.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub channels: Known<Vec<Channel>>,
    /// Papers by case.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub cases: Known<Vec<Case>>,
    /// Agencies by role.
    #[serde(default)]
    pub agencies: Agencies,
    /// Addresses that receive the dossier.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub receiving_addresses: Known<Vec<String>>,
    /// What the citizen receives.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub results: Known<Vec<String>>,
    /// The law behind it.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub legal_basis: Known<Vec<LegalBasis>>,
    /// Requirements and conditions, one paragraph each.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub requirements: Known<Vec<String>>,
    /// The source's own keywords.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub keywords: Known<Vec<String>>,
    /// A description that says more than the requirements do.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub description: Known<String>,
    /// Links to other procedures.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub related: Known<Vec<Related>>,
    /// How far it can be done online.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub online: Known<Online>,
    /// Life events it belongs to; ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub life_events: Vec<LifeEvent>,
    /// Where this record comes from.
    pub provenance: Provenance,
    /// Whether it is still listed.
    #[serde(default)]
    pub status: Status,
    /// What the importer noticed (`not_nfc`, `zero_width`, `cut_sentence`, …).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
}

impl Procedure {
    /// The level a citizen meets first: the lowest one named.
    pub fn level(&self) -> Level {
        self.levels.iter().copied().min().unwrap_or(Level::Unknown)
    }

    /// The first field (lĩnh vực), empty when the source names none.
    pub fn field(&self) -> &str {
        self.fields.iter().next().map_or("", String::as_str)
    }
}

/// The decision that published a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// Number as the source writes it, such as `1523/QĐ-BCA-C06`.
    pub number: String,
    /// ISO date of the decision, which is not the date of the law.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Who issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// Whether a record holds for the whole country or for one province.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scope {
    /// The whole country.
    National,
    /// One province's version; the name is `None` where the record does not tell.
    Province {
        /// Province name without `tỉnh`/`thành phố`, such as `Đắk Lắk`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
}

/// One step of the procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Case that the step belongs to, where the source groups by case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// 1-based order in the source.
    pub order: u32,
    /// Heading, such as `Bước 1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text; paragraphs are separated by a line break.
    pub text: String,
}

/// How a dossier reaches the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// In person.
    Direct,
    /// Online.
    Online,
    /// By post.
    Postal,
    /// Anything else the source names.
    Other,
}

impl ChannelKind {
    /// The words a citizen reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Direct => "Nộp trực tiếp",
            Self::Online => "Nộp trực tuyến",
            Self::Postal => "Gửi qua bưu chính",
            Self::Other => "Cách khác",
        }
    }
}

/// One way to file, with its time and fees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Channel {
    /// In person, online, by post.
    pub kind: ChannelKind,
    /// How long it takes.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub durations: Known<Vec<Period>>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub fees: Known<Vec<Fee>>,
    /// The source's remark on this way of filing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Unit of a period. Working days and days are different units, never converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// Working days (ngày làm việc).
    WorkingDay,
    /// Calendar days (ngày).
    Day,
    /// Hours (giờ).
    Hour,
    /// Minutes (phút).
    Minute,
    /// Months (tháng).
    Month,
    /// Years (năm).
    Year,
    /// The source gives no unit: no number of days may be read from it.
    Other,
}

/// A period as the source states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Period {
    /// The number, `None` where the source writes words only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The unit.
    pub unit: PeriodUnit,
    /// The source's own words.
    pub raw: String,
    /// The source's remark, which may hold the real rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Which kind of charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// Phí.
    Phi,
    /// Lệ phí.
    LePhi,
    /// The source does not tell them apart.
    #[default]
    Unknown,
}

/// A fee as the source states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fee {
    /// Phí or lệ phí.
    #[serde(default)]
    pub kind: FeeKind,
    /// Amount in đồng. `Some(0)` is "recorded as 0", which is not "free".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_vnd: Option<u64>,
    /// The source's own words.
    pub raw: String,
    /// The explanation in brackets or the free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Papers for one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// Case or group name; `None` where the source has a single list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the bracketed name is.
    #[serde(default)]
    pub kind: CaseKind,
    /// The papers.
    pub documents: Vec<Document>,
}

/// What a bracketed heading in the source's list of papers stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// A case: these papers only when it applies.
    #[default]
    Case,
    /// A group of one list (to hand in, to show).
    Group,
    /// Remarks.
    Note,
}

/// One paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// The paper as the source (or we, for our own records) names it, in full.
    pub name: String,
    /// Originals asked for, `None` where the source gives no count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originals: Option<u32>,
    /// Copies asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copies: Option<u32>,
    /// The form to fill in.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub form: Known<Form>,
    /// True for a remark that the source lists among the papers (counts 0/0).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_note: bool,
    /// A remark on this paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A form to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Form {
    /// Name or number, such as `Mẫu CT01`.
    pub name: String,
    /// Where it can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Agencies by role.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Agencies {
    /// Handles the dossier.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub executing: Known<Vec<String>>,
    /// Decides.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub competent: Known<Vec<String>>,
    /// Acts for the one that decides.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub delegated: Known<Vec<String>>,
    /// Takes part.
    #[serde(default, skip_serializing_if = "Known::is_not_fetched")]
    pub coordinating: Known<Vec<String>>,
}

/// A legal document behind the procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LegalBasis {
    /// Number, such as `154/2024/NĐ-CP`; `None` where the source names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Title.
    pub title: String,
}

/// How two procedures belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Must be done before.
    Prerequisite,
    /// Usually done next.
    Next,
    /// Part of a bundle.
    PartOf,
    /// The same procedure at another level.
    SameNameOtherLevel,
}

/// A link to another procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Related {
    /// How.
    pub relation: Relation,
    /// To which code.
    pub code: String,
}

/// How far a procedure can be done online.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Online {
    /// `toan_trinh`, `mot_phan`, `none` or `unknown`.
    pub level: String,
    /// Where to file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A life event of the national portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LifeEvent {
    /// `citizen` or `business`.
    pub group: String,
    /// Name of the event, such as `Có con nhỏ`.
    pub event: String,
}
