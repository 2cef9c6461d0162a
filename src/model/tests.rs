//! Walks every world that a small universe can reach.

use super::label::{Seen, SeenStatus};
use super::visible::VISIBLE;
use super::world::{Digest, Image, Tag};
use super::*;
use crate::history::Condition;
use crate::requirement;
use std::collections::{BTreeSet, HashSet, VecDeque};

const A: Image = Image(0);
const B: Image = Image(1);

/// Levers and operations that change something, over two images and two digests.
fn labels() -> Vec<Label> {
    let mut labels = vec![Label::Idle, Label::Settle, Label::Delete(Outcome::Accepted)];
    for image in [A, B] {
        for digest in [Digest(0), Digest(1)] {
            for condition in [Condition::Ready, Condition::Held, Condition::Failing] {
                labels.push(Label::Image(image, Tag::new(Some(digest), condition)));
            }
        }
        labels.push(Label::Image(image, Tag::MISSING));
        labels.push(Label::Create(image, Outcome::Accepted));
        labels.push(Label::Update(image, Outcome::Accepted));
        labels.push(Label::Update(image, Outcome::Refused));
    }
    labels.push(Label::Invoke(Invoked::Refused));
    labels.extend([0, 1].map(|digest| Label::Invoke(Invoked::Served(Some(Digest(digest))))));
    labels
}

/// Every world within `depth` labels of nothing, hidden steps included, with one image fixed to keep the walk short.
fn reachable(labels: &[Label], depth: usize) -> HashSet<World> {
    let model = Model::default();
    let mut seen = HashSet::from([World::EMPTY]);
    let mut queue = VecDeque::from([(World::EMPTY, 0)]);
    while let Some((world, at)) = queue.pop_front() {
        let mut after = Vec::new();
        model.hidden(&world, &mut after);
        let mut next: Vec<_> = after.drain(..).map(|world| (world, at)).collect();
        if at < depth {
            for label in labels {
                let _ = model.visible(&world, label, &mut after);
                next.extend(after.drain(..).map(|world| (world, at + 1)));
            }
        }
        for (world, at) in next {
            if seen.insert(world.clone()) {
                queue.push_back((world, at));
            }
        }
    }
    seen
}

fn world_invariants(world: &World) -> Result<(), &'static str> {
    let Some(f) = &world.function else { return Ok(()) };
    let preparing = f.state == State::Pending || f.status == Status::InProgress;
    let rules = [
        (f.state != State::Active || f.current.is_some(), "an Active function has code"),
        (f.state != State::Inactive || f.current.is_some(), "an Inactive function had code"),
        (f.current.is_none_or(|code| code.digest.is_some()), "what serves has a digest"),
        (preparing == f.next.is_some(), "something is prepared exactly while Pending or InProgress"),
        (preparing || f.older.is_empty(), "what was superseded is forgotten when the preparation ends"),
        (!f.woken || f.state == State::Inactive, "only an Inactive function is woken"),
        (f.from == world::From::Creation || f.state == State::Pending, "only a Pending function falls back"),
        (f.lost == Lost::No || f.state == State::Active, "only an Active function loses its image unnoticed"),
        (f.lost == Lost::No || f.current.is_some_and(|code| world.gone(code)), "what is lost is gone"),
        (f.older.is_sorted(), "superseded preparations are a set"),
    ];
    rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, rule)| Err(rule))
}

#[test]
fn every_reachable_world_keeps_the_invariants_and_has_no_dead_end() {
    let model = Model::default();
    let worlds = reachable(&labels(), 5);
    assert!(worlds.len() > 10_000, "{}", worlds.len());
    for world in &worlds {
        world_invariants(world).unwrap_or_else(|rule| panic!("{rule}: {world:?}"));
        // Whatever must happen can happen: some chain of hidden steps leads to a world that may settle.
        let mut closure = vec![world.clone()];
        let mut at = 0;
        while at < closure.len() {
            let mut after = Vec::new();
            model.hidden(&closure[at], &mut after);
            for world in after {
                if !closure.contains(&world) {
                    closure.push(world);
                }
            }
            at += 1;
        }
        assert!(closure.iter().any(|world| model.due(world).is_none()), "never settles: {world:?}");
    }
}

#[test]
fn every_row_is_reached_and_each_world_has_one_row_of_each_kind() {
    let worlds = reachable(&labels(), 5);
    for step in HIDDEN {
        let taken = worlds.iter().any(|world| {
            let mut after = Vec::new();
            if let Some(function) = &world.function {
                (step.apply)(world, function, &mut after);
            }
            !after.is_empty()
        });
        assert!(taken, "never taken: {}", step.name);
    }
    let kinds: BTreeSet<_> = VISIBLE.iter().map(|row| row.kind).collect();
    for kind in kinds {
        for world in &worlds {
            let rows = VISIBLE.iter().filter(|row| row.kind == kind && row.states.holds(world)).count();
            assert_eq!(rows, 1, "{kind:?} in {world:?}");
        }
        for row in VISIBLE.iter().filter(|row| row.kind == kind) {
            assert!(worlds.iter().any(|world| row.states.holds(world)), "{kind:?}: no world");
        }
    }
}

#[test]
fn each_requirement_that_a_history_can_break_is_a_suspect() {
    let suspects: BTreeSet<_> = breach::SUSPECTS.iter().map(|requirement| requirement.name).collect();
    assert_eq!(suspects.len(), breach::SUSPECTS.len());
    let elsewhere = [
        // Judged on answers, not by the automaton.
        "api.errors",
        "image.digest-reported",
        // The same breach as another, told apart by what the client had seen or what else was done.
        "readiness.active-then-invoke",
        "readiness.successful-then-new",
        "readiness.apart",
    ];
    for requirement in requirement::all() {
        assert_ne!(suspects.contains(requirement.name), elsewhere.contains(&requirement.name), "{}", requirement.name);
    }
}

#[test]
fn what_is_given_up_is_let_through() {
    let created = World { function: Some(Function::created(world::Code { image: A, digest: None })), images: vec![] };
    let label = Label::Get(Some(Seen { state: None, status: SeenStatus::Other, digest: None }));
    let mut after = Vec::new();
    let refused = Model::default().visible(&created, &label, &mut after).unwrap_err();
    assert_eq!(refused.name, "states.known");
    let relaxed = Model { relaxed: Some(refused), ..Model::default() };
    relaxed.visible(&created, &label, &mut after).unwrap();
    assert!(after.contains(&created));
}

#[test]
fn only_what_looks_changes_nothing() {
    let get = Label::Get(None);
    assert!(changes_nothing(&get) && changes_nothing(&Label::Update(A, Outcome::Refused)));
    assert!(!changes_nothing(&Label::Invoke(Invoked::Refused)), "it wakes an Inactive function");
    assert!(!changes_nothing(&Label::Invoke(Invoked::Served(None))), "it uses an idle function");
}
