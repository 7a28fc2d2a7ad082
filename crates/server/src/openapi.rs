//! `/openapi.json`: made from the handlers themselves, with the schemas of the answer
//! and of the record taken from their own crates. The copy in `docs/` is checked by a test.

use actix_web::HttpResponse;
use assistant::Answer;
use corpus::Procedure;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::error::{ErrorBody, ErrorCode, ErrorDetail};
use crate::{ask, chat, conversations, health, journeys, openai, search, ws};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Một Cửa",
        description = "Trợ lý thủ tục hành chính: finds procedures and answers from their records.",
    ),
    paths(
        chat::chat,
        openai::complete,
        openai::models,
        ws::connect,
        search::search,
        search::list,
        search::procedure,
        journeys::list,
        journeys::journey,
        conversations::feedback,
        conversations::erase,
        health::healthz,
        health::readyz,
        health::metrics,
    ),
    components(schemas(
        ask::ChatRequest,
        openai::CompletionRequest,
        openai::Completion,
        openai::ModelList,
        openai::OpenAiErrorBody,
        conversations::FeedbackRequest,
        search::SearchResult,
        search::ProcedureList,
        search::NamedProcedure,
        journeys::JourneyList,
        journeys::JourneyPlan,
        health::Readiness,
        ErrorBody,
        ErrorDetail,
    )),
    tags(
        (name = "chat", description = "Questions and answers"),
        (name = "records", description = "The records without a conversation"),
        (name = "operation", description = "Probes and metrics"),
    )
)]
struct Described;

/// The whole description, pretty-printed, with a line break at the end.
pub fn document() -> String {
    let mut document = json!(Described::openapi());
    if let Some(schemas) = document.pointer_mut("/components/schemas")
        && let Some(schemas) = schemas.as_object_mut()
    {
        schemas.extend(schemas_of::<Answer>());
        schemas.extend(schemas_of::<Procedure>());
        let one_of = ["Procedure", "NamedProcedure"]
            .map(|name| json!({"$ref": format!("#/components/schemas/{name}")}));
        schemas.insert("ProcedureOrName".into(), json!({"oneOf": one_of}));
        let codes: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        for name in ["ErrorDetail", "OpenAiErrorDetail"] {
            let schema = schemas.get_mut(name);
            if let Some(code) = schema.and_then(|s| s.pointer_mut("/properties/code")) {
                code["enum"] = json!(codes);
            }
        }
    }
    format!("{document:#}\n")
}

/// A type's schema and those it refers to. OpenAPI 3.1 takes JSON Schema as it is; only
/// the references must point into the components.
fn schemas_of<T: JsonSchema>() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut root = json!(settings.into_generator().into_root_schema_for::<T>());
    let mut schemas = Map::new();
    if let Some(components) = root
        .as_object_mut()
        .and_then(|root| root.remove("components"))
        && let Some(Value::Object(referred)) = components.get("schemas")
    {
        schemas.extend(referred.clone());
    }
    schemas.insert(T::schema_name().into_owned(), root);
    schemas
}

/// Serves the description.
pub async fn serve() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(document())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` of the document must lead somewhere.
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get("$ref") {
                    found.push(target.clone());
                }
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document: Value = serde_json::from_str(&document()).unwrap();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 20);
        for target in found {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{target}");
        }
    }

    /// Ours and the other crates' schemas share one list of names.
    #[test]
    fn no_name_is_described_twice() {
        let described = json!(Described::openapi());
        let ours = described.pointer("/components/schemas").unwrap();
        for name in [schemas_of::<Answer>(), schemas_of::<Procedure>()]
            .iter()
            .flat_map(Map::keys)
        {
            assert!(ours.get(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_search_result_is_as_described() {
        let document: Value = serde_json::from_str(&document()).unwrap();
        let keys = |pointer: &str| -> Vec<String> {
            let properties = document.pointer(pointer).unwrap().as_object().unwrap();
            properties.keys().cloned().collect()
        };
        let hit = retrieval::HitJson {
            code: "1.004222".into(),
            name: "x".into(),
            level: corpus::Level::Xa,
            field: "x".into(),
            score: 1.0,
            coverage: 1.0,
            confidence: 1.0,
            section: corpus::Section::Fee,
            snippet: "x".into(),
            named_only: false,
            scope: "national".into(),
            province: None,
            variants: Vec::new(),
            signals: std::collections::BTreeMap::new(),
        };
        let hit = json!(hit);
        let described = keys("/components/schemas/SearchHit/properties");
        let real: Vec<String> = hit.as_object().unwrap().keys().cloned().collect();
        assert_eq!(described, real);
    }

    #[test]
    fn the_committed_copy_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        if std::env::var_os("MOTCUA_WRITE_OPENAPI").is_some() {
            fs_err::write(path, document()).unwrap();
        }
        let committed = fs_err::read_to_string(path).unwrap();
        assert!(
            committed == document(),
            "docs/openapi.json is old: run MOTCUA_WRITE_OPENAPI=1 cargo nextest run -p server committed_copy"
        );
    }
}
