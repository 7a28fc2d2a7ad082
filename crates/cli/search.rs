//! `motcua search`: searches procedures, for people or as one JSON object.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use corpus::Level;
use retrieval::{Hit, HitJson, Query, SearchJson, Snapshot, Understood, Variant};

use crate::embedder;
use crate::progress::{print, say};

/// Search procedures
#[derive(clap::Args)]
pub struct Args {
    /// What to look for: a question, a name or a code
    query: String,
    /// Index folder
    #[arg(
        long,
        value_name = "DIR",
        env = "MOTCUA_INDEX",
        default_value = "index"
    )]
    index: PathBuf,
    /// How many procedures; the copies of other levels and provinces count as one
    #[arg(short, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    k: u16,
    /// Only procedures handled at this level: xa, tinh, bo, khac or unknown
    #[arg(long)]
    level: Option<Level>,
    /// The citizen's province, preferred over other provinces' versions
    #[arg(long)]
    province: Option<String>,
    /// Show what matched and each field's share of the score
    #[arg(long)]
    explain: bool,
    /// Print one JSON object on stdout
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let snapshot = Snapshot::open(&args.index)?;
    embedder::attach(&snapshot);
    let query = Query {
        limit: usize::from(args.k),
        level: args.level,
        province: args.province,
        explain: args.explain,
        ..Query::new(args.query.clone())
    };
    let started = Instant::now();
    let hits = snapshot.search(&query)?;
    let took_ms = started.elapsed().as_secs_f64() * 1000.0;
    let understood = args.explain.then(|| snapshot.understood(&query));
    if args.json {
        let result = SearchJson {
            query: args.query,
            took_ms,
            snapshot: snapshot.id().to_owned(),
            understood,
            hits: hits.iter().map(HitJson::from).collect(),
        };
        print(&serde_json::to_string(&result)?)?;
    } else {
        if let Some(understood) = &understood {
            show_understood(understood)?;
        }
        for (place, hit) in hits.iter().enumerate() {
            show(place + 1, hit)?;
        }
        say(&format!("{} procedures, {took_ms:.1} ms", hits.len()));
    }
    Ok(ExitCode::SUCCESS)
}

/// `1.115001 (cấp tỉnh, Đắk Lắk)`
fn copy(variant: &Variant) -> String {
    let province = variant.province.as_deref();
    let whose = match &*variant.scope {
        "national" => String::new(),
        _ => format!(", {}", province.unwrap_or("chưa rõ tỉnh")),
    };
    format!("{} ({}{whose})", variant.code, variant.level.label())
}

/// What the query became, a line for each thing worth telling.
fn show_understood(understood: &Understood) -> std::io::Result<()> {
    let line = |label: &str, text: &str| {
        let told = format!("{label:<16}{text}");
        if text.is_empty() {
            Ok(())
        } else {
            print(&told)
        }
    };
    for step in &understood.steps {
        line(step.kind.label(), &step.text)?;
    }
    if understood.steps.is_empty() {
        line("as typed", &understood.text)?;
    }
    line("office words", &understood.office_words.join("; "))?;
    line("to be done", &understood.acts.join("; "))?;
    let sections: Vec<&str> = understood.sections.iter().map(|s| s.label()).collect();
    line("asks for", &sections.join("; "))?;
    let terms = understood.terms.iter();
    let terms: Vec<String> = terms
        .map(|term| format!("{} ({:.1}, {})", term.term, term.weight, term.records))
        .collect();
    line("looks for", &terms.join("; "))?;
    line("", "(weight, records that have it)")
}

fn show(place: usize, hit: &Hit) -> std::io::Result<()> {
    let record = &hit.procedure;
    let known = if record.is_named_only() {
        ", name only"
    } else {
        ""
    };
    print(&format!(
        "{place:>2}. {}  {} ({}{known})",
        record.code,
        record.name,
        record.level().label()
    ))?;
    print(&format!("    {}: {}", hit.section.label(), hit.snippet))?;
    if !hit.variants.is_empty() {
        let copies: Vec<String> = hit.variants.iter().map(copy).collect();
        print(&format!("    copies: {}", copies.join(", ")))?;
    }
    if hit.signals.is_empty() {
        return Ok(());
    }
    let signals: Vec<String> = hit
        .signals
        .iter()
        .map(|(name, share)| format!("{name} {share:.2}"))
        .collect();
    print(&format!(
        "    score {:.2} = {}; coverage {:.0} %; confidence {:.0} %",
        hit.score,
        signals.join(" + "),
        hit.evidence.coverage * 100.0,
        hit.evidence.confidence() * 100.0
    ))
}
