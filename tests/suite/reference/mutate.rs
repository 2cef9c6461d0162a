//! Small alterations of a history; whether what comes out is still legal is for the judge to say.

use std::fmt;

use fnconform::history::{Answer, Call, Event, History, Name, Operation, Report};

use super::random::Random;

/// What was altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Mutation {
    State,
    Status,
    Digest,
    Served,
    Flip,
    Drop,
    Shift,
    Swap,
}

impl Mutation {
    pub(crate) const ALL: [Self; 8] =
        [Self::State, Self::Status, Self::Digest, Self::Served, Self::Flip, Self::Drop, Self::Shift, Self::Swap];
}

impl fmt::Display for Mutation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

/// The history with one alteration; `None` if it has nothing that could be altered so.
pub(crate) fn mutated(history: &History, mutation: Mutation, random: &mut Random) -> Option<History> {
    let mut altered = history.clone();
    let operations = &mut altered.operations;
    match mutation {
        Mutation::State => {
            let state = *random.pick(&["Pending", "Active", "Failed", "Inactive", "InActive"]);
            one(operations, random, report).map(|report| report.state = state.into())?;
        }
        Mutation::Status => {
            let status = *random.pick(&[None, Some("InProgress"), Some("Successful"), Some("Failed")]);
            one(operations, random, report).map(|report| report.status = status.map(Name::from))?;
        }
        Mutation::Digest => {
            let digest = *random.pick(&["a", "b", "c"]);
            one(operations, random, report).map(|report| report.digest = Some(digest.into()))?;
        }
        Mutation::Served => {
            let digest = *random.pick(&["a", "b", "c"]);
            one(operations, random, served).map(|served| *served = Some(digest.into()))?;
        }
        Mutation::Flip => {
            let state = *random.pick(&["Pending", "Active", "Failed", "Inactive"]);
            one(operations, random, answered).map(|call| flip(call, state))?;
        }
        Mutation::Drop => {
            let index = random.below(operations.len());
            operations.remove(index);
        }
        Mutation::Shift => {
            let operation = one(operations, random, |operation| operation.end.is_some().then_some(operation))?;
            let by = *random.pick(&[-90, -30, -8, 8, 30, 90]);
            operation.start += by;
            operation.end = operation.end.map(|end| end + by);
        }
        Mutation::Swap => {
            let kinds = operations.iter().enumerate().filter_map(|(index, each)| Some((index, kind(each)?)));
            let kinds: Vec<(usize, usize)> = kinds.collect();
            let &(first, its) = (!kinds.is_empty()).then(|| random.pick(&kinds))?;
            let others: Vec<usize> =
                kinds.iter().filter(|&&(index, kind)| kind == its && index != first).map(|&(index, _)| index).collect();
            let second = *(!others.is_empty()).then(|| random.pick(&others))?;
            let (low, high) = operations.split_at_mut(first.max(second));
            swap(&mut low[first.min(second)].event, &mut high[0].event);
        }
    }
    (altered.operations != history.operations).then_some(renumbered(altered))
}

/// Files are numbered in the order of start.
fn renumbered(mut history: History) -> History {
    history.operations.sort_by_key(|operation| operation.start);
    for (index, operation) in history.operations.iter_mut().enumerate() {
        operation.line = index + 1;
    }
    history
}

/// A random one of those parts that `part` finds.
fn one<'a, T>(
    operations: &'a mut [Operation],
    random: &mut Random,
    part: impl Fn(&'a mut Operation) -> Option<&'a mut T>,
) -> Option<&'a mut T> {
    let mut parts: Vec<&mut T> = operations.iter_mut().filter_map(part).collect();
    if parts.is_empty() { None } else { Some(parts.swap_remove(random.below(parts.len()))) }
}

fn report(operation: &mut Operation) -> Option<&mut Report> {
    match &mut operation.event {
        Event::Call { call: Call::Get { answer: Answer::Accepted(report) }, .. } => Some(report),
        _ => None,
    }
}

fn served(operation: &mut Operation) -> Option<&mut Option<Name>> {
    match &mut operation.event {
        Event::Call { call: Call::Invoke { answer: Answer::Accepted(served) }, .. } => Some(served),
        _ => None,
    }
}

fn answered(operation: &mut Operation) -> Option<&mut Call> {
    match &mut operation.event {
        Event::Call { call, .. } if operation.end.is_some() => Some(call),
        _ => None,
    }
}

/// The opposite answer.
fn flip(call: &mut Call, state: &str) {
    match call {
        Call::Create { answer, .. } | Call::Update { answer, .. } | Call::Delete { answer } => opposite(answer, ()),
        Call::Get { answer } => opposite(answer, Report { state: state.into(), status: None, digest: None }),
        Call::Invoke { answer } => opposite(answer, None),
    }
}

fn opposite<T>(answer: &mut Answer<T>, said: T) {
    *answer = match answer {
        Answer::Accepted(_) => Answer::Refused,
        Answer::Refused | Answer::Unknown => Answer::Accepted(said),
    };
}

/// Which answers can be swapped with which.
fn kind(operation: &Operation) -> Option<usize> {
    let Event::Call { call, .. } = &operation.event else { return None };
    operation.end?;
    Some(match call {
        Call::Create { .. } | Call::Update { .. } | Call::Delete { .. } => 0,
        Call::Get { .. } => 1,
        Call::Invoke { .. } => 2,
    })
}

fn swap(first: &mut Event, second: &mut Event) {
    let (Event::Call { call: first, .. }, Event::Call { call: second, .. }) = (first, second) else { return };
    match (first, second) {
        (Call::Get { answer: first }, Call::Get { answer: second }) => std::mem::swap(first, second),
        (Call::Invoke { answer: first }, Call::Invoke { answer: second }) => std::mem::swap(first, second),
        (
            Call::Create { answer: first, .. } | Call::Update { answer: first, .. } | Call::Delete { answer: first },
            Call::Create { answer: second, .. } | Call::Update { answer: second, .. } | Call::Delete { answer: second },
        ) => std::mem::swap(first, second),
        _ => {}
    }
}
