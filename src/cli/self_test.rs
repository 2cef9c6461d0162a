//! `fnconform self-test`: runs the suite against every variant of the emulator, and says what the suite is worth.

use super::console;
use super::drive::{CASES, run_name};
use super::error::{CliError, Exit};
use super::pattern::Pattern;
use super::session;
use super::signal::{self, Signals};
use crate::driver::Client;
use crate::driver::endpoint::Endpoint;
use crate::driver::result::{RequirementResult, Verdict};
use crate::driver::run::{Kept, Nobody, RunOutput, RunSettings, run_after};
use crate::emulator::{self, Behaviour, Settings, fault, legal};
use crate::exposure;
use crate::gherkin::Suite;
use crate::report::kill_matrix::{Blame, KillMatrix, Outcome, Row, figures, json, stable, text};
use clap::{Args, ValueEnum};
use futures_util::stream::{self, StreamExt as _};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::watch;

/// So many variants are driven at once if the user does not say.
const VARIANTS: usize = 8;
/// So many cases are in flight against all of them together: as many as a run has against one, so that nothing takes
/// longer than it does there.
const JOBS: usize = 64;
/// How long is waited for what a faulty endpoint never does: more than fifty times what it takes to do it.
///
/// Endpoints that are right are given the usual patience, so that what accuses them would accuse them in a run.
const PATIENCE: Duration = Duration::from_secs(2);

/// Run the suite against every variant of the emulator
///
/// Prints which requirements were blamed for each fault, after how many requests, and how short the counterexample became;
/// then which endpoints were accused though they are right. Exit code 1 if a fault survives, if only requirements are
/// blamed that it does not break, or if an endpoint is accused that is right.
///
/// PATTERN is a variant's name, in which `*` stands for anything: `pending-*`.
#[derive(Debug, Args)]
pub(super) struct SelfTest {
    /// The variants to run against; all if none is given
    #[arg(value_name = "PATTERN")]
    patterns: Vec<Pattern>,

    /// What the plans are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// How many cases to draw against each variant
    #[arg(long, value_name = "N", default_value_t = CASES)]
    cases: usize,

    /// How many variants are driven at once
    #[arg(long, value_name = "N", default_value_t = VARIANTS.try_into().unwrap_or(NonZeroUsize::MIN))]
    jobs: NonZeroUsize,

    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    format: MatrixFormat,

    /// Also write what two runs agree on to this file
    #[arg(long, value_name = "FILE")]
    stable: Option<PathBuf>,

