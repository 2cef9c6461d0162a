//! What histories showed of the automaton: which steps led from where to where, and what was claimed that nothing
//! explains.
//!
//! As in [`super::coverage`] one explanation of each function is counted. Of a life so long that its beginning is no
//! longer kept, the latest part is.

use super::judge::Judge;
use super::judgement::{Judgement, Outcome};
use super::walk::Walk;
use super::{Finding, JudgeError, by_start};
use crate::history::{Answer, Call, Event, History, Name, Report};
use crate::model::step::Step;
use crate::model::world::{State, Status, World};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Where a function is: its state, and whether an Active one is being updated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// There is no function.
    Absent,
    /// Pending.
    Pending,
    /// Active, and no update in progress.
    Active,
    /// Active, with an update in progress.
    Updating,
    /// Failed.
    Failed,
    /// Inactive.
    Inactive,
}

/// A step, and the places that it led from and to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Flow {
    /// Where the function was.
    pub from: Place,
    /// What happened.
    pub step: Step,
    /// Where it was then.
    pub to: Place,
}

/// What an answer claimed that nothing explains.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Claim {
    /// Where the function was by one explanation of what came before.
    pub from: Place,
    /// Where the answer says that it is; the same place where the answer is about something else.
    pub to: Place,
    /// What was answered, in a few words.
    pub what: String,
    /// The requirement that is blamed.
    pub requirement: &'static str,
}

/// What was observed, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// How many functions there were.
    pub functions: u64,
    /// The documented steps that were taken.
    pub flows: BTreeMap<Flow, u64>,
    /// What nothing explains.
    pub claims: BTreeMap<Claim, u64>,
    /// Functions of which no explanation was found within the bounds; no step of them is counted.
    pub given_up: u64,
    /// Functions whose first steps are not counted, for their lives are too long.
    pub cut: u64,
}

impl Observed {
    /// Adds what was observed elsewhere.
    pub fn add(&mut self, other: &Self) {
        for (flow, count) in &other.flows {
            *self.flows.entry(*flow).or_default() += count;
        }
        for (claim, count) in &other.claims {
            *self.claims.entry(claim.clone()).or_default() += count;
        }
        self.functions += other.functions;
        self.given_up += other.given_up;
        self.cut += other.cut;
    }
}

impl Place {
    /// All places.
    pub const ALL: [Self; 6] =
        [Self::Absent, Self::Pending, Self::Active, Self::Updating, Self::Failed, Self::Inactive];

    /// Where the function of that world is.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let state = world.function.as_ref().map(|function| (function.state, function.status));
        state.map_or(Self::Absent, |(state, status)| Self::shown(state, status == Status::InProgress))
    }

    const fn shown(state: State, is_updating: bool) -> Self {
        match state {
            State::Pending => Self::Pending,
            State::Active if is_updating => Self::Updating,
            State::Active => Self::Active,
            State::Failed => Self::Failed,
            State::Inactive => Self::Inactive,
        }
    }
}

/// Judges a whole history, and counts what was observed in it.
///
/// # Errors
/// If histories of that kind are not judged.
pub fn observe(history: &History) -> Result<(Judgement, Observed), JudgeError> {
    let mut judge = Judge::new(&history.header)?;
    for operation in by_start(&history.operations) {
        judge.push(operation.clone())?;
    }
    Ok(finish(judge))
}

/// Ends a history, and counts what was observed in it.
#[must_use]
pub fn finish(mut judge: Judge) -> (Judgement, Observed) {
    judge.return_all();
    let mut observed = Observed::default();
    // Where one explanation left each function.
    let mut left: IndexMap<Name, Place> = IndexMap::new();
    for judged in &judge.functions {
        observed.functions += 1;
        let Ok(walk) = Walk::through(judge.model(), &judged.trail) else {
            observed.given_up += 1;
            continue;
        };
        let steps = walk.steps();
        observed.cut += u64::from(judged.trail.is_cut());
        for (step, before, after) in &steps {
            if let Some(step) = step {
                let flow = Flow { from: Place::of(before), step: *step, to: Place::of(after) };
                *observed.flows.entry(flow).or_default() += 1;
            }
        }
        left.insert(judged.name.clone(), steps.last().map_or(Place::Absent, |(_, _, after)| Place::of(after)));
    }
    let judgement = judge.finish();
    for (function, outcome) in &judgement.functions {
        if let (Outcome::Violates(finding), Some(from)) = (outcome, left.get(function)) {
            *observed.claims.entry(claim(*from, finding)).or_default() += 1;
        }
    }
    (judgement, observed)
}

fn claim(from: Place, finding: &Finding) -> Claim {
    let (to, what) = match &finding.operation.event {
        Event::Call { call, .. } => claimed(from, call),
        Event::Settle { .. } => (from, "nothing happened".to_owned()),
        Event::Idle { .. } | Event::Image { .. } => (from, "a lever did nothing".to_owned()),
    };
    Claim { from, to, what, requirement: finding.requirement.name }
}

fn claimed(from: Place, call: &Call) -> (Place, String) {
    match call {
        Call::Get { answer: Answer::Accepted(report) } => shown(from, report),
        Call::Get { .. } => (Place::Absent, "a look is refused".to_owned()),
        Call::Create { answer, .. } => (Place::Pending, format!("create {}", accepted(answer))),
        Call::Update { answer, .. } => (from, format!("update {}", accepted(answer))),
        Call::Delete { answer } => (from, format!("delete {}", accepted(answer))),
        Call::Invoke { answer: Answer::Accepted(_) } => (from, "served".to_owned()),
        Call::Invoke { .. } => (from, "invocation refused".to_owned()),
    }
}

fn accepted(answer: &Answer<()>) -> &'static str {
    if *answer == Answer::Refused { "refused" } else { "accepted" }
}

/// Where a report says that the function is; it says nothing if its state is none that is documented.
fn shown(from: Place, report: &Report) -> (Place, String) {
    let status = report.status.as_deref().unwrap_or_default();
    let Some(state) = State::parse(&report.state) else { return (from, format!("shown as “{}”", report.state)) };
    let to = Place::shown(state, status == Status::InProgress.as_str());
    let what = if status.is_empty() { state.as_str().to_owned() } else { format!("{}, {status}", state.as_str()) };
    (to, format!("shown {what}"))
}

#[cfg(test)]
mod tests;
