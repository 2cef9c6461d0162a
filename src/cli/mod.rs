//! The command line: one file a subcommand, and the only part of the library that prints.
//!
//! Every command ends in an [`Exit`] or in a [`CliError`], whose kind has one. The commands hold no knowledge of their
//! own: they read words, call the library, and write what it says.
//!
//! To add a subcommand: one file here with its arguments and `run`, its variant in `Command` and its line in
//! `dispatch`.

mod access;
mod check;
mod config;
mod console;
mod coverage;
mod drive;
mod duration;
pub mod error;
mod expectations;
mod explain;
mod levers;
mod list;
mod nearest;
pub mod options;
pub mod pattern;
mod progress;
mod record;
mod registry;
mod replay;
mod run;
mod self_test;
mod serve;
mod session;
mod signal;
mod store;
mod target;
pub mod transport;

pub use error::{CliError, ErrorKind, Exit};
pub use options::RunOptions;

use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;
use std::process::ExitCode;

/// Does an endpoint keep the promises of Function Compute's function states?
#[derive(Debug, Parser)]
#[command(name = "fnconform", version, subcommand_required = true, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(Box<run::Run>),
    Check(check::Check),
    Record(record::Record),
    Serve(serve::Serve),
    Replay(Box<replay::Replay>),
    Config(Box<config::Config>),
    List(list::List),
    Explain(explain::Explain),
    SelfTest(self_test::SelfTest),
}

fn dispatch(command: &Command, resolved: &config::Resolved) -> Result<Exit, CliError> {
    match command {
        Command::Run(args) => run::run(args),
        Command::Check(args) => check::run(args),
        Command::Record(args) => record::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Config(args) => config::run(args, resolved, &Cli::command()),
        Command::List(args) => list::run(args),
        Command::Explain(args) => explain::run(args),
        Command::SelfTest(args) => self_test::run(args),
    }
}

/// Does what the arguments say; the first one is the program's own name.
#[must_use]
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let variable = |name: &str| std::env::var(name).ok();
    let resolved = match config::resolve(&Cli::command(), args.into_iter().collect(), &variable) {
        Ok(resolved) => resolved,
        Err(error) => return failed(&error),
    };
    let cli = match Cli::try_parse_from(&resolved.args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are "errors" too, with 0 for their code. Nobody has to read them.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Conformant.into() };
        }
    };
    if let Some(file) = resolved.found {
        console::say(&format!("with the settings of {file}"));
    }
    match dispatch(&cli.command, &resolved) {
        Ok(exit) => exit.into(),
        Err(error) => failed(&error),
    }
}

fn failed(error: &CliError) -> ExitCode {
    console::say(&error.to_string());
    error.kind.exit().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn exit_codes_are_those_that_were_promised() {
        let codes =
            [Exit::Conformant, Exit::NonConformant, Exit::Usage, Exit::Setup, Exit::Nothing, Exit::Inconclusive];
        assert_eq!(codes.map(Exit::code), [0, 1, 2, 3, 4, 5]);
        assert_eq!([Exit::Stale, Exit::Internal, Exit::Interrupted].map(Exit::code), [6, 70, 130]);
    }
}
