//! `fnconform check`: judges recorded histories.

use super::console;
use super::error::{CliError, ErrorKind, Exit};
use crate::history::History;
use crate::history::read;
use crate::oracle::{Judge, JudgeError, Judgement};
use crate::report::wrap::{WIDTH, wrap};
use clap::Args;
use std::fs::File;
use std::io::{self, BufReader};

/// Judge recorded histories
///
/// Prints a line a file: `FILE: conforms`, `FILE: violates NAME at line N` or `FILE: inconclusive`, and after it what
/// explains it. Exit code 0 all conform, 1 one violates, 2 one cannot be read, 4 nothing to judge, 5 inconclusive.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Histories as ndjson, their lines in any order; `-` for the standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
}

pub(super) fn run(args: &Check) -> Result<Exit, CliError> {
    let mut worst = Exit::Conformant;
    for file in &args.files {
        let exit = match judged(file) {
            Ok(judgement) => {
                let (text, exit) = told(file, &judgement);
                console::print(&text)?;
                exit
            }
            Err(error) if error.kind == ErrorKind::Usage => {
                console::say(&error.to_string());
                error.kind.exit()
            }
            Err(error) => return Err(error),
        };
        if rank(exit) > rank(worst) {
            worst = exit;
        }
    }
    Ok(worst)
}

/// Which of several ends is told.
const fn rank(exit: Exit) -> u8 {
    match exit {
        Exit::Usage => 4,
        Exit::NonConformant => 3,
        Exit::Inconclusive => 2,
        Exit::Nothing => 1,
        _ => 0,
    }
}

/// Reads a history and judges it.
fn judged(file: &str) -> Result<Judgement, CliError> {
    let unreadable = |reason: String| CliError::usage(format!("{file}: {reason}"));
    let history = if file == "-" {
        read::history(io::stdin().lock())
    } else {
        let input = File::open(file).map_err(|error| unreadable(error.to_string()))?;
        read::history(BufReader::new(input))
    };
    let history = history.map_err(|error| unreadable(error.to_string()))?;
    judge(history).map_err(|error| unreadable(error.to_string()))
}

/// Judges a history, its lines in any order.
fn judge(mut history: History) -> Result<Judgement, JudgeError> {
    let mut judge = Judge::new(&history.header)?;
    history.operations.sort_by_key(|operation| operation.start);
    for operation in history.operations {
        judge.push(operation)?;
    }
    Ok(judge.finish())
}

/// What a judgement says, and how the command would end with it alone.
fn told(file: &str, judgement: &Judgement) -> (String, Exit) {
    if let Some(finding) = judgement.first_violation() {
        let line = finding.operation.line;
        let explanation = wrap(&finding.explanation, "  ", WIDTH);
        let text = format!("{file}: violates {} at line {line}\n{explanation}", finding.requirement.name);
        (text, Exit::NonConformant)
    } else if judgement.calls == 0 {
        (
            format!("{file}: inconclusive\n  there is no answered call in it, so nothing could be judged\n"),
            Exit::Nothing,
        )
    } else if judgement.is_inconclusive() {
        let why =
            "more happened at once than the search can take in, so an explanation was neither found nor ruled out";
        (format!("{file}: inconclusive\n{}", wrap(why, "  ", WIDTH)), Exit::Inconclusive)
    } else {
        (format!("{file}: conforms\n"), Exit::Conformant)
    }
}
