//! The one place where a run is handed to the driver, and its histories are put into files.

use super::error::CliError;
use super::options::{Plans, RunOptions};
use super::store::{self, Store};
use crate::driver::Client;
use crate::driver::endpoint::Endpoint;
use crate::driver::result::{Profile, Progress, RunResult};
use crate::driver::run::{RunSettings, Shrinking, run_after};
use crate::driver::setup::SetupError;
use crate::gherkin::Suite;
use crate::requirement::Requirement;
use std::num::NonZeroUsize;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// So many cases are run if the user does not say; two thirds of them are systematic.
pub(super) const CASES: usize = 256;
/// So many cases are in flight at once if the user does not say: most of a run is waiting.
const JOBS: usize = 64;
/// How often a counterexample is run again.
const REPLAYS: usize = 5;

/// Does what the options say, and says what it came to.
///
/// Once `stop` becomes true, nothing new is begun, what was made is removed, and the result is what was seen so far.
/// Histories and counterexamples are written to `options.out`.
pub(super) async fn drive(
    options: &RunOptions,
    stop: watch::Receiver<bool>,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<RunResult, CliError> {
    let store = options.out.as_deref().map(Store::empty).transpose()?;
    let settings = settings(options)?;
    let url = options.endpoint.as_deref().unwrap_or_default();
    let client = Client::new(url).map_err(|error| CliError::usage(error.to_string()))?;
    let endpoint = Endpoint::new(client.signed_by(options.signer.clone()), options.dialect, run_name().into());
    let suite = suite(options, &settings)?;
    let output = run_after(&suite, endpoint, &settings, stop, progress).await.map_err(|error| unusable(&error))?;
    if let Some(store) = store {
        for (name, plan, history) in &output.histories {
            store.history(&format!("histories/{name}.ndjson"), plan, history)?;
        }
        for (file, plan, history) in &output.counterexamples {
            store.counterexample(file, plan, history)?;
        }
    }
    Ok(output.result)
}

/// The scenarios that are played first: those of the requirements, or of the tags, that were selected.
fn suite(options: &RunOptions, settings: &RunSettings) -> Result<Suite, CliError> {
    // They are few, so that all of them may wait together if the endpoint is slow.
    let jobs = options.jobs.map_or(usize::MAX, NonZeroUsize::get);
    let suite = match (&options.plans, &options.last_failed) {
        (Plans::Drawn, None) => Suite::embedded(jobs),
        (Plans::Scenarios(file), _) => store::scenarios(file, jobs)?,
        (Plans::Drawn, Some(_)) | (Plans::Replayed(_), _) => Suite::default(),
    };
    let (part, of) = settings.shard;
    let mut number = 0..;
    Ok(suite
        .keeping(|_| number.next().is_some_and(|number: usize| number % of.max(1) == part))
        .keeping(|script| options.selection.selects_scenario(script)))
}

fn settings(options: &RunOptions) -> Result<RunSettings, CliError> {
    let mut settings = RunSettings {
        seed: options.seed,
        cases: options.cases.unwrap_or(CASES),
        jobs: options.jobs.map_or(JOBS, NonZeroUsize::get),
        max_time: options.max_time,
        on_violation: options.on_violation,
        profile: options.profile,
        levers: options.levers.clone(),
        wait_for_endpoint: options.wait_for_endpoint,
        cleanup: options.cleanup,
        shard: (options.shard.index - 1, options.shard.of),
        patience: options.patience,
        ..RunSettings::default()
    };
    if options.selection.is_given() {
        select(&mut settings, options.selection.requirements().collect());
    }
    match (&options.plans, &options.last_failed) {
        (Plans::Replayed(file), _) => {
            let kept = store::read(file)?;
            settings.first = vec![kept.plan; REPLAYS];
            settings.cases = 0;
            settings.shrinking = Shrinking::Off;
            if !kept.breaks.is_empty() {
                select(&mut settings, kept.breaks);
            }
        }
        (Plans::Scenarios(_), _) => settings.cases = 0,
        // Tags select scenarios; what is drawn has none.
        (Plans::Drawn, None) if options.selection.is_of_scenarios() => settings.cases = 0,
        (Plans::Drawn, Some(folder)) => {
            settings.first = store::failed(folder)?;
            settings.cases = 0;
        }
        (Plans::Drawn, None) => {}
    }
    Ok(settings)
}

fn select(settings: &mut RunSettings, selection: Vec<&'static Requirement>) {
    settings.profile = Some(Profile::Selection);
    settings.selection = selection;
}

/// A name that no other run has had lately: what a run makes begins with it.
pub(super) fn run_name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mixed = since.as_nanos() ^ (u128::from(std::process::id()) << 32);
    format!("fnc-{:08x}", mixed & 0xffff_ffff)
}

fn unusable(error: &SetupError) -> CliError {
    CliError::setup(error.to_string()).hint(error.hint())
}
