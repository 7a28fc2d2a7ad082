//! A handful of records made by hand, and an index over them that goes away with the test.

use std::fs;
use std::path::{Path, PathBuf};

use retrieval::{Query, RetrievalError, Snapshot, build};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A corpus folder and an index folder that go away with the test.
pub struct Place {
    dir: TempDir,
}

impl Place {
    /// Writes the records.
    pub fn new(records: &[Value]) -> Self {
        let place = Self {
            dir: tempfile::tempdir().expect("a temporary folder"),
        };
        fs::create_dir(place.corpus()).expect("corpus folder");
        for record in records {
            place.add(record);
        }
        place
    }

    /// Writes one record more.
    pub fn add(&self, record: &Value) {
        let code = record["code"].as_str().expect("a code");
        let path = self.corpus().join(format!("{code}.json"));
        fs::write(path, record.to_string()).expect("record written");
    }

    /// Writes a catalogue of these lines beside the records.
    pub fn list(&self, lines: &[Value]) {
        write_catalogue(&self.corpus(), lines);
    }

    /// The folder of both.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Where the records lie.
    pub fn corpus(&self) -> PathBuf {
        self.dir.path().join("records")
    }

    /// Where the index lies.
    pub fn index(&self) -> PathBuf {
        self.dir.path().join("index")
    }

    /// Builds the index.
    pub fn build(&self) -> Result<retrieval::BuildReport, RetrievalError> {
        build(&[self.corpus()], &self.index(), &mut |_, _| {})
    }

    /// Builds and opens the index.
    pub fn open(&self) -> Snapshot {
        self.build().expect("index built");
        Snapshot::open(&self.index()).expect("index opened")
    }
}

/// Writes a catalogue of these lines, if there are any, into a folder of records.
pub fn write_catalogue(folder: &Path, lines: &[Value]) {
    if lines.is_empty() {
        return;
    }
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    let path = folder.join(corpus::catalogue::FILE);
    fs::write(path, lines.join("\n") + "\n").expect("catalogue written");
}

/// A small record.
pub fn record(code: &str, name: &str, level: &str, fee: u64) -> Value {
    json!({
        "code": code, "name": name, "fields": ["Hộ tịch"], "levels": [level],
        "scope": {"kind": "national"},
        "channels": [{"kind": "direct",
            "durations": [{"value": 5, "unit": "working_day", "raw": "5 WORKING_DAY"}],
            "fees": [{"kind": "le_phi", "amount_vnd": fee, "raw": format!("{fee} VNĐ")}]}],
        "cases": [{"documents": [{"name": format!("Tờ khai {}", name.to_lowercase())}]}],
        "steps": [{"order": 1, "text": "Nộp hồ sơ tại Ủy ban nhân dân."}],
        "provenance": {"source_kind": "own"}
    })
}

/// Six procedures, some with like names.
pub fn records() -> Vec<Value> {
    let mut residence = record("9.004222", "Đăng ký thường trú", "xa", 20_000);
    residence["aliases"] = json!(["nhập hộ khẩu", "chuyển hộ khẩu"]);
    vec![
        residence,
        record("9.004194", "Đăng ký tạm trú", "xa", 15_000),
        record("9.000894", "Đăng ký kết hôn", "xa", 8_000),
        record(
            "9.000806",
            "Đăng ký kết hôn có yếu tố nước ngoài",
            "tinh",
            90_000,
        ),
        record("9.001193", "Đăng ký khai sinh", "xa", 7_000),
        record("9.009999", "Xóa đăng ký phương tiện", "tinh", 70_000),
    ]
}

/// Codes found for a question, best first.
pub fn codes(snapshot: &Snapshot, text: &str) -> Vec<String> {
    let hits = snapshot.search(&Query::new(text)).expect("search");
    hits.into_iter()
        .map(|hit| hit.procedure.code.clone())
        .collect()
}
