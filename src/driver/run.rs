//! A run: warm up, execute the plans many at once, judge each, shrink what failed, and say what it came to.

use super::attribute::attribute;
use super::case::{Bench, Cleanup, execute};
use super::endpoint::Endpoint;
use super::judged::{Depth, JudgedCase, judge};
use super::patience::Pace;
use super::result::{
    Counterexample, Covered, Inferred, Profile, Progress, RequirementResult, RunResult, RunVerdict, ScenarioResult,
    Selected, Verdict,
};
use super::setup::{LeverChoice, SetupError, WarmUp, greet, levers, warm_up};
use super::shrink::{Shrunk, Workshop};
use crate::history::{History, Name};
use crate::lever::LeverSet;
use crate::plan::{Plan, strategy, systematic};
use crate::requirement::{self, Requirement, update};
use futures_util::future::{LocalBoxFuture, join_all};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// What a run is to do.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// What the plans are a function of.
    pub seed: u64,
    /// How many cases are executed, systematic ones included.
    pub cases: usize,
    /// How many of them at once.
    pub jobs: usize,
    /// When it ends, wherever it is.
    pub max_time: Option<Duration>,
    /// Whether the first violation ends the run.
    pub on_violation: OnViolation,
    /// The profile, if the user chose one.
    pub profile: Option<Profile>,
    /// The requirements that the verdict is about, for [`Profile::Selection`].
    pub selection: Vec<&'static Requirement>,
    /// The levers.
    pub levers: LeverChoice,
    /// How long the endpoint is waited for.
    pub wait_for_endpoint: Duration,
    /// Whether what was made is removed.
    pub cleanup: Cleanup,
    /// Of how many parts of the plans this run executes which, from 0.
    pub shard: (usize, usize),
    /// Plans that are executed first.
    pub first: Vec<Plan>,
    /// Whether failing cases are made short.
    pub shrinking: Shrinking,
    /// How long is waited for what must happen, if the user says so.
    pub patience: Option<Duration>,
}

impl Default for RunSettings {
    /// No cases, and for the rest what a run does if nobody says otherwise.
    fn default() -> Self {
        Self {
            seed: 1,
            cases: 0,
            jobs: 64,
            max_time: None,
            on_violation: OnViolation::GoOn,
            profile: None,
            selection: Vec::new(),
            levers: LeverChoice::Auto,
            wait_for_endpoint: Duration::ZERO,
            cleanup: Cleanup::Remove,
            shard: (0, 1),
            first: Vec::new(),
            shrinking: Shrinking::On,
            patience: None,
        }
    }
}

/// Whether failing cases are made short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrinking {
    /// They are, and run again.
    On,
    /// They are shown as they are, for plans that are short already.
    Off,
}

/// What a violation means for the cases that are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnViolation {
    /// They are executed.
    GoOn,
    /// They are not.
    Stop,
}

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

/// What is played before the plans of a run, on the same endpoint: the scenarios.
pub trait Opening {
    /// Plays it; nothing is begun after the first violation, if that ends the run.
    fn open<'a>(&'a self, bench: &'a Arc<Bench>, on_violation: OnViolation) -> LocalBoxFuture<'a, Opened>;
}

/// What an opening came to.
#[derive(Default)]
pub struct Opened {
    /// What was seen, judged like anything else.
    pub cases: Vec<JudgedCase>,
    /// What became of each scenario.
    pub scenarios: Vec<ScenarioResult>,
}

/// The opening of a run that has none.
#[derive(Debug, Clone, Copy)]
pub struct NoOpening;

