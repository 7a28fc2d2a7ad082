//! Search by meaning, with an embedder whose vectors a person can predict.

use std::sync::mpsc::channel;

use retrieval::{Embedder, Query, SharedEmbedder, Side, embed_names};

use crate::common::place::{Place, codes, record, records};

/// One dimension a subject; every text that holds one of its words points there.
struct Subjects {
    embedded: usize,
    /// Told when a question arrives, and waits for the answer before going on.
    gate: Option<(std::sync::mpsc::Sender<()>, std::sync::mpsc::Receiver<()>)>,
}

const SUBJECTS: [&[&str]; 3] = [
    &["kết hôn", "cưới", "về một nhà"],
    &["thường trú", "hộ khẩu"],
    &["khai sinh", "em bé"],
];

impl Subjects {
    fn new() -> Self {
        Self {
            embedded: 0,
            gate: None,
        }
    }
}

impl Embedder for Subjects {
    fn fingerprint(&self) -> &'static str {
        "5b1ec75b1ec75b1ec7"
    }

    fn dimension(&self) -> usize {
        SUBJECTS.len() + 1
    }

    fn embed(&mut self, text: &str, side: Side) -> Result<Vec<f32>, String> {
        self.embedded += 1;
        if let Some((arrived, go)) = self.gate.as_ref().filter(|_| side == Side::Question) {
            arrived.send(()).map_err(|error| error.to_string())?;
            go.recv().map_err(|error| error.to_string())?;
        }
        let text = text.to_lowercase();
        let has = |words: &&[&str]| words.iter().any(|word| text.contains(word));
        let mut vector = vec![0.1; self.dimension()];
        if let Some(at) = SUBJECTS.iter().position(has) {
            vector[at] = 1.0;
        }
        let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
        Ok(vector.iter().map(|v| v / length).collect())
    }
}

#[test]
fn a_name_is_embedded_once_whatever_is_built_anew() {
    let place = Place::new(&records());
    place.build().unwrap();
    let mut embedder = Subjects::new();
    let report = embed_names(&place.index(), &mut embedder, &mut |_, _| {}).unwrap();
    assert_eq!((report.texts, report.made), (6, 6));
    place.add(&record("9.000001", "Đăng ký khai tử", "xa", 8_000));
    place.build().unwrap();
    let report = embed_names(&place.index(), &mut embedder, &mut |_, _| {}).unwrap();
    assert_eq!((report.texts, report.made), (7, 1));
    assert_eq!(embedder.embedded, 7);
}

#[test]
fn meaning_decides_between_what_words_cannot_tell_apart() {
    let place = Place::new(&records());
    let snapshot = place.open();
    let question = "đăng ký vì sắp về một nhà";
    let by_words = codes(&snapshot, question);
    embed_names(&place.index(), &mut Subjects::new(), &mut |_, _| {}).unwrap();
    let embedder = SharedEmbedder::new(Box::new(Subjects::new()));
    assert_eq!(snapshot.attach(&embedder).unwrap(), 6);
    assert_ne!(by_words[0], "9.000894");
    assert_eq!(codes(&snapshot, question)[0], "9.000894");

    let query = Query {
        explain: true,
        ..Query::new(question)
    };
    let hit = snapshot.search(&query).unwrap().remove(0);
    assert!(hit.signals["meaning"] > 0.0);
    let sum: f32 = hit.signals.values().sum();
    assert!((sum - hit.score).abs() < 1e-3, "{sum} {}", hit.score);

    let unmarked = Query {
        text: vitext::fold(question),
        ..query
    };
    let hit = snapshot.search(&unmarked).unwrap().remove(0);
    assert!(
        hit.signals["meaning"] > 0.0,
        "restored before it is embedded"
    );
}

#[test]
fn a_question_that_cannot_have_the_embedder_goes_by_words_and_says_so() {
    let place = Place::new(&records());
    let snapshot = place.open();
    embed_names(&place.index(), &mut Subjects::new(), &mut |_, _| {}).unwrap();
    let ((arrived, waiting), (go, gate)) = (channel(), channel());
    let busy = Subjects {
        embedded: 0,
        gate: Some((arrived, gate)),
    };
    let embedder = SharedEmbedder::new(Box::new(busy));
    snapshot.attach(&embedder).unwrap();
    let query = Query {
        explain: true,
        ..Query::new("đăng ký kết hôn")
    };
    std::thread::scope(|threads| {
        let first = threads.spawn(|| snapshot.search(&query).unwrap());
        waiting.recv().unwrap();
        let second = snapshot.search(&query).unwrap();
        assert!(second[0].signals.contains_key("meaning_busy"));
        assert_eq!(second[0].procedure.code, "9.000894");
        go.send(()).unwrap();
        assert!(first.join().unwrap()[0].signals.contains_key("meaning"));
    });
}

#[test]
fn without_vectors_nothing_changes() {
    let place = Place::new(&records());
    let snapshot = place.open();
    assert!(!snapshot.has_vectors());
    let embedder = SharedEmbedder::new(Box::new(Subjects::new()));
    assert_eq!(snapshot.attach(&embedder).unwrap(), 0);
    assert_eq!(codes(&snapshot, "đăng ký kết hôn")[0], "9.000894");
}
