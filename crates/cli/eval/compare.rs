//! `motcua eval --compare A B`: two reports of `--json` side by side.

use std::path::Path;
use std::process::ExitCode;

use eval::{Report, Versus};

use super::{Args, verdict, write_html, write_json};
use crate::progress::say;

/// Compares and reports. Exit code 1 when the second run is worse.
pub fn run(args: &Args, before: &Path, now: &Path) -> anyhow::Result<ExitCode> {
    let (before, now) = (Report::read(before)?, Report::read(now)?);
    let found = Versus::of(&before, &now, args.tolerance / 100.0)?;
    say(found.table().trim_end());
    write_json(args, &found)?;
    if args.html.is_some() {
        write_html(args, &eval::versus_html(&found)?)?;
    }
    Ok(verdict(Some(&found.overall), "B is worse than A"))
}
