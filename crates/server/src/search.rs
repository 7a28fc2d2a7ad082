//! `GET /v1/search` and `GET /v1/procedures`: the records without a conversation.

use std::time::Instant;

use actix_web::{HttpResponse, web};
use corpus::{Level, Listed, Procedure, Scope};
use retrieval::{HitJson, ProcedureSummary, Query, SearchJson};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ask;
use crate::error::{ErrorBody, ErrorCode};
use crate::state::State;
use crate::turn::blocking;

const MAX_HITS: usize = 50;
const MAX_PAGE: usize = 500;

/// Parameters of a search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// Words to search for, 1 to 1,000 characters.
    #[param(example = "đăng ký thường trú")]
    q: String,
    /// How many procedures, 1 to 50; 10 when absent. The copies of one procedure, of other
    /// levels and provinces, count as one.
    k: Option<usize>,
    /// Only this level: `xa`, `tinh`, `bo`, `khac` or `unknown`.
    level: Option<String>,
    /// The citizen's province, present or former: of the copies of one procedure its own
    /// comes first, then the country's.
    province: Option<String>,
    /// Show each signal's share of the score; `explain` alone, `1` and `true` all do.
    explain: Option<String>,
}

/// Finds procedures.
#[utoipa::path(
    get, path = "/v1/search", tag = "records", params(SearchParams),
    responses(
        (status = 200, description = "Best first", body = SearchResult),
        (status = 400, description = "A parameter is missing or of the wrong type", body = ErrorBody),
        (status = 422, description = "Blank or too long, or a value out of range", body = ErrorBody),
    )
)]
pub async fn search(
    state: web::Data<State>,
    params: web::Query<SearchParams>,
) -> Result<HttpResponse, ErrorCode> {
    let query = parse(&params)?;
    let found = blocking(&state.into_inner(), move |state| find(state, &query)).await??;
    Ok(HttpResponse::Ok().json(found))
}

fn parse(params: &SearchParams) -> Result<Query, ErrorCode> {
    let level = params.level.as_deref().filter(|level| !level.is_empty());
    let limit = params.k.unwrap_or(10);
    if !(1..=MAX_HITS).contains(&limit) {
        return Err(ErrorCode::InvalidValue);
    }
    Ok(Query {
        limit,
        level: level
            .map(|level| level.parse().map_err(|_| ErrorCode::InvalidValue))
            .transpose()?,
        province: params.province.as_deref().map(ask::short).transpose()?,
        explain: params
            .explain
            .as_deref()
            .is_some_and(|value| !matches!(value, "0" | "false")),
        ..Query::new(ask::text(&params.q)?)
    })
}

fn find(state: &State, query: &Query) -> Result<SearchJson, ErrorCode> {
    let began = Instant::now();
    let snapshot = state.snapshot.load_full();
    let hits = snapshot.search(query).map_err(|error| {
        tracing::error!(%error, "search failed");
        ErrorCode::Internal
    })?;
    Ok(SearchJson {
        query: query.text.clone(),
        took_ms: (began.elapsed().as_secs_f64() * 1e6).round() / 1e3,
        snapshot: snapshot.id().to_owned(),
        understood: query.explain.then(|| snapshot.understood(query)),
        hits: hits.iter().map(HitJson::from).collect(),
    })
}

/// Parameters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// How many to skip; 0 when absent.
    offset: Option<usize>,
    /// How many to return, 1 to 500; 100 when absent.
    limit: Option<usize>,
}

/// A page of the list of procedures.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureList {
    /// Generation that answered.
    snapshot: String,
    /// How many there are in all.
    total: usize,
    /// How many were skipped.
    offset: usize,
    /// In the order of their codes.
    procedures: Vec<ProcedureLine>,
}

/// A line of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureLine {
    /// Procedure code.
    #[schema(example = "1.004222")]
    code: String,
    /// Official name.
    name: String,
    /// Level word.
    #[schema(value_type = String)]
    level: Level,
    /// First field (lĩnh vực).
    field: String,
    /// Known by name only: see the procedure itself.
    named_only: bool,
}

impl From<ProcedureSummary> for ProcedureLine {
    fn from(summary: ProcedureSummary) -> Self {
        Self {
            code: summary.code,
            name: summary.name,
            level: summary.level,
            field: summary.field,
            named_only: summary.named_only,
        }
    }
}

/// Lists procedures in the order of their codes.
#[utoipa::path(
    get, path = "/v1/procedures", tag = "records", params(ListParams),
    responses(
        (status = 200, description = "A page of the list", body = ProcedureList),
        (status = 422, description = "A value is out of range", body = ErrorBody),
    )
)]
pub async fn list(
    state: web::Data<State>,
    params: web::Query<ListParams>,
) -> Result<HttpResponse, ErrorCode> {
    let offset = params.offset.unwrap_or(0);
    let limit = params.limit.unwrap_or(100);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(ErrorCode::InvalidValue);
    }
    let snapshot = state.snapshot.load_full();
    let procedures = snapshot.list(offset, limit);
    Ok(HttpResponse::Ok().json(ProcedureList {
        snapshot: snapshot.id().to_owned(),
        total: snapshot.len(),
        offset,
        procedures: procedures.into_iter().map(ProcedureLine::from).collect(),
    }))
}

