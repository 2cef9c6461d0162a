//! Plans that are a little simpler than a plan: pure, and none of them needs more than the plan does.

use crate::plan::{Action, F, I, Plan, Step};
use std::collections::BTreeSet;

/// More candidates than this in a round would keep the endpoint busier than the run did.
const CANDIDATES: usize = 96;
/// Plans with no more steps than this are tried without any two of them.
const PAIRS: usize = 9;

/// A plan that is simpler, and the step that it leaves out if that is all that it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) plan: Plan,
    pub(super) without: Option<usize>,
}

/// The simplest first.
pub(super) fn candidates(plan: &Plan) -> Vec<Candidate> {
    let length = plan.steps.len();
    let mut found: Vec<Candidate> = Vec::new();
    let mut add = |simpler: Plan, without: Option<usize>| {
        let simpler = simpler.compact();
        if size(&simpler) < size(plan) && !simpler.steps.is_empty() && found.iter().all(|known| known.plan != simpler) {
            found.push(Candidate { plan: simpler, without });
        }
    };
    let mut chunk = length / 2;
    while chunk > 1 {
        (0..length).step_by(chunk).for_each(|start| add(plan.without(start..(start + chunk).min(length)), None));
        chunk /= 2;
    }
    (0..length).for_each(|place| add(plan.without(place..place + 1), Some(place)));
    fewer_at_once(plan).chain(shorter_waits(plan)).chain(fewer_names(plan)).for_each(|simpler| add(simpler, None));
    looks_that_wait(plan).for_each(|simpler| add(simpler, None));
    if length <= PAIRS {
        for (first, second) in (0..length).flat_map(|first| (first + 1..length).map(move |second| (first, second))) {
            add(plan.without(second..second + 1).without(first..first + 1), None);
        }
    }
    found.sort_by_key(|candidate| size(&candidate.plan));
    found.truncate(CANDIDATES);
    found
}

/// How simple a plan is: by its actions, what is done at once, its waits, and its names.
pub(super) fn size(plan: &Plan) -> impl Ord + use<> {
    let waits = |action: &Action| match action {
        Action::Settle(_) | Action::Watch(_) => 2,
        Action::Await(_) => 1,
        _ => 0,
    };
    let names: BTreeSet<Option<I>> = plan.actions().map(Action::image).collect();
    let functions: BTreeSet<Option<F>> = plan.actions().map(Action::function).collect();
    let widest: usize = plan.steps.iter().map(|step| step.0.len() - 1).sum();
    (plan.actions().count(), widest, plan.actions().map(waits).sum::<usize>(), functions.len() + names.len())
}

/// What is done at once with one action less, and one after the other.
fn fewer_at_once(plan: &Plan) -> impl Iterator<Item = Plan> {
    plan.steps.iter().enumerate().filter(|(_, step)| step.0.len() > 1).flat_map(move |(place, step)| {
        let left_out = (0..step.0.len()).map(move |left_out| {
            let mut fewer = plan.clone();
            fewer.steps[place].0.remove(left_out);
            fewer
        });
        let mut one_by_one = plan.clone();
        one_by_one.steps.splice(place..=place, step.0.iter().map(|action| Step(vec![*action])));
        left_out.chain([one_by_one])
    })
}

/// A wait that only looks instead of one that does more.
fn shorter_waits(plan: &Plan) -> impl Iterator<Item = Plan> {
    plan.steps.iter().enumerate().flat_map(move |(place, step)| {
        let instead: &[fn(F) -> Action] = match step.0.as_slice() {
            [Action::Settle(_)] => &[Action::Await],
            [Action::Watch(_)] => &[Action::Await, Action::Invoke, Action::Get],
            _ => &[],
        };
        let function = step.0.first().and_then(Action::function);
        instead.iter().filter_map(move |action| {
            let mut simpler = plan.clone();
            simpler.steps[place] = Step(vec![action(function?)]);
            Some(simpler)
        })
    })
}

/// A look that waits, instead of one before which something else took the time.
fn looks_that_wait(plan: &Plan) -> impl Iterator<Item = Plan> {
    let looks = plan.steps.iter().enumerate().filter_map(|(place, step)| match step.0.as_slice() {
        [Action::Get(f)] => Some((place, *f)),
        _ => None,
    });
    looks.flat_map(move |(place, f)| {
        let mut waiting = plan.clone();
        waiting.steps[place] = Step(vec![Action::Await(f)]);
        (0..place).map(move |other| waiting.without(other..other + 1))
    })
}

/// One image for two, one function for two.
fn fewer_names(plan: &Plan) -> impl Iterator<Item = Plan> {
    let images: BTreeSet<I> = plan.actions().filter_map(Action::image).collect();
    let functions: BTreeSet<F> = plan.actions().filter_map(Action::function).collect();
    let pairs = |count: usize| (0..count).flat_map(move |one| (one + 1..count).map(move |other| (one, other)));
    let (images, functions): (Vec<I>, Vec<F>) = (images.into_iter().collect(), functions.into_iter().collect());
    let fewer_images =
        pairs(images.len()).map(|(one, other)| plan.named(|f| f, |i| if i == images[other] { images[one] } else { i }));
    let fewer_functions = pairs(functions.len())
        .map(|(one, other)| plan.named(|f| if f == functions[other] { functions[one] } else { f }, |i| i));
    fewer_images.chain(fewer_functions).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simpler(text: &str) -> Vec<String> {
        let plan: Plan = text.parse().unwrap();
        candidates(&plan).iter().map(|candidate| candidate.plan.to_string().replace('\n', "; ")).collect()
    }

    #[test]
    fn candidates_leave_out_and_take_apart() {
        let texts = simpler("create f A; await f; get f | invoke f");
        for wanted in [
            "await f; get f | invoke f",
            "create f A; await f; get f",
            "create f A; await f; get f; invoke f",
            "create f A",
        ] {
            assert!(texts.contains(&wanted.to_owned()), "{wanted}: {texts:?}");
        }
    }

    #[test]
    fn candidates_wait_less_and_name_less() {
        let texts = simpler("create f A; settle f; update f B; create g C");
        for wanted in [
            "create f A; await f; update f B; create g C",
            "create f A; settle f; update f A; create g B",
            "create f A; settle f; update f B; create f C",
        ] {
            assert!(texts.contains(&wanted.to_owned()), "{wanted}: {texts:?}");
        }
    }

    #[test]
    fn every_candidate_is_simpler() {
        let plan: Plan = "hold B; create g A; watch g; update g B | invoke g; settle g; get h".parse().unwrap();
        let candidates = candidates(&plan);
        assert!(candidates.iter().all(|candidate| size(&candidate.plan) < size(&plan)));
        assert!(candidates.iter().all(|candidate| candidate.plan.compact() == candidate.plan));
    }
}
