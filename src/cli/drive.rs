//! The one place where a run is handed to the driver, and its histories are put into files.

use super::error::CliError;
use super::options::{Plans, RunOptions};
use super::progress::Line;
use super::store::{self, Store};
use crate::driver::event::Event;
use crate::driver::result::Profile;
use crate::driver::run::{RunOutput, RunSettings, Shrinking, Watcher, run_after};
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
/// So many, where all of them wait for functions to become idle: what is left alone asks for nothing.
const WAITING_JOBS: usize = 1024;
/// How often a counterexample is run again.
const REPLAYS: usize = 5;

/// Does what the options say, and says what it came to; a line shows how far it is.
///
/// Once `stop` becomes true, nothing new is begun, what was made is removed, and the result is what was seen so far.
/// Events, histories and counterexamples are written to `options.out` as they come.
pub(super) async fn drive(
    options: &RunOptions,
    stop: watch::Receiver<bool>,
    line: Line,
) -> Result<RunOutput, CliError> {
    let store = options.out.as_deref().map(Store::empty).transpose()?;
    let settings = settings(options)?;
    let url = options.endpoint.as_deref().unwrap_or_default();
    let endpoint = options.transport.endpoint(url, options.signer.as_ref(), options.dialect, run_name().into())?;
    let suite = suite(options, &settings)?;
    let onlookers = Onlookers { line, store };
    let output = run_after(&suite, endpoint, &settings, stop, &onlookers).await.map_err(|error| unusable(&error))?;
    onlookers.store.map_or(Ok(()), Store::finish)?;
    Ok(output)
}

/// Those who watch a run: whoever looks at the terminal, and the folder of its results.
struct Onlookers {
    line: Line,
    store: Option<Store>,
}

impl Watcher for Onlookers {
    fn see(&self, event: &Event) {
        self.line.show(event);
        if let Some(store) = &self.store {
            store.see(event);
        }
    }

    fn keep(&self, file: &str, bytes: &[u8]) {
        if let Some(store) = &self.store {
            store.keep(file, bytes);
        }
    }
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
    let jobs = if options.levers.own.alone().is_some() { WAITING_JOBS } else { JOBS };
    let mut settings = RunSettings {
        seed: options.seed,
        cases: options.cases.unwrap_or(CASES),
        jobs: options.jobs.map_or(jobs, NonZeroUsize::get),
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
