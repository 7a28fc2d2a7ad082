//! `motcua eval`: runs question suites and reports; `--check` checks the questions.

mod compare;
mod gate;
mod outside;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, ensure};
use assistant::{Assistant, Generator};
use corpus::Procedure;
use eval::{
    Baseline, Mode, Options, Outcome, Report, Robustness, Runner, Setting, Split, Suite, Variant,
};
use retrieval::Snapshot;

use crate::embedder;
use crate::generator::open_or_say;
use crate::progress::{bar, print, say};

/// Run question suites and report
#[derive(clap::Args)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub struct Args {
    /// Suites of questions; or a CSV of questions and answers, a BEIR folder, a .conllu
    /// file (see eval/README.md)
    #[arg(required_unless_present = "compare", value_name = "SUITE.jsonl")]
    suites: Vec<PathBuf>,
    /// Index folder
    #[arg(long, env = "MOTCUA_INDEX", default_value = "index")]
    index: PathBuf,
    /// Settings file, for the model that it names
    #[arg(long, env = "MOTCUA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write the whole report as JSON (`-` for stdout)
    #[arg(long, value_name = "OUT")]
    json: Option<PathBuf>,
    /// Write the report as one HTML page
    #[arg(long, value_name = "OUT")]
    html: Option<PathBuf>,
    /// Compare with a stored run; exit 1 when a metric got worse
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Store this run for later comparisons
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// Allowed drop of a mean against the baseline, in points
    #[arg(long, default_value_t = eval::TOLERANCE * 100.0, value_name = "POINTS")]
    tolerance: f64,
    /// Only suites of this half, told by the file name: dev or test
    #[arg(long)]
    split: Option<Split>,
    /// At most this many questions of each suite
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Answer in the record's words, without a model
    #[arg(long)]
    no_model: bool,
    /// Search alone, no answers
    #[arg(long)]
    retrieval_only: bool,
    /// Run the same questions also without diacritics, in NFD and with typing errors
    #[arg(long)]
    variants: bool,
    /// Check the questions against the records and run nothing; exit 1 on a problem
    #[arg(long)]
    check: bool,
    /// Measure the sentence gate: the paths are files of pairs (eval/grounding) or folders of
    /// records, whose lines are mutated; exit 1 below the bars
    #[arg(long, conflicts_with_all = ["check", "variants", "html", "baseline", "write_baseline"])]
    gate: bool,
    /// Compare two reports of --json, question by question; exit 1 when B is worse by the
    /// rule of --baseline
    #[arg(long, num_args = 2, value_names = ["A", "B"],
        conflicts_with_all = ["suites", "check", "gate", "variants", "baseline", "write_baseline"])]
    compare: Option<Vec<PathBuf>>,
    /// With --check: take the records from a folder instead of the index
    #[arg(long, value_name = "DIR", requires = "check")]
    corpus: Option<PathBuf>,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    if let Some([before, now]) = args.compare.as_deref() {
        return compare::run(&args, before, now);
    }
    if args.gate {
        return gate::run(&args);
    }
    if args.suites.iter().any(|path| outside::measures(path)) {
        outside::run(&args)?;
        return Ok(ExitCode::SUCCESS);
    }
    let suites = args
        .suites
        .iter()
        .map(|path| Suite::read(path))
        .collect::<Result<Vec<_>, _>>()?;
    say_unjudged(&suites);
    if args.check {
        return check(&args, &suites);
    }
    let snapshot = Arc::new(Snapshot::open(&args.index)?);
    let report = measure(&args, &suites, &snapshot)?;
    say(eval::table(&report).trim_end());
    write_reports(&args, &report, &snapshot)?;
    Ok(verdict(
        report.comparison.as_ref(),
        "worse than the baseline",
    ))
}

/// Exit code 1, with the metrics named, when something got worse than allowed.
fn verdict(comparison: Option<&eval::Comparison>, words: &str) -> ExitCode {
    let changes = comparison
        .into_iter()
        .flat_map(eval::Comparison::regressions);
    let worse: Vec<_> = changes.map(|change| change.metric.as_str()).collect();
    if worse.is_empty() {
        return ExitCode::SUCCESS;
    }
    say(&format!("{words}: {}", worse.join(", ")));
    ExitCode::from(1)
}

/// Runs what the options select and sums up.
fn measure(args: &Args, suites: &[Suite], snapshot: &Arc<Snapshot>) -> anyhow::Result<Report> {
    embedder::attach(snapshot);
    let wants_model = !args.no_model && !args.retrieval_only;
    let mut model = if wants_model {
        open_or_say(args.config.as_deref())?
    } else {
        None
    };
    let name = model.as_ref().map(|model| model.name().to_owned());
    let mode = match (args.retrieval_only, &name) {
        (true, _) => Mode::Retrieval,
        (false, Some(_)) => Mode::Model,
        (false, None) => Mode::Record,
    };
    // Read first: a baseline that cannot be compared with should not cost a run.
    let baseline = args
        .baseline
        .as_deref()
        .map(|path| Baseline::read(path, mode))
        .transpose()?;
    let generator = model
        .as_mut()
        .map(|model| &mut **model as &mut dyn Generator);
    let (outcomes, robustness) = outcomes(args, suites, snapshot, generator)?;
    let comparison = baseline.map(|baseline| baseline.compare(&outcomes, args.tolerance / 100.0));
    let setting = Setting {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        mode,
        model: name,
        snapshot: snapshot.id().to_owned(),
    };
    let mut report = Report::new(setting, outcomes, comparison);
    report.robustness = robustness;
    Ok(report)
}

