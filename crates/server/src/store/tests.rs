//! The store alone: versions, erasure down to the bytes, failure.

use super::*;
use assistant::{ProcedureRef, Route, Timings, WrittenBy};

const WORDS: &str = "hỏi về lệ phí thường trú riêng tư";

fn answer(conversation: &Conversation, message_id: &str) -> Answer {
    Answer {
        conversation_id: conversation.id.clone(),
        message_id: message_id.into(),
        route: Route::Answer,
        text: String::new(),
        cards: Vec::new(),
        procedures: vec![ProcedureRef {
            named_only: false,
            code: "1.004222".into(),
            name: "Đăng ký thường trú".into(),
            level: corpus::Level::Xa,
            score: 1.0,
        }],
        citations: Vec::new(),
        choices: Vec::new(),
        suggestions: Vec::new(),
        notices: Vec::new(),
        written_by: WrittenBy::Record,
        snapshot: "s".into(),
        timings_ms: Timings::default(),
    }
}

fn question() -> MaskedQuestion {
    MaskedQuestion {
        text: WORDS.into(),
        kinds: vec!["phone".into()],
    }
}

#[test]
fn a_stale_save_is_a_conflict_and_an_erased_one_stays_gone() {
    let store = Store::open(Path::new(":memory:")).unwrap();
    let conversation = Conversation::new();
    assert_eq!(store.save(&conversation, 0).unwrap(), Saved::Yes);
    assert_eq!(store.save(&conversation, 0).unwrap(), Saved::Conflict);
    assert_eq!(store.save(&conversation, 1).unwrap(), Saved::Yes);
    assert_eq!(store.save(&conversation, 1).unwrap(), Saved::Conflict);
    assert_eq!(store.load(&conversation.id).unwrap().unwrap().version, 2);
    store.erase(&conversation.id).unwrap();
    assert_eq!(store.save(&conversation, 2).unwrap(), Saved::Gone);
    assert!(
        !store
            .record(&answer(&conversation, "m"), &question())
            .unwrap()
    );
}

#[test]
fn feedback_needs_its_answer_and_the_last_one_counts() {
    let store = Store::open(Path::new(":memory:")).unwrap();
    let conversation = Conversation::new();
    store.save(&conversation, 0).unwrap();
    let mut feedback = Feedback {
        message_id: "m".into(),
        rating: 1,
        reason: None,
        comment: None,
    };
    assert!(!store.rate(&feedback).unwrap());
    assert!(
        store
            .record(&answer(&conversation, "m"), &question())
            .unwrap()
    );
    assert!(store.rate(&feedback).unwrap());
    feedback.rating = -1;
    assert!(store.rate(&feedback).unwrap());
    let (count, rating): (u32, i8) = store
        .lock()
        .query_row("SELECT count(*), max(rating) FROM feedback", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!((count, rating), (1, -1));
}

/// Whether the bytes stand in any file of the folder.
fn on_disk(folder: &Path, needle: &str) -> bool {
    fs_err::read_dir(folder).unwrap().any(|entry| {
        let bytes = fs_err::read(entry.unwrap().path()).unwrap();
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    })
}

#[test]
fn erasing_leaves_no_byte_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.sqlite")).unwrap();
    let (erased, kept) = (Conversation::new(), Conversation::new());
    for (conversation, message) in [(&erased, "gone-message"), (&kept, "kept-message")] {
        store.save(conversation, 0).unwrap();
        store
            .record(&answer(conversation, message), &question())
            .unwrap();
    }
    let rated = Feedback {
        message_id: "gone-message".into(),
        rating: 1,
        reason: None,
        comment: Some("gone-comment".into()),
    };
    store.rate(&rated).unwrap();
    assert!(on_disk(folder.path(), &erased.id) && on_disk(folder.path(), "gone-comment"));
    store.erase(&erased.id).unwrap();
    for needle in [erased.id.as_str(), "gone-message", "gone-comment"] {
        assert!(!on_disk(folder.path(), needle), "{needle}");
    }
    assert!(on_disk(folder.path(), "kept-message"));
}

#[test]
fn old_conversations_are_forgotten() {
    let store = Store::open(Path::new(":memory:")).unwrap();
    let (old, young) = (Conversation::new(), Conversation::new());
    store.save(&old, 0).unwrap();
    store.save(&young, 0).unwrap();
    store
        .lock()
        .execute(
            "UPDATE conversations SET updated_at = updated_at - 31 * 86400 WHERE id = ?1",
            [&old.id],
        )
        .unwrap();
    assert_eq!(store.forget_older_than(30).unwrap(), 1);
    assert!(store.load(&old.id).unwrap().is_none());
    assert!(store.load(&young.id).unwrap().is_some());
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    fs_err::write(
        &path,
        "not a database, but long enough to be read as one".repeat(40),
    )
    .unwrap();
    assert!(Store::open(&path).is_err());
}
