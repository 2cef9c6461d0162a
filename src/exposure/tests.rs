use super::beliefs::Beliefs;
use super::course::{Course, Sight};
use super::known;
use super::verdict::Proof;
use crate::driver::Dialect as _;
use crate::driver::fc3::Fc3;
use crate::driver::judged::{Depth, judge};
use crate::emulator::fault::{FAULTS, by_name};
use crate::emulator::{Behaviour, Correct, Settings};
use crate::lever::LeverSet;
use crate::plan::{Action, Change, F, I, Plan, Step, strategy};
use crate::rehearsal::rehearse_on;

#[test]
fn what_looks_on_sees_all_that_the_judge_sees() {
    let names = ["failed-serves", "unknown-is-invalid", "update-brings-back", "digest-never-shown", "wake-ignored"];
    let faults = names.map(|name| by_name(name).unwrap());
    let mut oracle = Beliefs::new();
    let mut seen = [0, 0];
    for fault in faults.into_iter().chain([&Correct as &'static dyn Behaviour]) {
        for number in 0..40 {
            let plan = strategy::plan(11, number, LeverSet::ALL);
            let judged = |plan: &Plan| {
                let record = rehearse_on(Settings::default().behaving(fault), plan);
                judge(record, Fc3.not_found_code(), Depth::Exercise).breaks_something()
            };
            let odd = Course::first_odd(fault, &plan, &mut oracle);
            assert_eq!(odd.is_some(), judged(&plan), "{}: {plan}", fault.name());
            if let Some(at) = odd.filter(|at| *at > 0) {
                // A look after a settle is left to the invocation that follows it.
                let is_waiting = matches!(plan.steps[at - 1].0[0], Action::Settle(_));
                let before = Plan { steps: plan.steps[..at].to_vec() };
                assert!(is_waiting || !judged(&before), "{}: {before}", fault.name());
            }
            seen[usize::from(odd.is_some())] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
}

/// All actions on two functions and two images, whether they make sense or not.
fn everything() -> Vec<Action> {
    let mut actions = Vec::new();
    for f in [F(0), F(1)] {
        actions.extend([I(0), I(1)].into_iter().flat_map(|i| [Action::Create(f, i), Action::Update(f, i)]));
        actions.extend([Action::Get(f), Action::Invoke(f), Action::Delete(f), Action::Idle(f)]);
        actions.extend([Action::Await(f), Action::Settle(f)]);
    }
    actions.extend([I(0), I(1)].into_iter().flat_map(|i| Change::ALL.map(|change| Action::Image(i, change))));
    actions.extend([50, 100, 150].map(Action::Pause));
    actions
}

/// The length of the shortest plan of at most so many actions more that exposes the fault, nothing being left out.
fn shortest_of_all(
    fault: &'static dyn Behaviour,
    course: &Course,
    plan: &mut Vec<Step>,
    most: usize,
    oracle: &mut Beliefs,
) -> Option<usize> {
    let mut best = None;
    for action in everything() {
        let most = best.map_or(most, |best: usize| best - plan.len() - 1);
        let is_waiting = matches!(plan.last().map(|step| &step.0[0]), Some(Action::Settle(_)));
        if most == 0 || (is_waiting && matches!(action, Action::Invoke(_))) {
            continue;
        }
        let step = Step(vec![action]);
        let mut after = course.clone();
        let sight = after.take(oracle, &step, None);
        plan.push(step);
        let whole = || Plan { steps: plan.clone() };
        if sight == Sight::Odd && Proof::of(fault, whole()).is_some() {
            best = Some(plan.len());
        } else if sight == Sight::Fine {
            best = shortest_of_all(fault, &after, plan, most - 1, oracle).or(best);
        }
        plan.pop();
    }
    best
}

#[test]
#[ignore = "it goes through millions of plans; .ci/full runs it in a release build"]
fn nothing_was_left_out_that_matters() {
    let mut oracle = Beliefs::new();
    for fault in FAULTS.iter() {
        let begin = Course::begin(*fault, 2, &mut oracle);
        let least = shortest_of_all(*fault, &begin, &mut Vec::new(), 3, &mut oracle);
        let known = known(fault.name()).unwrap();
        let is_burst = known.plan.steps.iter().any(|step| step.0.len() > 1);
        let expected = Some(known.length()).filter(|length| *length <= 3 && !is_burst);
        assert_eq!(least, expected, "{}", fault.name());
    }
}
