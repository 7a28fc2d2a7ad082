//! Searching, listing and reading records over the HTTP contract.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::common::app::{TestApp, error_code};

#[tokio::test]
async fn search_finds_and_explains() {
    let app = TestApp::start();
    let found = app.get_json("/v1/search?q=dang+ky+thuong+tru&k=2").await;
    assert_eq!(found["hits"][0]["code"], "1.004222");
    assert!(found["hits"].as_array().unwrap().len() <= 2);
    for name in ["query", "took_ms", "snapshot"] {
        assert!(found.get(name).is_some(), "{name}");
    }
    for (flag, explained) in [
        ("explain", true),
        ("explain=1", true),
        ("explain=false", false),
    ] {
        let found = app
            .get_json(&format!("/v1/search?q=khai+sinh&{flag}"))
            .await;
        let signals = found["hits"][0]["signals"].as_object().unwrap();
        assert_eq!(!signals.is_empty(), explained, "{flag}");
    }
    let ministry = app.get_json("/v1/search?q=khai+sinh&level=bo").await;
    assert_eq!(ministry["hits"], json!([]));
    for (query, status) in [
        ("", 400),
        ("q=", 422),
        ("q=a&k=0", 422),
        ("q=a&k=51", 422),
        ("q=a&k=x", 400),
        ("q=a&level=huyen", 422),
    ] {
        let response = app.get(&format!("/v1/search?{query}")).await;
        assert_eq!(response.status().as_u16(), status, "{query}");
    }
}

#[tokio::test]
async fn records_are_listed_and_read() {
    let app = TestApp::start();
    let all = app.get_json("/v1/procedures").await;
    assert_eq!(all["total"], 4);
    let codes: Vec<_> = all["procedures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| key(p, "code"))
        .collect();
    assert_eq!(codes, ["1.000894", "1.001193", "1.004222", "2.000815"]);
    let page = app.get_json("/v1/procedures?offset=1&limit=2").await;
    assert_eq!(page["procedures"][0]["code"], "1.001193");
    assert_eq!(page["procedures"].as_array().unwrap().len(), 2);
    assert_eq!(
        app.get_json("/v1/procedures?offset=99").await["procedures"],
        json!([])
    );
    let record = app.get_json("/v1/procedures/1.004222").await;
    assert_eq!(record["channels"][0]["fees"][0]["amount_vnd"], 10_000);
    let none = app.get("/v1/procedures/9.999999").await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
    assert_eq!(error_code(none).await, "procedure_not_found");
    assert_eq!(
        app.get("/v1/procedures?limit=501").await.status().as_u16(),
        422
    );
}

fn key(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap().to_owned()
}