impl Opening for NoOpening {
    fn open<'a>(&'a self, _: &'a Arc<Bench>, _: OnViolation) -> LocalBoxFuture<'a, Opened> {
        Box::pin(async { Opened::default() })
    }
}

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
    let WarmUp { pace, stock, records, measured } = warm_up(&endpoint, stop.clone(), settings.patience).await?;
    let shorter = (pace.typical * 12).max(Duration::from_millis(1500)).min(pace.patience);
    let shrink_pace = Pace::tireless(pace.typical, shorter);
    let bench = |pace: Pace| {
        let stop = stop.clone();
        Arc::new(Bench { endpoint: Arc::clone(&endpoint), pace, stock: stock.clone(), stop, cleanup: settings.cleanup })
    };
    let not_found = endpoint.dialect().not_found_code();
    let offered = endpoint.levers();
    let plans = plans(settings, offered);
    progress(Progress::Ready { cases: plans.len(), levers: offered.iter().collect() });
    let mut warm: Vec<JudgedCase> =
        records.into_iter().map(|record| judge(record, not_found, Depth::Exercise)).collect();
    let main = Phase { bench: bench(pace), settings, not_found, progress, stop: stop.clone() };
    let opening = opening.open(&main.bench, settings.on_violation);
    let (Opened { cases: opened, scenarios }, (mut cases, mut ended_early)) = if main.bench.pace.typical >= UNHURRIED {
        tokio::join!(opening, main.execute_all(plans, warm))
    } else {
        let mut opened = opening.await;
        warm.append(&mut opened.cases);
        (opened, main.execute_all(plans, warm).await)
    };
    cases.extend(opened);
    let blamed = attribute(&cases.iter().collect::<Vec<_>>(), &[]);
    let workshop = Workshop {
        bench: bench(shrink_pace),
        places: Arc::new(Semaphore::new(settings.jobs.clamp(1, 64))),
        until: shrink_until(settings, began),
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

/// Shrinking may take so long at the most.
const SHRINKING: Duration = Duration::from_secs(20);

fn shrink_until(settings: &RunSettings, began: Instant) -> Instant {
    let latest = Instant::now() + SHRINKING;
    settings.max_time.map_or(latest, |time| latest.min(began + time))
}

/// What is easiest to shrink: a case whose violation comes early, blamed on this requirement first.
fn effort(case: &JudgedCase, requirement: &Requirement) -> (bool, usize) {
    let second_choice = case.finding.as_ref().is_some_and(|finding| finding.requirement != requirement);
    (second_choice, case.seen_at(requirement).and_then(|origin| origin.step).unwrap_or(usize::MAX))
}

/// The plans of a run: those that failed before, the systematic ones, then generated ones.
fn plans(settings: &RunSettings, levers: LeverSet) -> Vec<(String, Plan)> {
    let first = settings.first.iter().cloned().enumerate().map(|(n, plan)| (format!("f{n}"), plan));
    let directed = systematic::plans(levers).collect::<Vec<_>>();
    let generated = settings.cases.saturating_sub(directed.len());
    let directed = directed.into_iter().take(settings.cases).enumerate().map(|(n, plan)| (format!("d{n}"), plan));
    let generated = (0u64..).take(generated).map(|n| (format!("g{n}"), strategy::plan(settings.seed, n, levers)));
    let (part, of) = settings.shard;
    let all = directed.chain(generated).enumerate();
    first.chain(all.filter(|(n, _)| n % of.max(1) == part).map(|(_, plan)| plan)).collect()
}

/// The main part of a run.
struct Phase<'a> {
    bench: Arc<Bench>,
    settings: &'a RunSettings,
    not_found: &'static str,
    progress: &'a (dyn Fn(Progress) + Sync),
    stop: watch::Receiver<bool>,
}

impl Phase<'_> {
    async fn execute_all(
        &self,
        plans: Vec<(String, Plan)>,
        warm: Vec<JudgedCase>,
    ) -> (Vec<JudgedCase>, Option<&'static str>) {
        let total = plans.len();
        let mut plans = plans.into_iter();
        let mut running = JoinSet::new();
        let mut cases = Vec::new();
        let mut ended_early = None;
        for case in warm {
            self.take_in(case, &mut cases, total);
        }
        loop {
            while running.len() < self.settings.jobs.max(1) && ended_early.is_none() {
                ended_early = self.reason_to_end(&cases);
                if ended_early.is_some() {
                    break;
                }
                let Some((name, plan)) = plans.next() else { break };
                let bench = Arc::clone(&self.bench);
                let not_found = self.not_found;
                running.spawn(async move {
                    let record = execute(&bench, &name, &plan).await;
                    // Judging takes no part in the timing of other cases.
                    tokio::task::spawn_blocking(move || judge(record, not_found, Depth::Exercise)).await
                });
            }
            match running.join_next().await {
                None => break,
                Some(Ok(Ok(case))) => self.take_in(case, &mut cases, total),
                Some(_) => self.bench.endpoint.note("a case ended by an error of the suite itself".to_owned()),
            }
        }
        (cases, ended_early)
    }

    fn reason_to_end(&self, cases: &[JudgedCase]) -> Option<&'static str> {
        if *self.stop.borrow() {
            return Some(TIME_WAS_UP);
        }
        let failed = cases.iter().any(JudgedCase::breaks_something);
        (self.settings.on_violation == OnViolation::Stop && failed).then_some(BROKEN)
    }

    fn take_in(&self, case: JudgedCase, cases: &mut Vec<JudgedCase>, total: usize) {
        let blamed = case.finding.iter().map(|finding| finding.requirement);
        for requirement in blamed.chain(case.answers.iter().map(|breach| breach.requirement)) {
            if !cases.iter().any(|known: &JudgedCase| known.breaks(requirement)) {
                let seen = case.seen_at(requirement);
                let found_after = seen.map_or_else(|| self.bench.endpoint.requests(), |origin| origin.after);
                (self.progress)(Progress::Broken { requirement, found_after });
            }
        }
        cases.push(case);
        (self.progress)(Progress::CaseEnded {
            ended: cases.len(),
            cases: total,
            violations: cases.iter().filter(|case| case.breaks_something()).count(),
            requests: self.bench.endpoint.requests(),
        });
    }
}

