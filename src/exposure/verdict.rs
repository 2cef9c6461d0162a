//! Whether a plan exposes a fault, and which of two plans that do is the plainer one.

use super::alphabet::PAUSES;
use crate::driver::Dialect as _;
use crate::driver::fc3::Fc3;
use crate::driver::judged::{Depth, judge};
use crate::emulator::{Behaviour, Settings};
use crate::plan::{Action, Change, Plan};
use crate::rehearsal::rehearse_on;

/// The requirements that the fault breaks and that are blamed for what the plan shows of it, the most believable first;
/// none if the plan does not expose it.
#[must_use]
pub fn blamed(fault: &'static dyn Behaviour, plan: &Plan) -> Vec<&'static str> {
    let by = |depth| {
        let record = rehearse_on(Settings::default().behaving(fault), plan);
        let judged = judge(record, Fc3.not_found_code(), depth);
        let suspects = judged.finding.iter().flat_map(|finding| &finding.suspects).map(|suspect| suspect.name);
        let mut blamed: Vec<&'static str> = Vec::new();
        for name in suspects.chain(judged.answers.iter().map(|breach| breach.requirement.name)) {
            if fault.breaks().contains(&name) && !blamed.contains(&name) {
                blamed.push(name);
            }
        }
        blamed
    };
    // The form of some answers can only be judged where it is known which functions were not there, which costs more.
    Some(by(Depth::Verdict)).filter(|blamed| !blamed.is_empty()).unwrap_or_else(|| by(Depth::Exercise))
}

/// A plan that exposes a fault, with what is blamed.
#[derive(Debug, Clone)]
pub(super) struct Proof {
    pub(super) plan: Plan,
    pub(super) blamed: Vec<&'static str>,
    rank: Rank,
}

/// Actions, functions, images, bursts; how far the blame is from what fits the fault best; what does more than the plainest
/// of its kind; the kinds of the actions; the words.
type Rank = (usize, u8, u8, usize, usize, usize, Vec<u8>, String);

impl Proof {
    /// The plan as a proof that the fault is there; `None` if it does not expose it.
    pub(super) fn of(fault: &'static dyn Behaviour, plan: Plan) -> Option<Self> {
        let blamed = blamed(fault, &plan);
        let fit = fault.breaks().iter().position(|name| blamed.first() == Some(name))?;
        let at_once = plan.steps.iter().filter(|step| step.0.len() > 1).count();
        let lavish = plan.actions().map(lavishness).sum();
        let (length, functions, images) = (plan.actions().count(), plan.functions(), plan.images());
        let rank =
            (length, functions, images, at_once, fit, lavish, plan.actions().map(kind).collect(), plan.to_string());
        Some(Self { plan, blamed, rank })
    }

    pub(super) fn length(&self) -> usize {
        self.rank.0
    }

    /// Whether it is shorter than the other, or as short and plainer.
    pub(super) fn is_plainer_than(&self, other: &Self) -> bool {
        self.rank < other.rank
    }

    pub(super) fn plainest(proofs: impl Iterator<Item = Self>) -> Option<Self> {
        proofs.min_by(|a, b| a.rank.cmp(&b.rank))
    }
}

/// How much an action asserts or changes beyond what the plainest of its kind does.
fn lavishness(action: &Action) -> usize {
    match action {
        Action::Settle(_) | Action::Image(_, Change::Remove | Change::Restore) => 1,
        Action::Image(_, Change::Publish) => 2,
        Action::Pause(hundredths) if !PAUSES.contains(hundredths) => 3,
        _ => 0,
    }
}

/// What is taken first where nothing else tells.
fn kind(action: &Action) -> u8 {
    match action {
        Action::Get(_) => 0,
        Action::Invoke(_) => 1,
        Action::Create(..) => 2,
        Action::Update(..) => 3,
        Action::Await(_) => 4,
        Action::Watch(_) => 5,
        Action::Settle(_) => 6,
        Action::Pause(_) => 7,
        Action::Delete(_) => 8,
        Action::Idle(_) => 9,
        Action::Image(..) => 10,
    }
}
