//! Which promise a violating history breaks: the one whose repair lets the history go on furthest.
//!
//! Every requirement is given up in turn, and the history is judged again under the automaton so relaxed. The one under
//! which it goes on furthest is blamed; where several go equally far, the narrow before the wide.

use super::explain;
use super::frontier::Explanation;
use super::judge::Judge;
use super::memory::{Elsewhere, Memory, digest_of};
use super::trail::{Input, Key, Mark, Runner};
use crate::history::{Answer, Call, Event, Extent, Name, Operation};
use crate::model::Model;
use crate::model::breach::SUSPECTS;
use crate::model::label::Label;
use crate::model::world::World;
use crate::requirement::{Requirement, image, readiness, states, update};
use std::borrow::Cow;
use std::sync::Arc;

/// A violation, the requirement that is blamed for it, and why.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The function.
    pub function: Name,
    /// The operation at whose end nothing explained the function any more.
    pub operation: Arc<Operation>,
    /// Its number in the order of starts, from 0.
    pub at: u64,
    /// The requirement that is blamed.
    pub requirement: &'static Requirement,
    /// All requirements that explain as much, the blamed one first.
    pub suspects: Vec<&'static Requirement>,
    /// A requirement that is believed if other histories speak for it, and then explains this one as well.
    pub besides: Option<&'static Requirement>,
    /// Sentences: what the function could have been, what it said, and what that breaks.
    pub explanation: String,
}

/// What is asked of a trail: a violation at the return of `key`, which is the input at `at`.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) base: &'a Mark,
    pub(super) inputs: &'a [Input],
    pub(super) at: usize,
    pub(super) key: Key,
}

/// What the strict automaton knew just before the violation.
pub(super) struct Before {
    pub(super) worlds: Vec<World>,
    pub(super) memory: Memory,
    pub(super) label: Label,
    pub(super) operation: Arc<Operation>,
    /// What the answer breaks in the worlds that were possible.
    pub(super) direct: Vec<&'static Requirement>,
}

/// Blames a requirement for the violation at the input `at` of the function's trail.
pub(super) fn find(judge: &mut Judge, place: usize, at: usize, key: Key) -> Option<Finding> {
    let judged = &judge.functions[place];
    let case = Case { base: &judged.trail.base, inputs: &judged.trail.inputs, at, key };
    let before = before(judge.model(), case)?;
    let elsewhere = elsewhere(judge, place, &before.label);
    let judged = &judge.functions[place];
    let case = Case { base: &judged.trail.base, inputs: &judged.trail.inputs, at, key };
    let base = likely(judge.model(), case);
    let case = Case { base: &base, ..case };
    let reached: Vec<_> =
        SUSPECTS.iter().filter_map(|&suspect| Some((suspect, reach(judge.model(), suspect, case)?))).collect();
    let mut suspects = order(&before, &reached);
    let vague = suspects.first().is_none_or(|suspect| is_vague(suspect));
    if vague && apart(judge, &judged.name) {
        suspects.insert(0, &readiness::APART);
    }
    let mut refined: Vec<&'static Requirement> = Vec::new();
    for suspect in &suspects {
        let requirement = refine(&before, key, suspect, elsewhere);
        if !refined.contains(&requirement) {
            refined.push(requirement);
        }
    }
    // The status of before may be a look that came too late, or an update that ended too early.
    let is_either = refined.contains(&&readiness::FRESH) && suspects.contains(&&update::ENDS);
    let besides = is_either.then_some(&update::ENDS).filter(|ends| !refined.contains(ends));
    let requirement = *refined.first()?;
    let explanation = explain::violation(&judge.names, &judged.name, &before, requirement);
    let operation = before.operation;
    Some(Finding {
        function: judged.name.clone(),
        operation,
        at: key,
        requirement,
        suspects: refined,
        besides,
        explanation,
    })
}

