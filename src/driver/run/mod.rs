//! A run: warm up, execute the plans many at once, judge each, shrink what failed, and say what it came to.

mod opening;
mod phase;
mod settings;
mod summary;

pub use opening::{NoOpening, Opened, Opening};
pub use settings::{OnViolation, RunSettings, Shrinking};

use super::attribute::attribute;
use super::case::Bench;
use super::endpoint::Endpoint;
use super::judged::{Depth, JudgedCase, judge};
use super::patience::Pace;
use super::result::{Counterexample, Progress, RunResult};
use super::setup::{SetupError, WarmUp, greet, learn, levers, warm_up};
use super::shrink::{Shrunk, Workshop};
use crate::history::{History, Name};
use crate::lever::LeverSet;
use crate::plan::{Plan, strategy, systematic};
use crate::requirement::Requirement;
use futures_util::future::join_all;
use phase::Phase;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};
use summary::Summary;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// What a run leaves behind: the result, and every history that it judged.
pub struct RunOutput {
    /// The result.
    pub result: RunResult,
    /// Every case's name, plan and history.
    pub histories: Vec<(Name, Plan, History)>,
    /// The counterexamples, by the files that the result names.
    pub counterexamples: Vec<Kept>,
}

/// A counterexample to be kept: its file, its plan and its history.
pub type Kept = (String, Plan, History);

/// An endpoint whose preparations take so long is not kept from showing what is wrong for a moment by more cases at
/// once; then the plans do not wait for the opening.
const UNHURRIED: Duration = Duration::from_millis(100);

