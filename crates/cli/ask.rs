//! `motcua ask`: a conversation on the command line, the same assistant as over HTTP.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use assistant::{Answer, Assistant, Conversation, Event, Generator, Request, Sampling, WrittenBy};
use retrieval::Snapshot;

use crate::embedder;
use crate::generator::open_or_say;
use crate::progress::{print, say};

/// Ask one question, or several turns of one conversation
#[derive(clap::Args)]
pub struct Args {
    /// What the citizen says; several are turns of one conversation
    #[arg(required = true, value_name = "TURN")]
    turns: Vec<String>,
    /// Index folder
    #[arg(long, env = "MOTCUA_INDEX", default_value = "index")]
    index: PathBuf,
    /// Settings file, for the model that it names
    #[arg(long, env = "MOTCUA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The citizen's province
    #[arg(long)]
    province: Option<String>,
    /// Answer in the record's words, without a model
    #[arg(long)]
    no_model: bool,
    /// Print one Answer a line as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let snapshot = Arc::new(Snapshot::open(&args.index)?);
    embedder::attach(&snapshot);
    let assistant = Assistant::new();
    let mut generator = if args.no_model {
        None
    } else {
        open_or_say(args.config.as_deref())?
    };
    let mut conversation = Conversation::new();
    for message in args.turns {
        let request = Request {
            message,
            province: args.province.clone(),
        };
        let draft = assistant.prepare(&snapshot, &conversation, &request);
        conversation = draft.conversation().clone();
        let generator = generator
            .as_mut()
            .map(|model| &mut **model as &mut dyn Generator);
        let mut sink = |_: Event| ();
        let answer = draft.write(generator, &Sampling::default(), &mut sink);
        if args.json {
            print(&serde_json::to_string(&answer).context("writing the answer as JSON")?)?;
        } else {
            show(&request.message, &answer)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer for people: text, cards, sources.
fn show(question: &str, answer: &Answer) -> std::io::Result<()> {
    print(&format!("> {question}\n\n{}", answer.text))?;
    for card in &answer.cards {
        print(&format!(
            "\n  {} · {} · {}",
            card.name,
            card.code,
            card.level.label()
        ))?;
        for section in &card.sections {
            print(&format!("  {}", section.label))?;
            for line in &section.lines {
                print(&format!("    - {}", line.replace('\n', " ")))?;
            }
        }
    }
    for (number, choice) in (1..).zip(&answer.choices) {
        print(&format!("  {number}. {}", choice.label))?;
    }
    for notice in &answer.notices {
        print(&format!("  ({notice})"))?;
    }
    for citation in &answer.citations {
        let url = citation.url.as_deref().unwrap_or("không có liên kết");
        let as_of = citation.as_of.as_deref().unwrap_or("không rõ ngày");
        print(&format!(
            "  [{}] {} {} · {as_of} · {url}",
            citation.id, citation.code, citation.section
        ))?;
    }
    let by = match answer.written_by {
        WrittenBy::Model => "model",
        WrittenBy::Record => "record",
    };
    say(&format!(
        "{} · written by {by} · {:.0} ms",
        answer.route.as_str(),
        answer.timings_ms.total
    ));
    print("")
}