/// Where the trail began, as far as that explains all before the violation.
///
/// Of an open world too much may have been before: a function that never was there explains whatever is said of it, once
/// `api.not-found` is given up.
fn likely(model: Model, case: Case<'_>) -> Cow<'_, Mark> {
    if model.extent == Extent::Closed {
        return Cow::Borrowed(case.base);
    }
    let alone = |explanation: &Explanation| {
        let mut mark = case.base.clone();
        mark.snapshot.configurations = vec![explanation.clone()];
        mark
    };
    let explains = |explanation: &Explanation| {
        let mut runner = Runner::restore(model, &alone(explanation));
        run(&mut runner, &case.inputs[..case.at]) == Some(case.at)
    };
    let mut mark = case.base.clone();
    mark.snapshot.configurations.retain(explains);
    Cow::Owned(mark)
}

/// Judges the trail again up to the violation, and remembers what the client had seen.
pub(super) fn before(model: Model, case: Case<'_>) -> Option<Before> {
    let mut runner = Runner::restore(model, case.base);
    let mut memory = Memory::at(case.base);
    let mut begun = None;
    for input in &case.inputs[..case.at] {
        if let Input::Begin { key, label, operation } = input
            && *key == case.key
        {
            begun = Some((*label, Arc::clone(operation)));
        }
        runner.feed(input).ok()?;
        memory.take_in(input, &runner);
    }
    let (label, operation) = begun?;
    let worlds: Vec<World> = runner.frontier.distinct_worlds();
    let mut direct = Vec::new();
    for world in &worlds {
        if let Err(requirement) = model.visible(world, &label, &mut Vec::new())
            && !direct.contains(&requirement)
        {
            direct.push(requirement);
        }
    }
    Some(Before { worlds, memory, label, operation, direct })
}

/// How far the history goes on if `suspect` is given up: the place of the first input after the violation at which
/// nothing explains it, or its length; `None` if the violation itself is not explained.
pub(super) fn reach(model: Model, suspect: &'static Requirement, case: Case<'_>) -> Option<usize> {
    let relaxed = Model { relaxed: Some(suspect), ..model };
    let mut runner = Runner::restore(relaxed, case.base);
    run(&mut runner, case.inputs).filter(|reached| *reached > case.at)
}

/// Feeds inputs until nothing explains them; the place of the one at which that is so, or their number.
pub(super) fn run(runner: &mut Runner, inputs: &[Input]) -> Option<usize> {
    for (place, input) in inputs.iter().enumerate() {
        runner.feed(input).ok()?;
        if matches!(input, Input::End { .. }) && runner.frontier.is_empty() {
            return Some(place);
        }
    }
    Some(inputs.len())
}

/// How hard it is to believe that this suspect is to blame, among those that explain as much.
///
/// An answer to anything but GetFunction speaks for itself: what it breaks in the worlds that were possible comes before
/// what may have happened unseen. What GetFunction shows is the trace of something that happened.
fn disbelief(before: &Before, suspect: &'static Requirement) -> (bool, bool) {
    let refused: &Requirement = &update::REFUSED_IS_NOTHING;
    match before.label {
        Label::Get(_) => (false, false),
        _ => (*suspect != *refused, !before.direct.contains(&suspect)),
    }
}

/// The places of all suspects, the most believable first: the first of them that explains everything is blamed.
pub(super) fn by_belief(before: &Before) -> Vec<usize> {
    let mut places: Vec<usize> = (0..SUSPECTS.len()).collect();
    places.sort_by_key(|place| disbelief(before, SUSPECTS[*place]));
    places
}

/// The suspects that let the history go on furthest, the most believable first.
pub(super) fn order(before: &Before, reached: &[(&'static Requirement, usize)]) -> Vec<&'static Requirement> {
    let furthest = reached.iter().map(|(_, reached)| *reached).max();
    let mut suspects: Vec<_> =
        reached.iter().filter(|(_, reached)| Some(*reached) == furthest).map(|(suspect, _)| *suspect).collect();
    suspects.sort_by_key(|suspect| disbelief(before, suspect));
    if suspects.is_empty() {
        // Two promises are broken at once: what the answer itself breaks is named.
        suspects.extend(SUSPECTS.iter().copied().filter(|suspect| before.direct.contains(suspect)));
    }
    if suspects.is_empty() {
        suspects.push(&states::ONLY_DOCUMENTED);
    }
    suspects
}

pub(super) fn refine(
    before: &Before,
    key: Key,
    suspect: &'static Requirement,
    elsewhere: Elsewhere,
) -> &'static Requirement {
    before.memory.at_begin(key).map_or(suspect, |memory| memory.refine(suspect, &before.label, elsewhere))
}

/// Whether the code that the label speaks of was deployed to another function.
fn elsewhere(judge: &Judge, place: usize, label: &Label) -> Elsewhere {
    let Some(digest) = digest_of(label) else { return Elsewhere::Not };
    let deployed = judge
        .tracks
        .values()
        .filter(|track| track.carried.contains(&digest))
        .any(|track| track.users.iter().any(|user| *user != place));
    if deployed { Elsewhere::Deployed } else { Elsewhere::Not }
}

/// Whether this is broken by so many things that what was done to another function explains it better, and so does a
/// requirement that says more.
pub(crate) fn is_vague(suspect: &Requirement) -> bool {
    let vague: [&Requirement; 6] = [
        &states::ONLY_DOCUMENTED,
        &states::INACTIVE_AFTER_IDLE,
        &readiness::FRESH,
        &update::ENDS,
        &update::STATE_APART,
        &image::DIGEST_RECORDED,
    ];
    vague.contains(&suspect)
}

/// Whether the history of this function conforms if what was done to the others may have been done to it, too.
fn apart(judge: &Judge, function: &Name) -> bool {
    let Some(all) = judge.all.as_ref().filter(|_| judge.functions.len() > 1) else { return false };
    let mut mixed = Judge::with_model(judge.model());
    let mut lives = false;
    for operation in all {
        let mut operation = Operation::clone(operation);
        let own = operation.event.function().is_none_or(|name| name == function);
        lives |= own && operation.event.function().is_some();
        if !own {
            if !lives || !may_reach(&mut operation.event, function) {
                continue;
            }
            operation.end = None;
        }
        if mixed.push(operation).is_err() {
            return false;
        }
    }
    mixed.conforms()
}

/// Turns what was done to another function into something that may have been done to this one; `false` if it was
/// nothing that could change a function.
fn may_reach(event: &mut Event, function: &Name) -> bool {
    let changes = match event {
        Event::Idle { .. } => true,
        Event::Call { call: Call::Update { answer, .. } | Call::Delete { answer }, .. } => {
            let accepted = *answer != Answer::Refused;
            *answer = Answer::Unknown;
            accepted
        }
        Event::Call { call: Call::Invoke { answer }, .. } => {
            let refused = *answer == Answer::Refused;
            *answer = Answer::Unknown;
            refused
        }
        _ => false,
    };
    if let Event::Call { function: name, .. } | Event::Idle { function: name } = event {
        *name = function.clone();
    }
    changes
}