    /// Also put the figures into this file, between the marks that it has for them
    #[arg(long, value_name = "FILE")]
    figures: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MatrixFormat {
    /// For people
    Text,
    /// For programs: an object
    Json,
}

pub(super) fn run(args: &SelfTest) -> Result<Exit, CliError> {
    let selected = |all: &[&'static dyn Behaviour]| -> Vec<&'static dyn Behaviour> {
        let named = |name| args.patterns.iter().any(|pattern| pattern.matches(name));
        all.iter().copied().filter(|one| args.patterns.is_empty() || named(one.name())).collect()
    };
    let (faults, oddities) = (selected(&fault::FAULTS), selected(&legal::LEGAL));
    if faults.is_empty() && oddities.is_empty() {
        return Err(CliError::nothing("no variant of the emulator is selected")
            .hint("`fnconform list --faults` and `fnconform list --legal` show their names"));
    }
    session::runtime()?.block_on(async {
        let (stop, stopped) = watch::channel(false);
        let listening = tokio::spawn(signal::stopping(Signals::listen()?, stop));
        let rows = rows(args, faults.iter().chain(&oddities).copied(), &stopped).await;
        listening.abort();
        let (faults, oddities) = rows.into_iter().partition(|row| !row.breaks.is_empty());
        let matrix = KillMatrix { seed: args.seed, faults, oddities };
        told(args, &matrix)?;
        Ok(if *stopped.borrow() { Exit::Interrupted } else { exit(&matrix) })
    })
}

/// What the command ends with if it was not interrupted.
fn exit(matrix: &KillMatrix) -> Exit {
    if matrix.holds() { Exit::Conformant } else { Exit::NonConformant }
}

fn told(args: &SelfTest, matrix: &KillMatrix) -> Result<(), CliError> {
    let write = |file: &Path, text: String| {
        fs::write(file, text).map_err(|error| {
            CliError::usage(format!("cannot write to {}: {error}", file.display())).hint("name another file")
        })
    };
    if let Some(file) = &args.stable {
        write(file, stable::render(matrix))?;
    }
    if let Some(file) = &args.figures {
        let text = fs::read_to_string(file).unwrap_or_default();
        let text = figures::put_into(&text, matrix).ok_or_else(|| {
            CliError::usage(format!("{} has no place for the figures", file.display())).hint(format!(
                "put the lines `{}` and `{}` into it",
                figures::BEGIN,
                figures::END
            ))
        })?;
        write(file, text)?;
    }
    console::print(&match args.format {
        MatrixFormat::Text => text::render(matrix),
        MatrixFormat::Json => json::render(matrix),
    })
}

/// Drives the variants, some at once, and says on the way what each came to; the rows are in the order of the variants.
///
/// What was not over when `stop` became true has no row.
async fn rows(
    args: &SelfTest,
    variants: impl Iterator<Item = &'static dyn Behaviour>,
    stop: &watch::Receiver<bool>,
) -> Vec<Row> {
    let one = |(number, variant): (usize, &'static dyn Behaviour)| async move {
        if *stop.borrow() {
            return None;
        }
        let outcome = outcome(variant, &settings(args, variant), stop.clone()).await;
        let shortest = exposure::known(variant.name()).map(exposure::Known::length);
        let row = Row { name: variant.name(), breaks: variant.breaks(), shortest, outcome };
        (!*stop.borrow()).then_some((number, row))
    };
    let variants: Vec<_> = variants.enumerate().collect();
    let total = variants.len();
    let mut running = stream::iter(variants).map(one).buffer_unordered(args.jobs.get());
    let mut rows = Vec::new();
    while let Some(ended) = running.next().await {
        let Some((number, row)) = ended else { continue };
        console::say(&format!("{:>3}/{total} {}", rows.len() + 1, text::line(&row)));
        rows.push((number, row));
    }
    rows.sort_by_key(|(number, _)| *number);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn settings(args: &SelfTest, variant: &dyn Behaviour) -> RunSettings {
    let is_faulty = !variant.breaks().is_empty();
    RunSettings {
        seed: args.seed,
        cases: args.cases,
        jobs: (JOBS / args.jobs).max(1),
        patience: is_faulty.then_some(PATIENCE),
        ..RunSettings::default()
    }
}

/// Starts the variant, drives it, and says what it came to.
async fn outcome(
    variant: &'static dyn Behaviour,
    settings: &RunSettings,
    stop: watch::Receiver<bool>,
) -> Result<Outcome, String> {
    let emulator = Settings::default().behaving(variant);
    let dialect = emulator.dialect;
    let running = emulator::start(emulator, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .await
        .map_err(|error| format!("cannot start it: {error}"))?;
    let client = Client::new(&running.url()).map_err(|error| error.to_string())?;
    let endpoint = Endpoint::new(client, dialect, run_name().into());
    let scenarios = Suite::embedded(settings.jobs);
    let output = run_after(&scenarios, endpoint, settings, stop, &Nobody).await;
    running.shutdown().await;
    Ok(came_to(output.map_err(|error| error.to_string())?))
}

fn came_to(output: RunOutput) -> Outcome {
    let RunOutput { result, counterexamples, .. } = output;
    let failed = result.requirements.iter().filter(|one| one.verdict == Verdict::Failed);
    Outcome {
        verdict: result.verdict,
        requests: result.requests,
        duration: result.duration,
        blamed: failed.filter_map(|one| blame(one, &counterexamples)).collect(),
    }
}

fn blame(result: &RequirementResult, kept: &[Kept]) -> Option<Blame> {
    let shown = result.counterexample.as_ref()?;
    let plan = kept.iter().find(|(file, ..)| *file == shown.file).map(|(_, plan, _)| plan);
    Some(Blame {
        requirement: result.requirement.name,
        found_after: shown.found_after,
        actions: plan.map_or(0, |plan| plan.actions().count()),
        reproduced: shown.reproduced,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::result::RunVerdict;

    fn row(breaks: &'static [&'static str], verdict: RunVerdict) -> Row {
        let outcome = Outcome { verdict, requests: 1, duration: Duration::ZERO, blamed: Vec::new() };
        Row { name: "variant", breaks, shortest: None, outcome: Ok(outcome) }
    }

    fn exit_with(faults: Vec<Row>, oddities: Vec<Row>) -> Exit {
        exit(&KillMatrix { seed: 1, faults, oddities })
    }

    #[test]
    fn a_fault_that_survives_and_an_endpoint_that_is_accused_are_failures() {
        let survived = row(&["update.ends"], RunVerdict::Conformant);
        let accused = row(&[], RunVerdict::NonConformant);
        let left_in_peace = row(&[], RunVerdict::Conformant);
        assert_eq!(exit_with(Vec::new(), vec![left_in_peace.clone()]), Exit::Conformant);
        assert_eq!(exit_with(vec![survived], vec![left_in_peace]), Exit::NonConformant);
        assert_eq!(exit_with(Vec::new(), vec![accused]), Exit::NonConformant);
    }
}
