//! The `motcua` command line: one subcommand a file, errors for people on stderr,
//! results on stdout.
//!
//! Exit codes: 0 fine; 1 the work was done and found problems; 2 bad usage or
//! unreadable input.

#![allow(
    clippy::needless_pass_by_value,
    reason = "every subcommand takes its own arguments, whether it needs to own them or not"
)]

mod ask;
mod doctor;
mod embedder;
mod eval;
mod generator;
mod import;
mod index;
mod lint;
mod model;
mod progress;
mod search;
mod serve;
mod tokenize;
mod vectors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Trợ lý thủ tục hành chính: finds procedures and answers from their records.
#[derive(Parser)]
#[command(name = "motcua", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Import(import::Args),
    Lint(lint::Args),
    Index(index::Args),
    Search(search::Args),
    Ask(ask::Args),
    Serve(serve::Args),
    Eval(eval::Args),
    Tokenize(tokenize::Args),
    Vectors(vectors::Args),
    Model(model::Args),
    Doctor(doctor::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Import(args) => import::run(args),
        Command::Lint(args) => lint::run(args),
        Command::Index(args) => index::run(args),
        Command::Search(args) => search::run(args),
        Command::Ask(args) => ask::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Tokenize(args) => tokenize::run(args),
        Command::Vectors(args) => vectors::run(args),
        Command::Model(args) => model::run(args),
        Command::Doctor(args) => doctor::run(args),
    };
    result.unwrap_or_else(|error| {
        if nobody_reads(&error) {
            return ExitCode::SUCCESS;
        }
        progress::say(&format!("motcua: {error:#}"));
        ExitCode::from(2)
    })
}

/// `motcua … | head`: whoever read the output has seen enough.
fn nobody_reads(error: &anyhow::Error) -> bool {
    let broken = |cause: &std::io::Error| cause.kind() == std::io::ErrorKind::BrokenPipe;
    error
        .chain()
        .any(|cause| cause.downcast_ref().is_some_and(broken))
}
