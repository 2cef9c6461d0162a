//! `fnconform replay`: does a counterexample again.

use super::duration;
use super::error::{CliError, Exit};
use super::options::{Plans, RunOptions, Shard};
use super::pattern::Selection;
use super::session;
use super::store::FEATURE;
use super::target::{Target, dialect};
use crate::driver::case::Cleanup;
use crate::driver::run::OnViolation;
use crate::history::Header;
use crate::history::read::Reader;
use clap::Args;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Run a counterexample again
///
/// FILE is a counterexample that a run has written (.ndjson), or a feature file with scenarios in the steps of
/// features/README.md (.feature).
///
/// The endpoint is the one that the counterexample names, unless --endpoint names another; scenarios are played on the
/// embedded emulator without one. Exit code 1 says that the violation came back, 0 that it did not although what it
/// breaks was put to the test, 5 that it was not.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// A counterexample, or a feature file
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    target: Target,

    /// End after this long, with what was seen until then
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    max_time: Option<Duration>,

    /// How long to wait for what must happen before it is held against the endpoint; by default twenty times what was
    /// measured, and ten seconds at the least
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    patience: Option<Duration>,

    /// Where the results go; by default none are written
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Leave what the run made, instead of removing it
    #[arg(long)]
    keep: bool,
}

pub(super) fn run(args: &Replay) -> Result<Exit, CliError> {
    if args.file.extension().is_some_and(|kind| kind == FEATURE) {
        let endpoint = args.target.endpoint()?;
        return session::run(options(args, Plans::Scenarios(args.file.clone()), endpoint, None)?);
    }
    let header = header(&args.file)?;
    let endpoint = match (args.target.endpoint()?, &header.endpoint) {
        (Some(url), _) => url,
        (None, Some(url)) => args.target.base_url(url)?,
        (None, None) => {
            return Err(CliError::usage(format!("{} does not say which endpoint it is of", args.file.display()))
                .hint("name one with --endpoint URL"));
        }
    };
    let spoken = header.dialect.as_deref();
    if let (None, Some(name)) = (&args.target.dialect, spoken)
        && dialect(name).is_none()
    {
        return Err(CliError::usage(format!("{} is of the dialect `{name}`, which is not known", args.file.display()))
            .hint("name one with --dialect NAME"));
    }
    session::run(options(args, Plans::Replayed(args.file.clone()), Some(endpoint), spoken)?)
}

fn options(
    args: &Replay,
    plans: Plans,
    endpoint: Option<String>,
    spoken: Option<&str>,
) -> Result<RunOptions, CliError> {
    let dialect = args.target.dialect_or(spoken);
    Ok(RunOptions {
        plans,
        endpoint,
        transport: args.target.transport.clone(),
        dialect,
        signer: args.target.access.signer(dialect)?,
        levers: args.target.levers()?,
        registry: args.target.hosted()?,
        profile: None,
        selection: Selection::default(),
        known_failing: Vec::new(),
        seed: 1,
        cases: None,
        max_time: args.max_time,
        patience: args.patience,
        jobs: None,
        on_violation: OnViolation::GoOn,
        last_failed: None,
        wait_for_endpoint: args.target.wait_for_endpoint,
        out: args.out.clone(),
        cleanup: if args.keep { Cleanup::Keep } else { Cleanup::Remove },
        shard: Shard::ALL,
    })
}

/// How the history in the file is to be read.
fn header(file: &Path) -> Result<Header, CliError> {
    let unusable = |reason: String| CliError::usage(format!("{}: {reason}", file.display()));
    let input = File::open(file).map_err(|error| {
        unusable(error.to_string()).hint("a run writes counterexamples to fnconform-results/counterexamples/")
    })?;
    let reader = Reader::new(BufReader::new(input)).map_err(|error| unusable(error.to_string()))?;
    Ok(reader.header().clone())
}
