//! The page of two runs side by side.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Compared, compared, render};
use crate::error::EvalError;
use crate::plot::{self, Whisker};
use crate::versus::{Changed, Versus, made, main_change};

/// Renders the page of `motcua eval --compare`.
pub fn versus_html(found: &Versus) -> Result<String, EvalError> {
    let kinds = changed(found).map(|item| item.kind.as_str());
    let kinds: Vec<&str> = kinds.collect::<BTreeSet<_>>().into_iter().collect();
    let groups = found.groups.iter();
    let view = View {
        before: made(&found.before),
        now: made(&found.now),
        overall: compared(&found.overall),
        groups: groups.map(|(title, parts)| group(title, parts)).collect(),
        lists: [
            ("broken", list(&found.broken, &kinds)),
            ("mended", list(&found.mended, &kinds)),
        ],
        kinds: kinds.clone(),
        width: plot::WIDTH,
    };
    render("versus.html", view)
}

#[derive(Serialize)]
struct View<'a> {
    before: String,
    now: String,
    overall: Compared,
    groups: Vec<Group<'a>>,
    lists: [(&'static str, Vec<Item<'a>>); 2],
    kinds: Vec<&'a str>,
    width: f64,
}

#[derive(Serialize)]
struct Group<'a> {
    title: &'a str,
    rows: Vec<Row<'a>>,
}

/// The main figure of a group.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    questions: usize,
    before: String,
    now: String,
    mark: Whisker,
}

/// A question that changed sides, with the number of its kind, which names its class.
#[derive(Serialize)]
struct Item<'a> {
    item: &'a Changed,
    kind: Option<usize>,
}

fn changed(found: &Versus) -> impl Iterator<Item = &Changed> {
    found.broken.iter().chain(&found.mended)
}

fn list<'a>(items: &'a [Changed], kinds: &[&str]) -> Vec<Item<'a>> {
    let number = |item: &Changed| kinds.iter().position(|kind| *kind == item.kind);
    let items = items.iter();
    items
        .map(|item| Item {
            kind: number(item),
            item,
        })
        .collect()
}

fn group<'a>(
    title: &'a str,
    parts: &'a std::collections::BTreeMap<String, crate::Comparison>,
) -> Group<'a> {
    let rows = parts.iter().filter_map(|(name, part)| {
        let main = main_change(part)?;
        Some(Row {
            name,
            questions: part.common,
            before: format!("{:.1}", main.before * 100.0),
            now: format!("{:.1}", main.now * 100.0),
            // The whole of a small group may change sides.
            mark: plot::difference(&main.difference, 1.0),
        })
    });
    Group {
        title,
        rows: rows.collect(),
    }
}
