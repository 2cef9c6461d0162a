//! How much passed, what was recorded of it, and what came to light: counters as plain data.

use crate::exchange::Reason;
use crate::history::{Operation, write};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many violations are listed; all are counted.
const LISTED: usize = 100;

/// A promise that the endpoint broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The name of the requirement.
    pub requirement: &'static str,
    /// The function.
    pub function: String,
    /// The line of the operation at whose end nothing explained the function any more, if a file has it.
    pub line: Option<usize>,
    /// Why.
    pub explanation: String,
}

/// Why a request to a function did not become an operation, or not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drop {
    /// Nothing of it was sent to the endpoint.
    NotSent,
    /// What was asked or answered says so.
    Read(Reason),
}

impl Drop {
    /// What the requests are.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "requests that were not sent",
            Self::Read(reason) => reason.as_str(),
        }
    }
}

/// Whether something still goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Going {
    /// It does.
    On,
    /// It was not asked for.
    Off,
    /// It stopped, for this reason.
    Stopped(String),
}

impl Going {
    fn json(&self) -> Value {
        match self {
            Self::On => json!({ "state": "on" }),
            Self::Off => json!({ "state": "off" }),
            Self::Stopped(reason) => json!({ "state": "stopped", "reason": reason }),
        }
    }
}

/// What was recorded and judged.
#[derive(Debug, Clone)]
pub struct Book {
    /// The operations, by their word.
    pub operations: BTreeMap<&'static str, u64>,
    /// Those of them that have no answer.
    pub unanswered: u64,
    /// Calls of the API with an answer: what can be judged.
    pub answered: u64,
    /// How many functions they are about.
    pub functions: usize,
    /// Requests to functions that did not become an operation, or not all of it.
    pub left_out: BTreeMap<Drop, u64>,
    /// Operations that lasted so long that their answers were not judged.
    pub late: u64,
    /// Messages that could not be kept.
    pub dropped: u64,
    /// How many violations, by requirement.
    pub violated: BTreeMap<&'static str, u64>,
    /// The first of them.
    pub violations: Vec<Violation>,
    /// Functions of which it could not be told whether all is explained. Known at the end.
    pub inconclusive: usize,
    /// Whether a file is written.
    pub recording: Going,
    /// Whether what is recorded is judged.
    pub judging: Going,
    /// The length of the file.
    pub bytes: u64,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            operations: BTreeMap::new(),
            unanswered: 0,
            answered: 0,
            functions: 0,
            left_out: BTreeMap::new(),
            late: 0,
            dropped: 0,
            violated: BTreeMap::new(),
            violations: Vec::new(),
            inconclusive: 0,
            recording: Going::On,
            judging: Going::On,
            bytes: 0,
        }
    }
}

impl Book {
    pub(super) fn drop(&mut self, why: Drop) {
        *self.left_out.entry(why).or_default() += 1;
    }

    pub(super) fn operation(&mut self, operation: &Operation) {
        *self.operations.entry(write::word(&operation.event)).or_default() += 1;
        if operation.end.is_none() {
            self.unanswered += 1;
        } else if matches!(operation.event, crate::history::Event::Call { .. }) {
            self.answered += 1;
        }
    }

    pub(super) fn violation(&mut self, violation: Violation) {
        *self.violated.entry(violation.requirement).or_default() += 1;
        if self.violations.len() < LISTED {
            self.violations.push(violation);
        }
    }

    /// How many violations there are.
    #[must_use]
    pub fn violations(&self) -> u64 {
        self.violated.values().sum()
    }

    /// How many operations there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.operations.values().sum()
    }
}

/// What passed, counted where it passes.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    pub(super) requests: AtomicU64,
    pub(super) passed: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) unreachable: AtomicU64,
    pub(super) lost: AtomicU64,
    pub(super) in_flight: AtomicI64,
}

/// All that is counted.
#[derive(Debug, Default)]
pub(super) struct Status {
    pub(super) traffic: Traffic,
    book: Mutex<Book>,
}

impl Status {
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let traffic = &self.traffic;
        Snapshot {
            requests: of(&traffic.requests),
            passed: of(&traffic.passed),
            refused: of(&traffic.refused),
            unreachable: of(&traffic.unreachable),
            lost: of(&traffic.lost),
            in_flight: traffic.in_flight.load(Ordering::Relaxed),
            book: self.book().clone(),
        }
    }
}

/// All that is counted, at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Requests that came.
    pub requests: u64,
    /// Those of them that are about no function, and only passed.
    pub passed: u64,
    /// Those that asked for what is not proxied.
    pub refused: u64,
    /// Those that could not be sent because the endpoint could not be reached.
    pub unreachable: u64,
    /// Those that were sent and not answered.
    pub lost: u64,
    /// Those under way.
    pub in_flight: i64,
    /// What was recorded and judged.
    pub book: Book,
}

impl Snapshot {
    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let book = &self.book;
        let left_out: BTreeMap<&str, u64> = book.left_out.iter().map(|(why, count)| (why.as_str(), *count)).collect();
        let violations = book.violations.iter().map(|one| {
            json!({
                "requirement": one.requirement,
                "function": one.function,
                "line": one.line,
                "explanation": one.explanation,
            })
        });
        json!({
            "requests": self.requests,
            "passed": self.passed,
            "refused": self.refused,
            "in_flight": self.in_flight,
            "upstream_errors": { "unreachable": self.unreachable, "lost": self.lost },
            "operations": book.operations,
            "functions": book.functions,
            "unknown": book.unanswered,
            "left_out": left_out,
            "not_judged": book.late,
            "dropped": book.dropped,
            "violations": book.violations(),
            "violated": violations.collect::<Vec<_>>(),
            "recording": book.recording.json(),
            "judging": book.judging.json(),
            "bytes": book.bytes,
        })
    }
}
