//! `fnconform check`: judges recorded histories.

use super::console;
use super::diagram::Diagram;
use super::error::{CliError, ErrorKind, Exit};
use super::recorded;
use crate::history::read::Reader;
use crate::history::{Header, Operation};
use crate::oracle::{Judge, JudgeError, Judgement};
use crate::report::wrap::{WIDTH, wrap};
use clap::Args;
use std::io::BufRead;

/// Judge recorded histories
///
/// Prints a line a file: `FILE: conforms`, `FILE: violates NAME at line N` or `FILE: inconclusive`, and after it what
/// explains it. Exit code 0 all conform, 1 one violates, 2 one cannot be read, 4 nothing to judge, 5 inconclusive.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Histories as ndjson, their lines in any order, compressed if the name ends in .gz or .zst; `-` for the standard
    /// input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,

    /// Also say how much there was to judge, and how much was possible at once
    #[arg(long)]
    stats: bool,

    /// Also draw which states and steps were seen, all histories together, as SVG; `-` for the standard output, which
    /// then says nothing else
    #[arg(long, value_name = "FILE.svg")]
    diagram: Option<String>,
}

pub(super) fn run(args: &Check) -> Result<Exit, CliError> {
    let mut worst = Exit::Conformant;
    let mut diagram = args.diagram.as_deref().map(Diagram::to);
    for file in &args.files {
        let judgement = match &mut diagram {
            None => judged(file),
            Some(diagram) => diagram.judged(file),
        };
        let exit = match judgement {
            Ok(judgement) => {
                let (mut text, exit) = told(file, &judgement);
                if args.stats {
                    text.push_str(&stats(&judgement));
                }
                match &diagram {
                    Some(diagram) if diagram.is_printed() => console::say(text.trim_end()),
                    _ => console::print(&text)?,
                }
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
    if let Some(diagram) = diagram {
        diagram.write()?;
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

/// So many operations of the standard input are kept, in case they turn out to be in no order.
const KEPT: usize = 50_000;

/// Judges a history as it is read, or, where its lines are in no order, when all of it was read and sorted.
fn judged(file: &str) -> Result<Judgement, CliError> {
    let unreadable = |reason: String| CliError::usage(format!("{file}: {reason}"));
    let open = || -> Result<Reader<Box<dyn BufRead>>, CliError> {
        let input = recorded::open(file).map_err(|error| unreadable(error.to_string()))?;
        Reader::new(input).map_err(|error| unreadable(error.to_string()))
    };
    let mut reader = open()?;
    let header = reader.header().clone();
    let mut judge = Judge::new(&header).map_err(|error| unreadable(error.to_string()))?;
    let mut kept = Vec::new();
    let mut count = 0;
    while let Some(operation) = reader.next() {
        let operation = operation.map_err(|error| unreadable(error.to_string()))?;
        count += 1;
        if file == recorded::STDIN && count <= KEPT {
            kept.push(operation.clone());
        }
        let Err(error) = judge.push(operation) else { continue };
        let rest = if file != recorded::STDIN {
            kept.clear();
            open()?
        } else if count <= KEPT {
            reader
        } else {
            let hint = "sort it by `start`, or give it as a file";
            return Err(unreadable(error.to_string()).hint(hint));
        };
        let rest = rest.collect::<Result<Vec<_>, _>>().map_err(|error| unreadable(error.to_string()))?;
        kept.extend(rest);
        return sorted(&header, kept).map_err(|error| unreadable(error.to_string()));
    }
    Ok(judge.finish())
}

/// Judges operations in any order.
fn sorted(header: &Header, mut operations: Vec<Operation>) -> Result<Judgement, JudgeError> {
    let mut judge = Judge::new(header)?;
    operations.sort_by_key(|operation| operation.start);
    for operation in operations {
        judge.push(operation)?;
    }
    Ok(judge.finish())
}

/// How much there was, in a line.
fn stats(judgement: &Judgement) -> String {
    let Judgement { functions, operations, calls, worlds, widest } = judgement;
    format!(
        "  operations: {operations}, answered calls: {calls}, functions: {}, worlds: {worlds}, widest frontier: {widest}\n",
        functions.len()
    )
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
