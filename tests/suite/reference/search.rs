//! The plain search: does some interleaving explain what was seen of each function?
//!
//! Nothing is clever here. An operation may go next when no operation that still has to take its place ended before it
//! started. Every order that this allows, with every hidden step between, is tried; what was tried is remembered.

use std::collections::{BTreeSet, HashSet};

use fnconform::history::{Answer, Call, Event, History, IdleRule, Name, Operation};

use super::automaton::{World, hidden, visible};
use super::rows::Row;

/// How the search is to look at a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    /// What is known, at a return, of an operation that has not returned: its answer (it still may or may not have
    /// taken effect), or nothing.
    pub(crate) foresight: bool,
    /// A row of the automaton to do without, to see what it is good for.
    pub(crate) without: Option<Row>,
}

/// What [`judge`] does.
pub(crate) const PLAIN: Way = Way { foresight: false, without: None };

/// `Ok` if the history conforms; else the index, in `history.operations`, of the operation at whose end nothing
/// explained its function any more (of several functions that on the smallest line).
pub(crate) fn judge(history: &History) -> Result<(), usize> {
    judge_by(history, PLAIN)
}

/// The same in another way.
pub(crate) fn judge_by(history: &History, way: Way) -> Result<(), usize> {
    let functions: BTreeSet<&Name> = history.operations.iter().filter_map(|each| each.event.function()).collect();
    let accused = functions.into_iter().filter_map(|function| judge_function(history, function, way).err());
    match accused.min_by_key(|&index| (history.operations[index].line, index)) {
        Some(index) => Err(index),
        None => Ok(()),
    }
}

/// The judgement on one function.
pub(crate) fn judge_function(history: &History, function: &Name, way: Way) -> Result<(), usize> {
    let all: Vec<usize> = relevant(history, function);
    let operations: Vec<Operation> = all.iter().map(|&index| history.operations[index].clone()).collect();
    if explained(&operations, history.header.idle, way.without) {
        return Ok(());
    }
    let mut returns: Vec<(i64, usize)> =
        (0..operations.len()).filter_map(|each| Some((operations[each].end?, each))).collect();
    returns.sort_unstable();
    for last in 0..returns.len() {
        let prefix = prefix(&operations, &returns[..=last], way.foresight);
        if !explained(&prefix, history.header.idle, way.without) {
            return Err(all[returns[last].1]);
        }
    }
    unreachable!("the last prefix leaves out nothing that could be a violation");
}

/// The operations on a function, and those on the images that it was ever asked to use.
fn relevant(history: &History, function: &Name) -> Vec<usize> {
    let used: BTreeSet<&Name> = history.operations.iter().filter_map(|each| image_of(&each.event, function)).collect();
    let concerns = |event: &Event| match event {
        Event::Image { image, .. } => used.contains(image),
        other => other.function() == Some(function),
    };
    (0..history.operations.len()).filter(|&index| concerns(&history.operations[index].event)).collect()
}

fn image_of<'a>(event: &'a Event, function: &Name) -> Option<&'a Name> {
    match event {
        Event::Call { function: its, call: Call::Create { image, .. } | Call::Update { image, .. } }
            if its == function =>
        {
            Some(image)
        }
        _ => None,
    }
}

/// What was known when the last of `returned` returned: what started later is left out, and what has not returned is
/// an operation without an answer.
fn prefix(operations: &[Operation], returned: &[(i64, usize)], foresight: bool) -> Vec<Operation> {
    let now = returned.last().map_or(i64::MIN, |&(end, _)| end);
    let mut prefix = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        if returned.iter().any(|&(_, each)| each == index) {
            prefix.push(operation.clone());
        } else if operation.start <= now {
            let event = if foresight { operation.event.clone() } else { without_answer(&operation.event) };
            prefix.push(Operation { end: None, event, ..operation.clone() });
        }
    }
    prefix
}

/// The operation as it stands while its answer has not come.
fn without_answer(event: &Event) -> Event {
    let Event::Call { function, call } = event else { return event.clone() };
    let call = match call.clone() {
        Call::Create { image, .. } => Call::Create { image, answer: Answer::Unknown },
        Call::Update { image, .. } => Call::Update { image, answer: Answer::Unknown },
        Call::Get { .. } => Call::Get { answer: Answer::Unknown },
        Call::Invoke { .. } => Call::Invoke { answer: Answer::Unknown },
        Call::Delete { .. } => Call::Delete { answer: Answer::Unknown },
    };
    Event::Call { function: function.clone(), call }
}

/// Whether something explains these operations on one function: those that ended took effect within their intervals,
/// the others at any later time or never.
fn explained(operations: &[Operation], rule: IdleRule, without: Option<Row>) -> bool {
    assert!(operations.len() <= 128, "the naive search is for small histories");
    let bit = |index: usize| 1_u128 << index;
    let ended: u128 =
        (0..operations.len()).filter(|&index| operations[index].end.is_some()).map(bit).fold(0, |set, each| set | each);
    // What must have taken its place before each operation may.
    let before: Vec<u128> = operations
        .iter()
        .map(|operation| {
            let precedes = |&other: &usize| operations[other].end.is_some_and(|end| end < operation.start);
            (0..operations.len()).filter(precedes).map(bit).fold(0, |set, each| set | each)
        })
        .collect();

    let mut tried = HashSet::new();
    let mut untried = vec![(0_u128, World::default())];
    while let Some((placed, world)) = untried.pop() {
        if placed & ended == ended {
            return true;
        }
        if !tried.insert((placed, world.clone())) {
            continue;
        }
        for step in hidden(&world, rule) {
            if Some(step.row) != without {
                untried.push((placed, step.to));
            }
        }
        for (index, operation) in operations.iter().enumerate() {
            if placed & bit(index) == 0 && placed & before[index] == before[index] {
                for next in visible(&world, &operation.event) {
                    untried.push((placed | bit(index), next));
                }
            }
        }
    }
    false
}
