//! `fnconform check`: judges recorded histories.

mod diagram;
mod input;
mod judged;
mod lines;
mod meter;
mod options;
mod recorded;
mod told;

use super::console;
use super::error::{CliError, ErrorKind, Exit};
use clap::Args;
use diagram::Diagram;
use options::{Observing, Options, Reading};

/// Judge recorded histories
///
/// Prints a line a file: `FILE: conforms`, `FILE: violates NAME at line N` or `FILE: inconclusive`, and after it what
/// explains it; of a HAR file N is the number of the entry. Exit code 0 all conform, 1 one violates, 2 one cannot be
/// read, 4 nothing to judge, 5 inconclusive.
///
/// In a HAR file, the requests of the Function Compute 3.0 and Lambda APIs are what is judged, whatever host and path
/// they went to; all requests to a function from the first one on must be in it. What is not known of them is never held
/// against an endpoint.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Histories as ndjson, their lines in any order, or HAR files, compressed if the name ends in .gz or .zst; `-` for
    /// the standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,

    /// Judge all files as one history; their clocks are taken to be the same, and the line names them all, or the one
    /// with the violation
    #[arg(long)]
    together: bool,

    /// Whenever nothing was under way to a function for at least so long, whatever must happen by itself has happened
    #[arg(long, value_name = "DUR", value_parser = super::duration::parse)]
    settle: Option<std::time::Duration>,

    /// An image that is known to be bad: whenever it is prepared, that fails
    #[arg(long, value_name = "REF")]
    bad_image: Vec<String>,

    /// Write the history that was read, as ndjson; `-` for the standard output, where the verdict then is not
    #[arg(long, value_name = "FILE")]
    as_history: Option<String>,

    /// Also say how much there was to judge, how much was possible at once, and what was left out for which reason
    #[arg(long)]
    stats: bool,

    /// Also draw which states and steps were seen, all histories together, as SVG; `-` for the standard output, where the
    /// verdict then is not
    #[arg(long, value_name = "FILE.svg")]
    diagram: Option<String>,

    // The heading of these would hold for all that follow.
    #[command(flatten)]
    reading: Reading,
}

pub(super) fn run(args: &Check) -> Result<Exit, CliError> {
    let histories: Vec<&[String]> =
        if args.together { vec![args.files.as_slice()] } else { args.files.chunks(1).collect() };
    if args.as_history.is_some() && histories.len() > 1 {
        let message = "--as-history writes one history, and each of these files is one";
        return Err(CliError::usage(message).hint("name one file, or judge them as one with --together"));
    }
    let options = Options {
        reading: args.reading.parse()?,
        settle: args.settle,
        bad_images: args.bad_image.iter().map(|image| image.as_str().into()).collect(),
        as_history: args.as_history.clone(),
        observing: if args.diagram.is_some() { Observing::Yes } else { Observing::No },
    };
    let mut diagram = args.diagram.as_deref().map(Diagram::to);
    let printed = [&args.as_history, &args.diagram].into_iter().flatten().any(|file| file == recorded::STDIN);
    let mut worst = Exit::Conformant;
    for files in histories {
        let exit = match judged::judged(files, &options) {
            Ok(judged) => {
                let (mut text, exit) = told::told(&judged);
                text.push_str(&told::left_out(
                    &judged,
                    if args.stats { told::Detail::Full } else { told::Detail::Short },
                ));
                if args.stats {
                    text.push_str(&told::stats(&judged.judgement));
                }
                if let (Some(diagram), Some(observed)) = (&mut diagram, &judged.observed) {
                    diagram.add(observed);
                }
                if printed {
                    console::say_all(&text);
                } else {
                    console::print(&text)?;
                }
                console::say_all(&told::warnings(&judged, &options.reading));
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
