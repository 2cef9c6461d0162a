//! Puts readings together to the operations of one history: what only the whole of them can tell.
//!
//! - A name at several endpoints may be one function or several; which, nobody can tell, so it is left out.
//! - After something of which nobody knows what it did, nothing is said of the function any more. What was under way at
//!   that moment keeps its effects and loses its answer.
//! - A reply that has the form of a digest names a code only if that digest was also reported, published, or named.
//! - What stands there twice happened once: recorders write a request again that they saw in two places.

use super::join::unanswered;
use super::{Reading, Reason, Replies, Tally, Untold};
use crate::history::{Answer, Call, Event, Name, Operation};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A reading, with the endpoint that the exchange was with.
#[derive(Debug, Clone)]
pub struct Read {
    /// What the exchange was; its times as wide as they can be meant.
    pub reading: Reading,
    /// The endpoint's base URL, or whatever tells endpoints apart.
    pub endpoint: Name,
}

/// The operations of a history, and what did not become one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gathered {
    /// The operations, by their starts.
    pub operations: Vec<Operation>,
    /// What was left out, or is only there as an operation without an answer.
    pub left_out: Tally,
    /// The endpoints that the operations are of.
    pub endpoints: BTreeSet<Name>,
}

/// Puts the readings together, which may come in any order.
#[must_use]
pub fn gather(reads: Vec<Read>, replies: &Replies) -> Gathered {
    let ambiguous = at_several_endpoints(&reads);
    let mut gathered = Gathered::default();
    let mut untold = Vec::new();
    for Read { reading, endpoint } in reads {
        if subject(&reading).is_some_and(|function| ambiguous.contains(function)) {
            gathered.left_out.count(Reason::SeveralEndpoints);
            continue;
        }
        let operation = match reading {
            Reading::Operation(operation) => operation,
            Reading::Replaced(operation, reason) => {
                gathered.left_out.count(reason);
                operation
            }
            Reading::LeftOut(reason) => {
                gathered.left_out.count(reason);
                continue;
            }
            Reading::Untold(one, reason) => {
                gathered.left_out.count(reason);
                untold.push(one);
                continue;
            }
        };
        gathered.endpoints.insert(endpoint);
        gathered.operations.push(operation);
    }
    gathered.operations.sort_by_key(|operation| (operation.start, operation.line));
    let horizon = Horizon::new(&untold);
    let operations = std::mem::take(&mut gathered.operations);
    for operation in without_repetitions(operations, &mut gathered.left_out) {
        match horizon.seen(operation) {
            Some(operation) => gathered.operations.push(operation),
            None => gathered.left_out.count(Reason::AfterUntold),
        }
    }
    forget_unknown_codes(&mut gathered.operations, replies);
    gathered
}

fn subject(reading: &Reading) -> Option<&Name> {
    match reading {
        Reading::Operation(operation) | Reading::Replaced(operation, _) => operation.event.function(),
        Reading::Untold(untold, _) => untold.function.as_ref(),
        Reading::LeftOut(_) => None,
    }
}

fn at_several_endpoints(reads: &[Read]) -> HashSet<Name> {
    let mut first: HashMap<&Name, &Name> = HashMap::new();
    let mut several = HashSet::new();
    for read in reads {
        if let Some(function) = subject(&read.reading)
            && *first.entry(function).or_insert(&read.endpoint) != &read.endpoint
        {
            several.insert(function.clone());
        }
    }
    several
}

/// Operations in order, each of them once.
fn without_repetitions(operations: Vec<Operation>, left_out: &mut Tally) -> Vec<Operation> {
    let mut kept: Vec<Operation> = Vec::with_capacity(operations.len());
    for operation in operations {
        let same =
            |one: &&Operation| (one.end, &one.event, &one.trace) == (operation.end, &operation.event, &operation.trace);
        let mut at_the_same_time = kept.iter().rev().take_while(|one| one.start == operation.start);
        if at_the_same_time.any(|one| same(&one)) {
            left_out.count(Reason::Repeated);
        } else {
            kept.push(operation);
        }
    }
    kept
}

/// From when on nothing is known of whom.
struct Horizon {
    all: Option<i64>,
    functions: HashMap<Name, i64>,
}

impl Horizon {
    fn new(untold: &[Untold]) -> Self {
        let mut horizon = Self { all: None, functions: HashMap::new() };
        for Untold { function, start } in untold {
            match function {
                None => horizon.all = Some(horizon.all.map_or(*start, |known| known.min(*start))),
                Some(function) => {
                    let known = horizon.functions.entry(function.clone()).or_insert(*start);
                    *known = (*known).min(*start);
                }
            }
        }
        horizon
    }

    /// What is left of the operation; `None` for nothing.
    fn seen(&self, mut operation: Operation) -> Option<Operation> {
        let Event::Call { function, call } = &operation.event else { return Some(operation) };
        let own = self.functions.get(function).copied();
        let Some(horizon) = own.into_iter().chain(self.all).min() else { return Some(operation) };
        if operation.start >= horizon {
            return None;
        }
        if operation.end.is_some_and(|end| end >= horizon) {
            if matches!(call, Call::Get { .. }) {
                return None;
            }
            operation.event = Event::Call { function: function.clone(), call: unanswered(call.clone()) };
            operation.end = None;
        }
        Some(operation)
    }
}

fn forget_unknown_codes(operations: &mut [Operation], replies: &Replies) {
    let mut known: HashSet<Name> = replies.digests().cloned().collect();
    for operation in operations.iter() {
        known.extend(match &operation.event {
            Event::Image { content, .. } => content.code.clone(),
            Event::Call { call: Call::Get { answer: Answer::Accepted(report) }, .. } => report.digest.clone(),
            _ => None,
        });
    }
    for operation in operations {
        if let Event::Call { call: Call::Invoke { answer: Answer::Accepted(served) }, .. } = &mut operation.event
            && served.as_ref().is_some_and(|digest| !known.contains(digest))
        {
            *served = None;
        }
    }
}