/// Executes a run without an opening.
///
/// `stop` becoming true ends it early, with what there is.
///
/// # Errors
/// If the endpoint cannot be driven.
pub async fn run(
    endpoint: Endpoint,
    settings: &RunSettings,
    stop: watch::Receiver<bool>,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<RunOutput, SetupError> {
    run_after(&NoOpening, endpoint, settings, stop, progress).await
}

/// Executes a run: first its opening, then the plans.
///
/// `stop` becoming true ends it early, with what there is.
///
/// # Errors
/// If the endpoint cannot be driven.
pub async fn run_after(
    opening: &dyn Opening,
    endpoint: Endpoint,
    settings: &RunSettings,
    stop: watch::Receiver<bool>,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<RunOutput, SetupError> {
    let began = Instant::now();
    let interrupted = stop;
    let (stop, _deadline) = ending(&interrupted, settings.max_time.map(|time| began + time));
    greet(&endpoint, settings.wait_for_endpoint).await?;
    let levers = levers(&endpoint, &settings.levers).await?;
    let endpoint = Arc::new(endpoint.with_levers(levers));
    let WarmUp { pace, stock, records, measured } = ready(&endpoint, &stop, settings.patience).await?;
    let shorter = (pace.typical * 12).max(Duration::from_millis(1500)).min(pace.patience);
    let shrink_pace = Pace::tireless(pace.typical, shorter);
    let bench = |pace: Pace| {
        let stop = stop.clone();
        Arc::new(Bench { endpoint: Arc::clone(&endpoint), pace, stock: stock.clone(), stop, cleanup: settings.cleanup })
    };
    let not_found = endpoint.dialect().not_found_code();
    let offered = endpoint.offered();
    let (first_look, rest) = plans(settings, offered);
    let total = first_look.len() + rest.len();
    progress(Progress::Ready { cases: total, levers: offered.iter().collect() });
    let bench_of_plans = bench(pace);
    let opening = opening.open(&bench_of_plans, settings.on_violation);
    let mut phase = Phase {
        bench: Arc::clone(&bench_of_plans),
        on_violation: settings.on_violation,
        not_found,
        progress,
        stop: stop.clone(),
        total,
        cases: Vec::new(),
        ended_early: None,
    };
    records.into_iter().for_each(|record| phase.take_in(judge(record, not_found, Depth::Exercise)));
    let pace = &bench_of_plans.pace;
    let scenarios = if pace.typical >= UNHURRIED {
        let plans = first_look.into_iter().chain(rest).collect();
        let (opened, ()) = tokio::join!(opening, phase.execute_all(plans, settings.jobs));
        opened.cases.into_iter().for_each(|case| phase.take_in(case));
        opened.scenarios
    } else {
        phase.execute_all(first_look, pace.at_once(settings.jobs)).await;
        let opened = if phase.ended_early.is_none() { opening.await } else { Opened::default() };
        opened.cases.into_iter().for_each(|case| phase.take_in(case));
        phase.execute_all(rest, settings.jobs).await;
        opened.scenarios
    };
    let Phase { cases, mut ended_early, .. } = phase;
    let blamed = attribute(&cases.iter().collect::<Vec<_>>(), &[]);
    let workshop = Workshop {
        bench: bench(shrink_pace),
        places: Arc::new(Semaphore::new(settings.jobs.clamp(1, 64))),
        until: shrink_until(settings, began, bench_of_plans.pace.typical),
        not_found,
        next: AtomicU64::new(0),
    };
    let shrunk = join_all(blamed.iter().map(|(requirement, places)| {
        progress(Progress::Shrinking { requirement });
        let mut failing: Vec<&JudgedCase> = places.iter().map(|place| &cases[*place]).collect();
        failing.sort_by_key(|case| effort(case, requirement));
        let (workshop, cases) = (&workshop, &cases);
        async move {
            match settings.shrinking {
                Shrinking::On => workshop.shrink(&failing, requirement).await,
                Shrinking::Off => failing.first().map(|case| as_it_is(case, cases, requirement)),
            }
        }
    }))
    .await;
    if *stop.borrow() {
        ended_early = Some(if *interrupted.borrow() { INTERRUPTED } else { TIME_WAS_UP });
    }
    let ended_early = ended_early.map(str::to_owned);
    let (counterexamples, evidence) = present(&cases, &blamed, shrunk.into_iter().flatten().collect(), &endpoint);
    let result =
        Summary { settings, endpoint: &endpoint, cases: &cases, scenarios, evidence, ended_early, measured, began }
            .result();
    let histories = cases.into_iter().map(|case| (case.record.name, case.record.plan, case.record.history)).collect();
    Ok(RunOutput { result, histories, counterexamples })
}

/// Warms up, again if what was published turned out to be of no use: what was seen of it then says nothing.
async fn ready(
    endpoint: &Arc<Endpoint>,
    stop: &watch::Receiver<bool>,
    patience: Option<Duration>,
) -> Result<WarmUp, SetupError> {
    let published = endpoint.levers().images().is_some();
    let first = warm_up(endpoint, stop.clone(), patience).await?;
    learn(endpoint.levers(), &first.records);
    if published && endpoint.levers().images().is_none() {
        return warm_up(endpoint, stop.clone(), patience).await;
    }
    Ok(first)
}

const INTERRUPTED: &str = "it was interrupted";
const TIME_WAS_UP: &str = "its time was up";
const BROKEN: &str = "something was broken";

/// Becomes true when the run is to end: when it is interrupted, or at that time.
fn ending(interrupted: &watch::Receiver<bool>, deadline: Option<Instant>) -> (watch::Receiver<bool>, JoinSet<()>) {
    let (end, ending) = watch::channel(false);
    let mut interrupted = interrupted.clone();
    // It ends with the run: a set that is dropped aborts what it holds.
    let mut waiting = JoinSet::new();
    waiting.spawn(async move {
        let late = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                None => std::future::pending().await,
            }
        };
        let told = async {
            if interrupted.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = late => {}
            () = told => {}
        }
        let _ = end.send(true);
        // Who looks later is to see it as well.
        end.closed().await;
    });
    (ending, waiting)
}

/// A failing case without shrinking: it came back as often as others of its plan failed.
fn as_it_is(case: &JudgedCase, cases: &[JudgedCase], requirement: &'static Requirement) -> Shrunk {
    let same: Vec<&JudgedCase> = cases.iter().filter(|other| other.record.plan == case.record.plan).collect();
    let failed = same.iter().filter(|other| other.breaks(requirement)).count();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Shrunk { case: case.clone(), reproduced: (number(failed), number(same.len())) }
}

