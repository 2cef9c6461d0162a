//! Which requirements a history has put to the test.
//!
//! A requirement is exercised by an operation if another answer in its place would have made the history a violation of
//! that name. So other answers are put in its place, one by one, and the history so changed is judged and blamed as
//! any other would be.

use super::blame::{self, Before};
use super::judge::{Judge, LOOKAHEAD, Verdict};
use super::memory::{Elsewhere, Memory};
use super::trail::{Input, Key, Runner, Trail};
use super::{JudgeError, by_start};
use crate::history::{Event, History, Operation};
use crate::model::Model;
use crate::model::breach::SUSPECTS;
use crate::model::label::{Invoked, Label, Outcome, Seen, SeenStatus};
use crate::model::world::{Digest, State, Status, World};
use crate::requirement::{Requirement, readiness};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a history has put to the test.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exercise {
    /// How many operations exercised each requirement, by name.
    pub counts: BTreeMap<&'static str, usize>,
    /// The refused operations on a function that surely was not there, by their place in the history.
    pub absent: Vec<usize>,
    /// How many updates were refused of a function that surely was there.
    pub refused_updates: usize,
}

/// A digest that nothing was ever published with.
const BOGUS: Digest = Digest(u32::MAX);

/// What the history has put to the test.
///
/// What the automaton does not judge (`api.errors`, `image.digest-reported`, the form of `api.not-found`) is counted by
/// those who judge it.
///
/// # Errors
/// If histories of that kind are not judged.
pub fn exercise(history: &History) -> Result<Exercise, JudgeError> {
    let mut judge = Judge::new(&history.header)?;
    let sorted = by_start(&history.operations);
    for operation in &sorted {
        judge.push(Operation::clone(operation))?;
    }
    judge.return_all();
    let mut exercise = Exercise::default();
    let alone = judge.functions.len() < 2;
    for judged in &judge.functions {
        let upto = match judged.verdict {
            Verdict::Open => judged.trail.inputs.len(),
            Verdict::Violated { at, .. } => at,
            Verdict::Done(_) => continue,
        };
        let mut bench = Bench::new(judge.model(), &judged.trail, upto);
        for (key, operation) in bench.answered() {
            for requirement in bench.broken_by_other_answers(key) {
                if alone || !blame::is_vague(requirement) {
                    *exercise.counts.entry(requirement.name).or_default() += 1;
                }
            }
            if bench.was_refused_update(key) && bench.surely(key, |world| world.function.is_some()) {
                exercise.refused_updates += 1;
            }
            if bench.surely_absent(key)
                && let Some(place) = history.operations.iter().position(|known| *known == *operation)
            {
                exercise.absent.push(place);
            }
        }
    }
    exercise.absent.sort_unstable();
    let overlapping = overlapping_functions(&sorted);
    if overlapping > 0 {
        *exercise.counts.entry(readiness::APART.name).or_default() += overlapping;
    }
    Ok(exercise)
}

/// How many functions live while another one does.
fn overlapping_functions(operations: &[&Operation]) -> usize {
    let mut lives: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for operation in operations {
        if let Event::Call { function, .. } = &operation.event {
            let end = operation.end.unwrap_or(operation.start);
            let life = lives.entry(function).or_insert((operation.start, end));
            life.1 = life.1.max(end);
        }
    }
    let spans: Vec<(i64, i64)> = lives.into_values().collect();
    let overlaps = |a: &(i64, i64), b: &(i64, i64)| a.0 <= b.1 && b.0 <= a.1;
    let alive_with_another = |(place, a): &(usize, &(i64, i64))| {
        spans.iter().enumerate().any(|(other, b)| other != *place && overlaps(a, b))
    };
    spans.iter().enumerate().filter(alive_with_another).count()
}

/// A runner with where it stood before each input.
struct Line {
    runner: Runner,
    saved: Vec<Option<SavedRunner>>,
}

type SavedRunner = (super::frontier::Saved, super::trail::Slots);

impl Line {
    /// Runs the inputs, and keeps where the runner stood before each operation began.
    fn run(model: Model, trail: &Trail, inputs: &[Input]) -> Self {
        let mut runner = Runner::restore(model, &trail.base);
        let mut saved = Vec::with_capacity(inputs.len());
        let mut alive = true;
        for input in inputs {
            saved.push((alive && matches!(input, Input::Begin { .. })).then(|| runner.save()));
            alive = alive && runner.feed(input).is_ok();
        }
        Self { runner, saved }
    }
}