/// A procedure that is known by name only: no facts, none of them silent.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedProcedure {
    /// Always true; a record has no such key.
    named_only: bool,
    /// Procedure code.
    code: String,
    /// Official name.
    name: String,
    /// Level words.
    #[schema(value_type = Vec<String>)]
    levels: Vec<Level>,
    /// First field (lĩnh vực), null when the source names none.
    field: Option<String>,
    /// Whole country or one province.
    #[schema(value_type = Object)]
    scope: Scope,
    /// Its public page, null where the source gives none.
    url: Option<String>,
    /// Date of the list that names it.
    as_of: Option<String>,
    /// What to tell a citizen, in Vietnamese.
    notice: String,
}

impl NamedProcedure {
    fn new(procedure: &Procedure, notice: String) -> Self {
        let listed = Listed::from(procedure);
        Self {
            named_only: true,
            code: listed.code,
            name: listed.name,
            levels: listed.levels,
            field: listed.field,
            scope: listed.scope,
            url: listed.url,
            as_of: listed.as_of,
            notice,
        }
    }
}

/// One record, as it was imported, or what is known of it without a record.
#[utoipa::path(
    get, path = "/v1/procedures/{code}", tag = "records",
    params(("code" = String, Path, description = "Procedure code", example = "1.004222")),
    responses(
        (status = 200, description = "The record; where only its name is known, that, with `named_only`", body = ref("#/components/schemas/ProcedureOrName")),
        (status = 404, description = "No such record", body = ErrorBody),
    )
)]
pub async fn procedure(
    state: web::Data<State>,
    code: web::Path<String>,
) -> Result<HttpResponse, ErrorCode> {
    let procedure = state.snapshot.load().procedure(&code);
    let procedure = procedure.ok_or(ErrorCode::ProcedureNotFound)?;
    Ok(if procedure.is_named_only() {
        let notice = state.assistant.named_only(&procedure);
        HttpResponse::Ok().json(NamedProcedure::new(&procedure, notice))
    } else {
        HttpResponse::Ok().json(&*procedure)
    })
}

/// What a search returns.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResult {
    /// The query as understood (composed).
    query: String,
    /// Milliseconds in the index.
    took_ms: f64,
    /// Generation that answered.
    snapshot: String,
    /// What the question became before records were looked at; only with `explain`.
    understood: Option<SearchQuestion>,
    /// Best first.
    hits: Vec<SearchHit>,
}

/// A question as search understood it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchQuestion {
    /// The question in standard words.
    text: String,
    /// Whether it was typed with diacritics; if not, only unmarked forms are searched.
    typed_with_diacritics: bool,
    /// The steps from what was typed to `text`, in order.
    steps: Vec<SearchStep>,
    /// What the office calls things that the question names in everyday words.
    office_words: Vec<String>,
    /// What is to be done, as the word list names it.
    acts: Vec<String>,
    /// Sections asked for.
    sections: Vec<String>,
    /// Words and pairs looked up, those that can move a score furthest first.
    terms: Vec<SearchTerm>,
}

/// A step of reading a question.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchStep {
    /// `abbreviations`, `everyday`, `typing` or `diacritics`.
    kind: String,
    /// The text after it.
    text: String,
}

/// A word or pair of words looked up.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchTerm {
    /// In the form that is searched.
    term: String,
    /// 1 for a topic word, less for framing words and office words.
    weight: f32,
    /// How many records have it.
    records: u64,
}

/// A procedure found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// Procedure code.
    code: String,
    /// Official name.
    name: String,
    /// Level word.
    level: String,
    /// First field (lĩnh vực).
    field: String,
    /// `national` or `province`.
    scope: String,
    /// The province, null for the whole country or where the record does not tell.
    province: Option<String>,
    /// Fused score, comparable within one list only.
    score: f32,
    /// Share of the question's informative words found, 0 to 1; comparable between questions.
    coverage: f32,
    /// Probability that this is the procedure meant, 0 to 1.
    confidence: f32,
    /// The section that matches best.
    section: String,
    /// A line of it.
    snippet: String,
    /// True where only name, level, field and page are known: no facts are served.
    named_only: bool,
    /// Each signal's share of the score; empty unless `explain` is true.
    signals: std::collections::BTreeMap<String, f32>,
    /// The other copies of this procedure, of other levels and provinces, best first.
    variants: Vec<SearchVariant>,
}

/// A copy of a procedure under another code.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchVariant {
    /// Its code.
    code: String,
    /// Level word.
    level: String,
    /// `national` or `province`.
    scope: String,
    /// The province, null for the whole country or where the record does not tell.
    province: Option<String>,
    /// True where only its name, level, field and page are known.
    named_only: bool,
}
