//! The set over our own records.

use std::collections::{HashMap, HashSet};

use super::*;

fn own_index() -> (tempfile::TempDir, Snapshot) {
    let folder = tempfile::tempdir().unwrap();
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/procedures");
    retrieval::build(&[records], folder.path(), &mut |_, _| {}).unwrap();
    let snapshot = Snapshot::open(folder.path()).unwrap();
    (folder, snapshot)
}

#[test]
fn targets_are_shown_word_for_word_and_the_same_each_time() {
    let (_folder, snapshot) = own_index();
    let build = |seed| {
        Builder::new(&phrasing::file().unwrap(), seed)
            .unwrap()
            .build(&snapshot)
    };
    let all = build(1);
    let gate = &Rules::embedded().gate;
    assert!(all.len() > 200, "{} lines", all.len());
    for example in &all {
        let (said, by) = Speaker::script(&example.target).say(&example.brief, gate);
        let shown = by == WrittenBy::Model && said.iter().all(|(_, shown)| *shown);
        assert!(shown, "{} {}: {said:?}", example.code, example.kind);
    }
    let lines = |all: &[Example]| all.iter().map(|e| e.line().to_string()).collect::<Vec<_>>();
    let first = lines(&all);
    assert_eq!(first, lines(&build(1)));
    assert_ne!(first, lines(&build(2)));
    let kinds: HashSet<&str> = all.iter().map(|example| &*example.kind).collect();
    assert!(kinds.len() >= 12, "{kinds:?}");
}

#[test]
fn no_procedure_and_no_prompt_is_in_two_splits() {
    let (_folder, snapshot) = own_index();
    let all = Builder::new(&phrasing::file().unwrap(), 1)
        .unwrap()
        .build(&snapshot);
    let mut splits: HashMap<&str, &str> = HashMap::new();
    let mut prompts = HashSet::new();
    for example in &all {
        assert_eq!(
            *splits.entry(&example.code).or_insert(example.split),
            example.split
        );
        assert!(prompts.insert(&example.prompt.messages.last().unwrap().content));
    }
    assert_eq!(splits.values().collect::<HashSet<_>>().len(), 3);
}