/// One function's history, set up so that answers can be changed one at a time.
struct Bench<'a> {
    model: Model,
    inputs: &'a [Input],
    strict: Line,
    /// The lines of the suspects, by their places, made when first asked for.
    relaxed: Vec<Option<Line>>,
    /// What the client remembered when each operation began.
    memories: BTreeMap<Key, Memory>,
    trail: &'a Trail,
}

impl<'a> Bench<'a> {
    fn new(model: Model, trail: &'a Trail, upto: usize) -> Self {
        let inputs = &trail.inputs[..upto];
        let mut runner = Runner::restore(model, &trail.base);
        let mut memory = Memory::at(&trail.base);
        let mut memories = BTreeMap::new();
        for input in inputs {
            if runner.feed(input).is_err() {
                break;
            }
            memory.take_in(input, &runner);
            if let Input::Begin { key, .. } = input {
                memories.insert(*key, memory.clone());
            }
        }
        let strict = Line::run(model, trail, inputs);
        let relaxed = SUSPECTS.iter().map(|_| None).collect();
        Self { model, inputs, strict, relaxed, memories, trail }
    }

    /// The operations that were answered, by their keys.
    fn answered(&self) -> Vec<(Key, Arc<Operation>)> {
        let begun = |input: &Input| match input {
            Input::Begin { key, operation, .. } if matches!(operation.event, Event::Call { .. }) => {
                Some((*key, Arc::clone(operation)))
            }
            _ => None,
        };
        self.inputs.iter().filter_map(begun).collect()
    }

    fn span(&self, key: Key) -> Option<(usize, usize, Label, Arc<Operation>)> {
        let begin = self.inputs.iter().position(|input| matches!(input, Input::Begin { key: k, .. } if *k == key))?;
        let end = self.inputs.iter().position(|input| matches!(input, Input::End { key: k } if *k == key))?;
        match &self.inputs[begin] {
            Input::Begin { label, operation, .. } => Some((begin, end, *label, Arc::clone(operation))),
            _ => None,
        }
    }

