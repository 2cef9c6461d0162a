//! Plans that are derived from the automaton: they go through every step, and every pair of successive steps, that levers
//! can force.
//!
//! One function is followed through the automaton with the answers that an endpoint usually gives (`stage`): what is
//! valid is accepted, what is under preparation stays so while its image is held, and ends while one waits. Where it is
//! left to the endpoint when something happens, nothing but a wait comes next. All situations that can be come by so
//! make up a `graph`, and a `tour` of it the plans. They are a function of the levers, of nothing else.
//!
//! What is *forced* so is forced of an endpoint that does the usual where the page leaves a choice: it accepts one update
//! upon another and drops the first (R2, R8), notices a lost image while it is left alone (R4), keeps what is Failed so
//! while it is redeployed (R3), and cannot prepare what its tag no longer stands for. One that chooses otherwise is taken
//! through the same plans, and goes other ways.

mod graph;
mod moves;
mod stage;
mod tour;

use super::Plan;
use crate::lever::LeverSet;
use crate::model::shape::Situation;
use crate::model::step::Step;
use crate::requirement::Lever;
use graph::{Graph, Item};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// What some levers can force, and the plans that do.
pub struct Derived {
    /// The plans.
    pub plans: Vec<Plan>,
    /// What they go through on an endpoint that does the usual.
    pub forced: Forced,
}

/// What levers can force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forced {
    /// Situations that a step leads to.
    pub worlds: BTreeSet<Situation>,
    /// Steps.
    pub steps: BTreeSet<Step>,
    /// A step with the last one before it that changed something.
    pub pairs: BTreeSet<(Step, Step)>,
}

/// One for each set of levers.
static DERIVED: [OnceLock<Derived>; 1 << Lever::ALL.len()] = [const { OnceLock::new() }; 1 << Lever::ALL.len()];

/// What these levers can force; worked out when it is first asked for.
#[must_use]
pub fn derived(levers: LeverSet) -> &'static Derived {
    let number = levers.iter().fold(0, |number, lever| number | 1 << lever as usize);
    DERIVED[number].get_or_init(|| derive(levers))
}

fn derive(levers: LeverSet) -> Derived {
    let graph = Graph::new(levers);
    let mut forced = Forced::default();
    for item in &graph.items {
        match *item {
            Item::World(world) => forced.worlds.insert(world),
            Item::Step(step) => forced.steps.insert(step),
            Item::Pair(before, step) => forced.pairs.insert((before, step)),
        };
    }
    Derived { plans: tour::tour(&graph), forced }
}