/// Names what the shortest cases show, and keeps one counterexample of each.
///
/// What a long case leaves open a short one often decides: they are attributed anew, each standing for as many cases as
/// it was found in.
fn present(
    cases: &[JudgedCase],
    blamed: &[(&'static Requirement, Vec<usize>)],
    shrunk: Vec<Shrunk>,
    endpoint: &Endpoint,
) -> (Vec<Kept>, BTreeMap<&'static str, Counterexample>) {
    let weights: Vec<usize> = blamed.iter().map(|(_, places)| places.len()).collect();
    let short: Vec<&JudgedCase> = shrunk.iter().map(|shrunk| &shrunk.case).collect();
    let mut counterexamples = Vec::new();
    let mut evidence = BTreeMap::new();
    for (requirement, places) in attribute(&short, &weights) {
        let shortest = places.iter().min_by_key(|place| effort(short[**place], requirement));
        let Some(Shrunk { case, reproduced }) = shortest.map(|place| &shrunk[*place]) else { continue };
        let file = format!("counterexamples/{}.ndjson", requirement.name);
        let (line, explanation) = case.evidence(requirement).unwrap_or_default();
        let seen = cases.iter().filter_map(|case| case.seen_at(requirement));
        let found_after = seen.map(|origin| origin.after).min().unwrap_or_else(|| endpoint.requests());
        let plan = case.record.plan.clone();
        let reproduced = *reproduced;
        let shown = Counterexample { file: file.clone(), line, plan, explanation, found_after, reproduced };
        evidence.insert(requirement.name, shown);
        counterexamples.push((file, case.record.plan.clone(), case.record.history.clone()));
    }
    (counterexamples, evidence)
}

/// Shrinking may take so long, or as long as so many preparations.
const SHRINKING: (Duration, u32) = (Duration::from_secs(20), 30);

fn shrink_until(settings: &RunSettings, began: Instant, preparation: Duration) -> Instant {
    let (least, preparations) = SHRINKING;
    let latest = Instant::now() + least.max(preparation * preparations);
    settings.max_time.map_or(latest, |time| latest.min(began + time))
}

/// What is easiest to shrink: a case whose violation comes early, blamed on this requirement first.
fn effort(case: &JudgedCase, requirement: &Requirement) -> (bool, usize) {
    let second_choice = case.finding.as_ref().is_some_and(|finding| finding.requirement != requirement);
    (second_choice, case.seen_at(requirement).and_then(|origin| origin.step).unwrap_or(usize::MAX))
}

/// The plans of a run, each with the name of its case.
type Named = Vec<(String, Plan)>;

/// The plans of a run: those that failed before and the first look; then the other systematic ones, and generated ones.
fn plans(settings: &RunSettings, levers: LeverSet) -> (Named, Named) {
    let again = settings.first.iter().cloned().enumerate().map(|(n, plan)| (format!("f{n}"), plan));
    let systematic = systematic::plans(levers).collect::<Vec<_>>();
    let generated = settings.cases.saturating_sub(systematic.len());
    let systematic = systematic.into_iter().take(settings.cases).enumerate().map(|(n, plan)| (format!("d{n}"), plan));
    let generated = (0u64..).take(generated).map(|n| (format!("g{n}"), strategy::plan(settings.seed, n, levers)));
    let (part, of) = settings.shard;
    let looks = systematic::first_look(levers).count();
    let all = systematic.chain(generated).enumerate().filter(|(n, _)| n % of.max(1) == part);
    let (first, rest): (Vec<_>, Vec<_>) = all.partition(|(n, _)| *n < looks);
    let named = |plans: Vec<(usize, (String, Plan))>| plans.into_iter().map(|(_, plan)| plan);
    (again.chain(named(first)).collect(), named(rest).collect())
}