/// What the result is made of.
struct Summary<'a> {
    settings: &'a RunSettings,
    endpoint: &'a Endpoint,
    cases: &'a [JudgedCase],
    scenarios: Vec<ScenarioResult>,
    evidence: BTreeMap<&'static str, Counterexample>,
    ended_early: Option<String>,
    measured: Vec<(&'static str, Duration)>,
    began: Instant,
}

impl Summary<'_> {
    fn result(mut self) -> RunResult {
        let offered = self.endpoint.levers();
        let (profile, profile_inferred) = match self.settings.profile {
            Some(profile) => (profile, Inferred::No),
            None if offered == LeverSet::ALL => (Profile::Full, Inferred::Yes),
            None => (Profile::Core, Inferred::Yes),
        };
        let evidence = std::mem::take(&mut self.evidence);
        let requirements: Vec<RequirementResult> =
            requirement::all().map(|requirement| self.requirement(requirement, profile, offered, &evidence)).collect();
        let notes = self.endpoint.notes().into_iter().map(|(text, times)| match times {
            1 => text,
            times => format!("{text} ({times} times)"),
        });
        RunResult {
            endpoint: self.endpoint.client().base_url().to_owned(),
            dialect: self.endpoint.dialect().name(),
            seed: self.settings.seed,
            profile,
            profile_inferred,
            verdict: verdict(&requirements, self.cases.iter().map(|case| case.exercise.refused_updates).sum()),
            ended_early: self.ended_early,
            cases: self.cases.len(),
            requests: self.endpoint.requests(),
            duration: self.began.elapsed(),
            levers: offered.iter().collect(),
            readings: super::readings::seen(self.cases.iter().map(|case| &case.record.history)),
            measured: self.measured,
            covered: Covered::by(self.cases.iter().map(|case| &case.coverage), offered),
            notes: notes.collect(),
            scenarios: std::mem::take(&mut self.scenarios),
            requirements,
        }
    }

    fn requirement(
        &self,
        requirement: &'static Requirement,
        profile: Profile,
        offered: LeverSet,
        evidence: &BTreeMap<&'static str, Counterexample>,
    ) -> RequirementResult {
        let counts = self.cases.iter().filter_map(|case| case.exercise.counts.get(requirement.name));
        let exercised = counts.map(|count| u64::try_from(*count).unwrap_or(u64::MAX)).sum();
        let counterexample = evidence.get(requirement.name).cloned();
        let (verdict, reason) = match (&counterexample, exercised) {
            (Some(_), _) => (Verdict::Failed, None),
            (None, 0) => self.not_exercised(requirement, offered),
            (None, _) => (Verdict::Passed, None),
        };
        let in_profile = match profile {
            Profile::Full => true,
            Profile::Core => requirement.needs().is_empty(),
            Profile::Selection => self.settings.selection.contains(&requirement),
        };
        let in_profile = if in_profile { Selected::Yes } else { Selected::No };
        RequirementResult { requirement, in_profile, verdict, exercised, reason, counterexample }
    }

    fn not_exercised(&self, requirement: &Requirement, offered: LeverSet) -> (Verdict, Option<String>) {
        let lacking: Vec<&str> =
            requirement.needs().iter().filter(|lever| !offered.contains(**lever)).map(|lever| lever.as_str()).collect();
        if !lacking.is_empty() {
            let reason = format!("it needs the lever {}, which the endpoint does not offer", lacking.join(" and "));
            return (Verdict::NotExercised, Some(reason));
        }
        if self.cases.iter().any(|case| case.inconclusive) {
            return (Verdict::Inconclusive, Some("the search through some histories outgrew its bounds".to_owned()));
        }
        if let Some(reason) = self.cases.iter().filter_map(|case| case.record.cut_short).min() {
            let reason = format!("cases were cut short before they could tell: {}", reason.as_str());
            return (Verdict::Inconclusive, Some(reason));
        }
        (Verdict::NotExercised, Some("nothing in this run put it to the test".to_owned()))
    }
}

/// The verdict of a run: a broken requirement outweighs all, in the profile or not.
fn verdict(requirements: &[RequirementResult], refused_updates: usize) -> RunVerdict {
    if requirements.iter().any(|one| one.verdict == Verdict::Failed) {
        return RunVerdict::NonConformant;
    }
    let mut profile = requirements.iter().filter(|one| one.in_profile == Selected::Yes).peekable();
    if profile.peek().is_none() || requirements.iter().all(|one| one.exercised == 0) {
        return RunVerdict::NothingExercised;
    }
    let never_came_up = |one: &RequirementResult| {
        *one.requirement == update::REFUSED_IS_NOTHING && refused_updates == 0 && one.exercised == 0
    };
    let told = profile.all(|one| one.verdict == Verdict::Passed || never_came_up(one));
    if told { RunVerdict::Conformant } else { RunVerdict::Inconclusive }
}
