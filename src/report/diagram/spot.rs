//! Where each step of the automaton is counted in the diagram.

use super::layout::{ARROWS, Counter};
use crate::model::step::{Pull, Step};
use crate::model::visible::Kind;
use crate::oracle::observed::{Flow, Observed, Place};
use std::collections::BTreeMap;

/// Where a step is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Spot {
    /// On an arrow: its place in [`ARROWS`] and that of the strand.
    Arrow(usize, usize),
    /// In a place.
    Counter(Place, Counter),
    /// Below the drawing: its place in [`BELOW`].
    Below(usize),
}

/// What was done to a function, or was waited for, and leads nowhere by itself.
pub(super) static BELOW: [&str; 7] = [
    "left idle",
    "image ready",
    "image held",
    "image failing",
    "image removed",
    "image overwritten",
    "time enough to notice",
];

/// The spot of a step; every step of the automaton has one.
pub(super) fn spot(flow: &Flow) -> Option<Spot> {
    let counter = |counter| Some(Spot::Counter(flow.from, counter));
    match flow.step {
        Step::Idle(_) => Some(Spot::Below(0)),
        Step::Image(_, Pull::Ready) => Some(Spot::Below(1)),
        Step::Image(_, Pull::Held) => Some(Spot::Below(2)),
        Step::Image(_, Pull::Failing) => Some(Spot::Below(3)),
        Step::Image(_, Pull::Missing) => Some(Spot::Below(4)),
        Step::Image(_, Pull::Overwritten) => Some(Spot::Below(5)),
        Step::Settle => Some(Spot::Below(6)),
        Step::Call(Kind::GetAccepted | Kind::GetRefused, _) => counter(Counter::LookedAt),
        Step::Call(Kind::InvokeServed, _) => counter(Counter::Served),
        Step::Call(Kind::DeleteAccepted, _) => counter(Counter::Deleted),
        Step::Call(Kind::InvokeRefused, _) if flow.from != Place::Inactive => counter(Counter::Refused),
        Step::Call(Kind::CreateRefused | Kind::UpdateRefused | Kind::DeleteRefused, _) => counter(Counter::Refused),
        _ => on_arrow(flow),
    }
}

fn on_arrow(flow: &Flow) -> Option<Spot> {
    let arrow = ARROWS.iter().position(|arrow| (arrow.from, arrow.to) == (flow.from, flow.to))?;
    let strand = ARROWS[arrow].strands.iter().position(|strand| (strand.takes)(flow.step))?;
    Some(Spot::Arrow(arrow, strand))
}

/// How often each spot was seen; spots that never were are left out.
pub(super) fn counts(observed: &Observed) -> BTreeMap<Spot, u64> {
    let mut counts = BTreeMap::new();
    for (flow, count) in &observed.flows {
        let entered = (flow.from != flow.to).then_some(Spot::Counter(flow.to, Counter::Entered));
        for spot in spot(flow).into_iter().chain(entered) {
            *counts.entry(spot).or_default() += count;
        }
    }
    counts
}
