//! A bound from above: plans that are known to show much, made as short and as plain as small changes make them.

use super::beliefs::Beliefs;
use super::course::Course;
use super::verdict::Proof;
use crate::emulator::Behaviour;
use crate::lever::LeverSet;
use crate::plan::{Action, Change, F, I, Plan, Step, strategy, systematic};
use std::collections::BTreeSet;

/// So many plans are drawn besides the directed ones.
const DRAWN: u64 = 300;
/// So many of those that show the fault are made short.
const SHRUNK: usize = 8;

/// Plans that are known to show much.
pub(super) fn seeds() -> Vec<Plan> {
    let drawn = (0..DRAWN).map(|number| strategy::plan(1, number, LeverSet::ALL));
    systematic::plans(LeverSet::ALL).chain(drawn).map(|plan| without_watches(&plan)).collect()
}

/// The shortest proof that is found from these plans.
pub(super) fn bound(fault: &'static dyn Behaviour, seeds: &[Plan], oracle: &mut Beliefs) -> Option<Proof> {
    let mut cut: Vec<Plan> = seeds.iter().filter_map(|plan| upto_odd(fault, plan, oracle)).collect();
    cut.sort_by_key(|plan| plan.actions().count());
    cut.dedup();
    let proofs = cut.into_iter().filter_map(|plan| Proof::of(fault, plan)).take(SHRUNK);
    let shrunk: Vec<Proof> = proofs.map(|proof| shorten(fault, proof, oracle)).collect();
    Proof::plainest(shrunk.into_iter())
}

/// What a watch does, one by one.
fn without_watches(plan: &Plan) -> Plan {
    let apart = |step: &Step| match step.0.as_slice() {
        [Action::Watch(f)] => [Action::Invoke(*f), Action::Get(*f), Action::Await(*f), Action::Invoke(*f)]
            .map(|action| Step(vec![action]))
            .to_vec(),
        _ => vec![step.clone()],
    };
    Plan { steps: plan.steps.iter().flat_map(apart).collect() }
}

/// The plan up to where something is odd.
fn upto_odd(fault: &'static dyn Behaviour, plan: &Plan, oracle: &mut Beliefs) -> Option<Plan> {
    let at = Course::first_odd(fault, plan, oracle)?;
    Some(Plan { steps: plan.steps[..=at].to_vec() })
}

/// Makes small changes as long as one of them makes the plan shorter or plainer.
fn shorten(fault: &'static dyn Behaviour, mut best: Proof, oracle: &mut Beliefs) -> Proof {
    let mut tried = BTreeSet::new();
    while let Some(better) = simpler(&best.plan)
        .into_iter()
        .filter(|plan| tried.insert(plan.to_string()))
        .filter_map(|plan| upto_odd(fault, &plan, oracle))
        .filter_map(|plan| Proof::of(fault, plan))
        .find(|proof| proof.is_plainer_than(&best))
    {
        best = better;
    }
    best
}

/// Plans that differ a little: less is done, or the same otherwise.
fn simpler(plan: &Plan) -> Vec<Plan> {
    let mut plans = Vec::new();
    let length = plan.steps.len();
    for from in 0..length {
        for upto in from + 1..=length {
            plans.push(plan.without(from..upto));
        }
    }
    for one in 0..length {
        for other in one + 1..length {
            plans.push(plan.without(other..other + 1).without(one..one + 1));
        }
    }
    for (place, step) in plan.steps.iter().enumerate() {
        let mut with = |steps: Vec<Step>| {
            let mut changed = plan.clone();
            changed.steps.splice(place..=place, steps);
            plans.push(changed);
        };
        if step.0.len() > 1 {
            with(step.0.iter().map(|action| Step(vec![*action])).collect());
        }
        for (within, action) in step.0.iter().enumerate() {
            let mut fewer = step.clone();
            fewer.0.remove(within);
            with(Some(fewer).into_iter().filter(|step| !step.0.is_empty()).collect());
            for other in otherwise(*action) {
                let mut changed = step.clone();
                changed.0[within] = other;
                with(vec![changed]);
            }
        }
    }
    for place in 1..length {
        let mut swapped = plan.clone();
        swapped.steps.swap(place - 1, place);
        plans.push(swapped);
    }
    plans.push(plan.compact());
    plans
}

/// What else might be done in an action's place.
fn otherwise(action: Action) -> Vec<Action> {
    let letters = |i: I| (0..i.0).map(I);
    let mut others = Vec::new();
    match action {
        Action::Create(f, i) => {
            others.extend(letters(i).map(|i| Action::Create(f, i)));
            others.push(Action::Update(f, i));
        }
        Action::Update(f, i) => others.extend(letters(i).map(|i| Action::Update(f, i))),
        Action::Image(i, change) => {
            others
                .extend(Change::ALL.into_iter().filter(|other| *other != change).map(|other| Action::Image(i, other)));
            others.extend(letters(i).map(|i| Action::Image(i, change)));
        }
        Action::Settle(f) | Action::Await(f) => {
            others.extend([Action::Await(f), Action::Get(f), Action::Invoke(f), Action::Pause(50)]);
        }
        Action::Invoke(f) => others.extend([Action::Get(f), Action::Await(f), Action::Settle(f)]),
        Action::Get(f) => others.extend([Action::Await(f), Action::Invoke(f), Action::Settle(f)]),
        Action::Pause(_) => {
            others.extend([Action::Pause(50), Action::Pause(100), Action::Pause(150), Action::Await(F(0))])
        }
        _ => {}
    }
    let others = others.into_iter().flat_map(|other| [Some(other), other.function().map(|_| first(other))]);
    others.flatten().chain(action.function().map(|_| first(action))).collect()
}

/// The same, done to the first function.
fn first(action: Action) -> Action {
    action.named(|_| F(0), |i| i)
}