    /// The requirements that some other answer to this operation would have broken.
    fn broken_by_other_answers(&mut self, key: Key) -> Vec<&'static Requirement> {
        let mut broken: Vec<&'static Requirement> = Vec::new();
        let Some((begin, end, label, operation)) = self.span(key) else { return broken };
        for other in self.other_answers(begin, label) {
            if let Some(requirement) = self.blame(key, begin, end, other, &operation)
                && !broken.contains(&requirement)
            {
                broken.push(requirement);
            }
        }
        broken
    }

    /// Whether the function surely was not there when the operation was refused.
    fn surely_absent(&mut self, key: Key) -> bool {
        let Some((begin, end, label, _)) = self.span(key) else { return false };
        let refused = matches!(
            label,
            Label::Get(None)
                | Label::Update(_, Outcome::Refused)
                | Label::Delete(Outcome::Refused)
                | Label::Invoke(Invoked::Refused)
        );
        refused && begin + 1 == end && self.surely(key, |world| world.function.is_none())
    }

    fn was_refused_update(&self, key: Key) -> bool {
        self.span(key).is_some_and(|(_, _, label, _)| matches!(label, Label::Update(_, Outcome::Refused)))
    }

    /// Whether it held in every world when the operation began, nothing else being under way that could change it.
    fn surely(&mut self, key: Key, holds: impl Fn(&World) -> bool) -> bool {
        let Some((begin, end, _, _)) = self.span(key) else { return false };
        let Some(saved) = self.strict.saved[begin].as_ref().filter(|_| begin + 1 == end) else { return false };
        self.strict.runner.load(saved);
        let open = self.strict.runner.is_busy() || self.strict.runner.frontier.has_unanswered();
        !open && self.strict.runner.frontier.worlds().all(|world| holds(&world))
    }

    /// What is blamed if the operation had been answered so; `None` if the history were no violation at its end.
    fn blame(
        &mut self,
        key: Key,
        begin: usize,
        end: usize,
        label: Label,
        operation: &Arc<Operation>,
    ) -> Option<&'static Requirement> {
        let changed = Input::Begin { key, label, operation: Arc::clone(operation) };
        let strict = &mut self.strict;
        strict.runner.load(strict.saved[begin].as_ref()?);
        strict.runner.feed(&changed).ok()?;
        for input in &self.inputs[begin + 1..end] {
            strict.runner.feed(input).ok()?;
            if strict.runner.frontier.is_empty() {
                return None;
            }
        }
        let worlds = strict.runner.frontier.distinct_worlds();
        strict.runner.feed(&self.inputs[end]).ok()?;
        if !strict.runner.frontier.is_empty() {
            return None;
        }
        let mut direct: Vec<&'static Requirement> = Vec::new();
        for world in &worlds {
            if let Err(requirement) = self.model.visible(world, &label, &mut Vec::new()) {
                direct.push(requirement);
            }
        }
        let memory = self.memories.get(&key)?.clone();
        let before = Before { worlds, memory, label, operation: Arc::clone(operation), direct };
        let limit = self.inputs.len().min(end + 1 + LOOKAHEAD);
        let mut reached = Vec::new();
        for place in blame::by_belief(&before) {
            let inputs = &self.inputs[begin + 1..limit];
            let line = self.relaxed(place);
            let Some(saved) = &line.saved[begin] else { continue };
            line.runner.load(saved);
            line.runner.feed(&changed).ok()?;
            let reach = begin + 1 + blame::run(&mut line.runner, inputs)?;
            if reach > end {
                reached.push((SUSPECTS[place], reach));
            }
            // Nobody reaches further, and nobody who is left is believed before this one.
            if reach == limit {
                break;
            }
        }
        // One of several that explain as much is believed, but it would be bold to count on it.
        let first = *blame::order(&before, &reached).first()?;
        Some(blame::refine(&before, key, first, Elsewhere::Not))
    }

    /// The line of the suspect at that place.
    fn relaxed(&mut self, place: usize) -> &mut Line {
        let Self { model, trail, inputs, relaxed, .. } = self;
        let model = Model { relaxed: Some(SUSPECTS[place]), ..*model };
        relaxed[place].get_or_insert_with(|| Line::run(model, trail, inputs))
    }

    /// Other answers that the endpoint might have given.
    fn other_answers(&mut self, begin: usize, label: Label) -> Vec<Label> {
        let digests = self.strict.saved[begin].as_ref().map_or_else(BTreeSet::new, |saved| {
            self.strict.runner.load(saved);
            self.strict.runner.frontier.worlds().flat_map(|world| digests_of(&world).collect::<Vec<_>>()).collect()
        });
        let mut digests: Vec<Digest> = digests.into_iter().collect();
        digests.push(BOGUS);
        let mut others = match label {
            Label::Create(image, _) => {
                vec![Label::Create(image, Outcome::Accepted), Label::Create(image, Outcome::Refused)]
            }
            Label::Update(image, _) => {
                vec![Label::Update(image, Outcome::Accepted), Label::Update(image, Outcome::Refused)]
            }
            Label::Delete(_) => vec![Label::Delete(Outcome::Accepted), Label::Delete(Outcome::Refused)],
            Label::Invoke(_) => {
                let served = digests.iter().map(|digest| Label::Invoke(Invoked::Served(Some(*digest))));
                served.chain([Label::Invoke(Invoked::Refused), Label::Invoke(Invoked::Served(None))]).collect()
            }
            Label::Get(seen) => reports(seen, &digests),
            Label::Image(..) | Label::Idle | Label::Settle => Vec::new(),
        };
        others.retain(|other| *other != label);
        others
    }
}

/// Reports that differ from this one in one respect.
fn reports(seen: Option<Seen>, digests: &[Digest]) -> Vec<Label> {
    let shown =
        seen.unwrap_or(Seen { state: Some(State::Active), status: SeenStatus::Known(Status::None), digest: None });
    let states = State::ALL.into_iter().map(Some).chain([None]).map(|state| Seen { state, ..shown });
    let statuses = [Status::None].into_iter().chain(Status::NAMED).map(SeenStatus::Known).chain([SeenStatus::Other]);
    let statuses = statuses.map(|status| Seen { status, ..shown });
    let digests = digests.iter().map(|digest| Seen { digest: Some(*digest), ..shown });
    states.chain(statuses).chain(digests).map(|seen| Label::Get(Some(seen))).chain([Label::Get(None)]).collect()
}

fn digests_of(world: &World) -> impl Iterator<Item = Digest> {
    let function = world.function.iter();
    let codes = function.flat_map(|f| [f.current, f.next, Some(f.latest)].into_iter().flatten().chain(f.older.clone()));
    codes.filter_map(|code| code.digest).chain(world.images.iter().filter_map(|(_, tag)| tag.digest))
}
