//! `GET /v1/journeys`: life events and their procedures, without a conversation.
//!
//! A step that the loaded index knows no procedure of is left out, here as in an answer.

use actix_web::{HttpResponse, web};
use assistant::listing::{KnownStep, bundle, known};
use corpus::journeys::{self, Journey};
use corpus::{Level, Procedure};
use retrieval::Snapshot;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ErrorBody, ErrorCode};
use crate::state::State;
use crate::turn::blocking;

/// Every life event.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyList {
    /// Generation that answered.
    snapshot: String,
    /// Citizens' first.
    journeys: Vec<JourneyLine>,
}

/// A line of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyLine {
    /// Its id, for its own page.
    #[schema(example = "sinh-con")]
    id: &'static str,
    /// `citizen` or `business`.
    #[schema(example = "citizen")]
    group: &'static str,
    /// The national portal's name of the group of events.
    event: &'static str,
    /// What happened.
    title: &'static str,
    /// How many of its steps the loaded records know.
    steps: usize,
}

/// A life event with its steps in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyPlan {
    /// Generation that answered.
    snapshot: String,
    /// Its id.
    id: &'static str,
    /// `citizen` or `business`.
    group: &'static str,
    /// The national portal's name of the group of events.
    event: &'static str,
    /// What happened.
    title: &'static str,
    /// First sentence to the citizen.
    opening: &'static str,
    /// Where the order comes from.
    source: &'static str,
    /// ISO date on which the order was last checked.
    as_of: &'static str,
    /// In the order in which they are done.
    steps: Vec<JourneyStep>,
    /// The procedure that does the steps marked `bundled` in one dossier, null when none is
    /// known.
    bundle: Option<JourneyProcedure>,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyStep {
    /// 1-based place in the list.
    position: usize,
    /// What is done.
    name: &'static str,
    /// What it is good for.
    why: &'static str,
    /// For whom it is, null when for everybody.
    optional: Option<&'static str>,
    /// Places of the steps that it needs.
    after: Vec<usize>,
    /// True when the bundle does it too.
    bundled: bool,
    /// The paper that is handed in only once with the bundle.
    once: Option<&'static str>,
    /// Its procedure.
    procedure: JourneyProcedure,
}

/// The procedure of a step; its record is at `/v1/procedures/{code}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyProcedure {
    /// Procedure code.
    code: String,
    /// Official name.
    name: String,
    /// Level word.
    #[schema(value_type = String)]
    level: Level,
    /// Known by name only.
    named_only: bool,
}

impl From<&Procedure> for JourneyProcedure {
    fn from(procedure: &Procedure) -> Self {
        Self {
            code: procedure.code.clone(),
            name: procedure.name.clone(),
            level: procedure.level(),
            named_only: procedure.is_named_only(),
        }
    }
}

/// Lists life events.
#[utoipa::path(
    get, path = "/v1/journeys", tag = "records",
    responses((status = 200, description = "Every life event", body = JourneyList))
)]
pub async fn list(state: web::Data<State>) -> Result<HttpResponse, ErrorCode> {
    let list = blocking(&state.into_inner(), |state| {
        let snapshot = state.snapshot.load_full();
        let line = |journey: &'static Journey| JourneyLine {
            id: &journey.id,
            group: journey.group.as_str(),
            event: &journey.event,
            title: &journey.title,
            steps: known(journey, &snapshot).len(),
        };
        JourneyList {
            journeys: journeys::all().iter().map(line).collect(),
            snapshot: snapshot.id().to_owned(),
        }
    })
    .await?;
    Ok(HttpResponse::Ok().json(list))
}

/// One life event with the steps that the loaded records know.
#[utoipa::path(
    get, path = "/v1/journeys/{id}", tag = "records",
    params(("id" = String, Path, description = "Id of the life event", example = "sinh-con")),
    responses(
        (status = 200, description = "The life event", body = JourneyPlan),
        (status = 404, description = "No such life event", body = ErrorBody),
    )
)]
pub async fn journey(
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse, ErrorCode> {
    let journey = journeys::find(&id).ok_or(ErrorCode::JourneyNotFound)?;
    let found = blocking(&state.into_inner(), |state| {
        plan(journey, &state.snapshot.load_full())
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}

fn plan(journey: &'static Journey, snapshot: &Snapshot) -> JourneyPlan {
    let steps = known(journey, snapshot);
    let bundle = bundle(&steps, snapshot);
    let code = bundle.as_ref().map(|procedure| procedure.code.as_str());
    let numbered = steps.iter().zip(1..);
    JourneyPlan {
        snapshot: snapshot.id().to_owned(),
        id: &journey.id,
        group: journey.group.as_str(),
        event: &journey.event,
        title: &journey.title,
        opening: &journey.opening,
        source: &journey.source,
        as_of: &journey.as_of,
        steps: numbered
            .map(|(known, position)| step(known, position, &steps, code))
            .collect(),
        bundle: bundle.as_deref().map(JourneyProcedure::from),
    }
}

fn step(
    known: &KnownStep,
    position: usize,
    steps: &[KnownStep],
    bundle: Option<&str>,
) -> JourneyStep {
    let step = known.step;
    let bundled = bundle.is_some() && step.bundled_in.as_deref() == bundle;
    let place = |key: &String| steps.iter().position(|other| other.step.key == *key);
    JourneyStep {
        position,
        name: &step.name,
        why: &step.why,
        optional: step.optional.as_deref(),
        after: step
            .after
            .iter()
            .filter_map(place)
            .map(|at| at + 1)
            .collect(),
        bundled,
        once: step.once.as_deref().filter(|_| bundled),
        procedure: JourneyProcedure::from(&*known.procedure),
    }
}
