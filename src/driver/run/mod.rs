//! A run: warm up, execute the plans many at once, judge each, shrink what failed, and say what it came to.

mod ledger;
mod opening;
mod phase;
mod settings;
mod watcher;

pub use opening::{Ended, NoOpening, Opening};
pub use settings::{OnViolation, RunSettings, Shrinking};
pub use watcher::{Nobody, Watcher};

use super::attribute::attribute;
use super::case::Bench;
use super::endpoint::Endpoint;
use super::event::{CounterexampleFound, EndpointKnown, Event, RunBegan, RunEnded, What};
use super::judged::{Depth, JudgedCase, judge};
use super::patience::Pace;
use super::result::{Covered, RunResult};
use super::setup::{SetupError, WarmUp, greet, learn, levers, warm_up};
use super::shrink::{Shrunk, Workshop};
use super::{event, fold, record, sha256};
use crate::history::History;
use crate::lever::LeverSet;
use crate::plan::{Plan, strategy, systematic};
use crate::requirement::{self, Requirement};
use futures_util::future::join_all;
use ledger::Ledger;
use phase::Phase;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// What a run leaves behind.
pub struct RunOutput {
    /// What it came to.
    pub result: RunResult,
    /// All that happened; the result is folded from it.
    pub events: Vec<Event>,
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
    watcher: &dyn Watcher,
) -> Result<RunOutput, SetupError> {
    run_after(&NoOpening, endpoint, settings, stop, watcher).await
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
    watcher: &dyn Watcher,
) -> Result<RunOutput, SetupError> {
    let began = Instant::now();
    let interrupted = stop;
    let (stop, _deadline) = ending(&interrupted, settings.max_time.map(|time| began + time));
    greet(&endpoint, settings.wait_for_endpoint).await?;
    let levers = levers(&endpoint, &settings.levers).await?;
    let endpoint = Arc::new(endpoint.with_levers(levers));
    let ledger = Ledger::new(Arc::clone(&endpoint), began, watcher);
    ledger.tell(What::RunBegan(asked_for(&endpoint, settings)));
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
    ledger.tell(What::EndpointKnown(EndpointKnown {
        cases: first_look.len() + rest.len(),
        levers: offered.iter().collect(),
        measured_us: measured.into_iter().map(|(label, time)| (label.to_owned(), micros(time))).collect(),
    }));
    let bench_of_plans = bench(pace);
    let ended = |(scenario, case)| ledger.take_in_scenario(scenario, case);
    let opening = opening.open(&bench_of_plans, settings.on_violation, &ended);
    let mut phase = Phase {
        bench: Arc::clone(&bench_of_plans),
        on_violation: settings.on_violation,
        not_found,
        ledger: &ledger,
        stop: stop.clone(),
        ended_early: None,
    };
    records.into_iter().for_each(|record| ledger.take_in(judge(record, not_found, Depth::Exercise)));
    let pace = &bench_of_plans.pace;
    let jobs = endpoint.at_once(settings.jobs, pace.typical);
    if pace.typical >= UNHURRIED {
        let plans = first_look.into_iter().chain(rest).collect();
        tokio::join!(opening, phase.execute_all(plans, jobs));
    } else {
        phase.execute_all(first_look, pace.at_once(jobs)).await;
        if phase.ended_early.is_none() {
            opening.await;
        }
        phase.execute_all(rest, jobs).await;
    }
    let mut ended_early = phase.ended_early;
    let cases = ledger.cases();
    let blamed = attribute(&cases.iter().collect::<Vec<_>>(), &[]);
    let workshop = Workshop {
        bench: bench(shrink_pace),
        places: Arc::new(Semaphore::new(jobs.clamp(1, 64))),
        until: shrink_until(settings, began, bench_of_plans.pace.typical),
        not_found,
        next: AtomicU64::new(0),
    };
    let shrunk = join_all(blamed.iter().map(|(requirement, places)| {
        ledger.tell(What::Shrinking { requirement });
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
    let mut counterexamples = Vec::new();
    for (found, kept) in present(&cases, &blamed, shrunk.into_iter().flatten().collect(), &endpoint) {
        watcher.keep(&kept.0, &record::text(&kept.1, &kept.2));
        ledger.tell(What::CounterexampleFound(found));
        counterexamples.push(kept);
    }
    ledger.tell(What::RunEnded(RunEnded {
        ended_early: ended_early.map(str::to_owned),
        requests: endpoint.requests(),
        covered: Covered::by(cases.iter().map(|case| &case.coverage), offered),
        notes: endpoint
            .notes()
            .into_iter()
            .chain(endpoint.levers().notes().into_iter().map(|note| (note, 1)))
            .collect(),
    }));
    let events = ledger.events();
    let Ok(result) = fold::result(&events) else { unreachable!("the first event is that it began") };
    Ok(RunOutput { result, events, counterexamples })
}

/// What the run was asked to do.
fn asked_for(endpoint: &Endpoint, settings: &RunSettings) -> RunBegan {
    let (part, of) = settings.shard;
    RunBegan {
        events: event::VERSION,
        fnconform: env!("CARGO_PKG_VERSION").to_owned(),
        requirements: requirement::digest(),
        run: endpoint.run().to_string(),
        time: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        endpoint: endpoint.client().base_url().to_owned(),
        dialect: endpoint.dialect().name().to_owned(),
        seed: settings.seed,
        profile: settings.profile,
        selection: settings.selection.clone(),
        shard: (part + 1, of),
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
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
const TURNED_AWAY: &str = "its credentials were refused";

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
) -> Vec<(CounterexampleFound, Kept)> {
    let weights: Vec<usize> = blamed.iter().map(|(_, places)| places.len()).collect();
    let short: Vec<&JudgedCase> = shrunk.iter().map(|shrunk| &shrunk.case).collect();
    let mut presented = Vec::new();
    for (requirement, places) in attribute(&short, &weights) {
        let shortest = places.iter().min_by_key(|place| effort(short[**place], requirement));
        let Some(Shrunk { case, reproduced }) = shortest.map(|place| &shrunk[*place]) else { continue };
        let (line, explanation) = case.evidence(requirement).unwrap_or_default();
        let seen = cases.iter().filter_map(|case| case.seen_at(requirement));
        let file = format!("counterexamples/{}.ndjson", requirement.name);
        let (plan, history) = (case.record.plan.clone(), case.record.history.clone());
        let found = CounterexampleFound {
            requirement,
            file: file.clone(),
            sha256: sha256::hex(&record::text(&plan, &history)),
            line,
            plan: plan.clone(),
            explanation,
            found_after: seen.map(|origin| origin.after).min().unwrap_or_else(|| endpoint.requests()),
            reproduced: *reproduced,
        };
        presented.push((found, (file, plan, history)));
    }
    presented
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
