//! Generated plans: little patterns of use, drawn and strung together by proptest.
//!
//! Uniform choice of operations rarely enters the windows in which endpoints go wrong. So what is drawn are patterns: a
//! change with the images prepared for it, what happens meanwhile, and looks at what is shown and what is routed.

use super::{Action, Change, F, I, Plan, Step};
use crate::lever::LeverSet;
use crate::requirement::Lever;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::{Just, Union, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// The generated plan of that number: a function of seed, number and levers, of nothing else.
#[must_use]
pub fn plan(seed: u64, number: u64, levers: LeverSet) -> Plan {
    let config = Config {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number),
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    match plans(levers).new_tree(&mut runner) {
        Ok(tree) => tree.current(),
        // The strategies filter nothing, so drawing does not fail; a life without surprises is a plan as well.
        Err(_) => Plan { steps: [Action::Create(F(0), I(0)), Action::Await(F(0))].map(|one| Step(vec![one])).to_vec() },
    }
}

/// All generated plans that these levers allow.
pub fn plans(levers: LeverSet) -> impl Strategy<Value = Plan> {
    (beginning(levers), vec(segment(levers), 1..8))
        .prop_map(|(first, rest)| Plan { steps: std::iter::once(first).chain(rest).flatten().collect() })
}

type Steps = BoxedStrategy<Vec<Step>>;

fn one(action: Action) -> Vec<Step> {
    vec![Step(vec![action])]
}

fn sequence(parts: Vec<Steps>) -> Steps {
    parts.prop_map(|parts: Vec<Vec<Step>>| parts.concat()).boxed()
}

fn some(actions: &[Action]) -> Steps {
    let steps: Vec<Step> = actions.iter().map(|action| Step(vec![*action])).collect();
    Just(steps).boxed()
}

/// Mostly the first function; now and then one of its neighbours.
fn function() -> impl Strategy<Value = F> {
    prop_oneof![12 => Just(F(0)), 3 => Just(F(1)), 1 => Just(F(2))]
}

fn image() -> impl Strategy<Value = I> {
    prop_oneof![4 => Just(I(0)), 4 => Just(I(1)), 3 => Just(I(2)), 1 => Just(I(3))]
}

/// What is shown and what is routed, in one order or another.
fn looks(f: F) -> Steps {
    let get = Action::Get(f);
    let invoke = Action::Invoke(f);
    let choices: [&[Action]; 7] =
        [&[get], &[invoke], &[get, invoke], &[invoke, get], &[get, invoke, invoke], &[invoke, get, invoke], &[]];
    Union::new(choices.map(some)).boxed()
}

/// How long to wait for what is under way.
fn wait(f: F) -> Steps {
    prop_oneof![
        4 => some(&[Action::Await(f)]),
        1 => some(&[Action::Watch(f)]),
        3 => some(&[Action::Settle(f)]),
        2 => some(&[]),
        2 => (5u16..150).prop_map(|hundredths| one(Action::Pause(hundredths))),
    ]
    .boxed()
}

/// A lever on an image, or nothing if there is no such lever.
fn lever(levers: LeverSet, i: I, change: Change) -> Steps {
    if levers.contains(change.lever()) { some(&[Action::Image(i, change)]) } else { some(&[]) }
}

/// How an image is put before it is deployed.
fn prepared(levers: LeverSet, i: I) -> Steps {
    prop_oneof![
        5 => lever(levers, i, Change::Ready),
        5 => lever(levers, i, Change::Hold),
        2 => lever(levers, i, Change::Fail),
        1 => lever(levers, i, Change::Remove),
        1 => lever(levers, i, Change::Publish),
    ]
    .boxed()
}

/// How the preparation of a held image is let end.
fn released(levers: LeverSet, i: I) -> Steps {
    prop_oneof![
        5 => lever(levers, i, Change::Ready),
        2 => lever(levers, i, Change::Fail),
        1 => lever(levers, i, Change::Publish),
        1 => lever(levers, i, Change::Remove),
        1 => some(&[]),
    ]
    .boxed()
}

fn beginning(levers: LeverSet) -> Steps {
    (function(), image())
        .prop_flat_map(move |(f, i)| {
            prop_oneof![
                6 => some(&[Action::Create(f, i), Action::Await(f)]),
                2 => sequence(vec![
                    prepared(levers, i),
                    some(&[Action::Create(f, i)]),
                    looks(f),
                    released(levers, i),
                    wait(f),
                    looks(f),
                ]),
            ]
        })
        .boxed()
}

fn segment(levers: LeverSet) -> Steps {
    let idle = u32::from(levers.contains(Lever::Idle));
    let image_levers = u32::from(levers.contains(Lever::Publish));
    (function(), image())
        .prop_flat_map(move |(f, i)| {
            prop_oneof![
                8 => deployment(levers, f, i),
                4 * image_levers + 1 => held_deployment(levers, f, i),
                3 => superseding(levers, f, i),
                4 * idle + 1 => idleness(levers, f, i),
                4 * image_levers + 1 => loss(levers, f, i),
                3 => rebirth(levers, f, i),
                3 => burst(f, i),
                2 => some(&[Action::Create(F(1), i), Action::Await(F(1))]),
                2 => looks(f),
            ]
        })
        .boxed()
}

fn deployment(levers: LeverSet, f: F, i: I) -> Steps {
    sequence(vec![lever(levers, i, Change::Ready), some(&[Action::Update(f, i)]), looks(f), wait(f), looks(f)])
}

fn held_deployment(levers: LeverSet, f: F, i: I) -> Steps {
    let update = some(&[Action::Update(f, i)]);
    sequence(vec![prepared(levers, i), update, looks(f), released(levers, i), wait(f), looks(f)])
}

fn superseding(levers: LeverSet, f: F, i: I) -> Steps {
    image()
        .prop_flat_map(move |other| {
            let together = Just(vec![Step(vec![Action::Update(f, i), Action::Update(f, other)])]).boxed();
            let apart = some(&[Action::Update(f, i), Action::Update(f, other)]);
            sequence(vec![
                prepared(levers, i),
                prepared(levers, other),
                prop_oneof![together, apart].boxed(),
                looks(f),
                released(levers, i),
                looks(f),
                released(levers, other),
                wait(f),
                looks(f),
            ])
        })
        .boxed()
}

fn idleness(levers: LeverSet, f: F, i: I) -> Steps {
    let idle = if levers.contains(Lever::Idle) { some(&[Action::Idle(f)]) } else { some(&[]) };
    let wake = prop_oneof![3 => some(&[Action::Invoke(f)]), 1 => some(&[Action::Update(f, i)])].boxed();
    sequence(vec![idle, wait(f), looks(f), prepared(levers, i), wake, looks(f), released(levers, i), wait(f), looks(f)])
}

fn loss(levers: LeverSet, f: F, i: I) -> Steps {
    let lose = prop_oneof![
        3 => lever(levers, i, Change::Publish),
        2 => lever(levers, i, Change::Remove),
        1 => lever(levers, i, Change::Fail),
    ]
    .boxed();
    let back = prop_oneof![
        2 => lever(levers, i, Change::Restore),
        2 => some(&[Action::Update(f, i)]),
        1 => lever(levers, i, Change::Ready),
        1 => some(&[]),
    ]
    .boxed();
    sequence(vec![lose, looks(f), wait(f), looks(f), back, wait(f), looks(f)])
}

fn rebirth(levers: LeverSet, f: F, i: I) -> Steps {
    let gone = prop_oneof![2 => looks(f), 1 => some(&[])].boxed();
    let delete = some(&[Action::Delete(f)]);
    sequence(vec![
        delete,
        gone,
        prepared(levers, i),
        some(&[Action::Create(f, i)]),
        looks(f),
        released(levers, i),
        wait(f),
        looks(f),
    ])
}

fn burst(f: F, i: I) -> Steps {
    let action = prop_oneof![
        4 => Just(Action::Invoke(f)),
        4 => Just(Action::Get(f)),
        2 => Just(Action::Update(f, i)),
        1 => Just(Action::Delete(f)),
        1 => Just(Action::Create(f, i)),
    ];
    (vec(action, 2..5), wait(f), looks(f))
        .prop_map(|(actions, wait, looks)| [vec![Step(actions)], wait, looks].concat())
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_a_function_of_seed_number_and_levers() {
        for number in 0..50 {
            assert_eq!(plan(7, number, LeverSet::ALL), plan(7, number, LeverSet::ALL));
            let bare = plan(7, number, LeverSet::NONE);
            assert!(bare.can_use(LeverSet::NONE), "{bare}");
            assert_eq!(bare.to_string().parse::<Plan>().unwrap(), bare);
        }
        assert_ne!(plan(7, 1, LeverSet::ALL), plan(8, 1, LeverSet::ALL));
        assert_ne!(plan(7, 1, LeverSet::ALL), plan(7, 2, LeverSet::ALL));
    }
}