/// A table of questions may hold answers without a code and without anything exact.
fn say_unjudged(suites: &[Suite]) {
    for suite in suites {
        let unjudged =
            |item: &&eval::Item| item.route == eval::Expected::Answer && !item.is_judged();
        let count = suite.items.iter().filter(unjudged).count();
        if count > 0 {
            say(&format!(
                "{}: {count} of {} questions have no code and state nothing exact; of them only \
                 the route is checked",
                suite.path.display(),
                suite.items.len()
            ));
        }
    }
}

fn outcomes(
    args: &Args,
    suites: &[Suite],
    snapshot: &Arc<Snapshot>,
    generator: Option<&mut dyn Generator>,
) -> anyhow::Result<(Vec<Outcome>, Option<Robustness>)> {
    let assistant = Assistant::new();
    let options = Options {
        split: args.split,
        limit: args.limit,
        retrieval_only: args.retrieval_only,
    };
    // The coercion shortens the trait object's lifetime to that of the runner.
    let generator = generator.map(|generator| generator as &mut dyn Generator);
    let mut runner = Runner::new(snapshot, &assistant, generator, options);
    let total = runner.selected(suites).len();
    ensure!(
        total > 0,
        "no suite of this --split: the file name must hold `dev` or `test`"
    );
    let variants = if args.variants {
        &Variant::ALL[1..]
    } else {
        &[]
    };
    let bar = bar((total * (1 + variants.len())) as u64, "questions");
    let outcomes = runner.run(suites, &mut |_| bar.inc(1))?;
    let mut typed = Vec::new();
    for variant in variants {
        let suites: Vec<Suite> = suites.iter().map(|suite| suite.typed(*variant)).collect();
        typed.push((*variant, runner.run(&suites, &mut |_| bar.inc(1))?));
    }
    bar.finish_and_clear();
    let robustness = args.variants.then(|| Robustness::of(&outcomes, &typed));
    Ok((outcomes, robustness))
}

fn write_reports(args: &Args, report: &Report, snapshot: &Snapshot) -> anyhow::Result<()> {
    write_json(args, report)?;
    if args.html.is_some() {
        let page = eval::html(report, &|code: &str| snapshot.procedure(code))?;
        write_html(args, &page)?;
    }
    if let Some(path) = &args.write_baseline {
        let setting = &report.setting;
        let model = setting.model.clone();
        let stored = Baseline::of(&setting.version, setting.mode, model, &report.outcomes);
        eval::write(path, &stored.to_text()?)?;
    }
    Ok(())
}

/// Writes `--json`: indented into a file, one line on stdout.
fn write_json(args: &Args, value: &impl serde::Serialize) -> anyhow::Result<()> {
    match &args.json {
        None => {}
        Some(path) if path.as_os_str() == "-" => {
            print(&serde_json::to_string(value).context("report as JSON")?)?;
        }
        Some(path) => {
            let json = serde_json::to_string_pretty(value).context("report as JSON")?;
            eval::write(path, &json)?;
        }
    }
    Ok(())
}

fn write_html(args: &Args, page: &str) -> anyhow::Result<()> {
    if let Some(path) = &args.html {
        eval::write(path, page)?;
        say(&format!("report: {}", path.display()));
    }
    Ok(())
}

/// Checks the questions against the records of the index or of a folder.
fn check(args: &Args, suites: &[Suite]) -> anyhow::Result<ExitCode> {
    let findings = if let Some(dir) = &args.corpus {
        let records = records(dir)?;
        eval::check(suites, |code| records.get(code).cloned())
    } else {
        let snapshot = Snapshot::open(&args.index)?;
        eval::check(suites, |code| snapshot.procedure(code))
    };
    for finding in &findings {
        say(&finding.to_string());
    }
    let questions: usize = suites.iter().map(|suite| suite.items.len()).sum();
    say(&format!(
        "{questions} questions checked, {} problems",
        findings.len()
    ));
    Ok(ExitCode::from(u8::from(!findings.is_empty())))
}

fn records(dir: &Path) -> anyhow::Result<HashMap<String, Arc<Procedure>>> {
    let loaded = corpus::load_dir(dir)?;
    let records = loaded.procedures.into_iter();
    Ok(records
        .map(|record| (record.code.clone(), Arc::new(record)))
        .collect())
}
