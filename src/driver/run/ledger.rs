//! What a run has seen so far: every case is taken in here, told to whoever watches, and kept for what comes after.

use super::super::event::{Broken, CaseEnded, Event, What};
use super::super::judged::JudgedCase;
use super::super::readings;
use super::super::result::ScenarioResult;
use super::super::{record, sha256};
use super::watcher::Watcher;
use crate::driver::endpoint::Endpoint;
use crate::requirement::Requirement;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The cases and the events of a run, in the order in which they came.
pub(super) struct Ledger<'a> {
    endpoint: Arc<Endpoint>,
    began: Instant,
    watcher: &'a dyn Watcher,
    pages: Mutex<Pages>,
}

#[derive(Default)]
struct Pages {
    events: Vec<Event>,
    cases: Vec<JudgedCase>,
}

impl<'a> Ledger<'a> {
    /// An empty one.
    pub(super) fn new(endpoint: Arc<Endpoint>, began: Instant, watcher: &'a dyn Watcher) -> Self {
        Self { endpoint, began, watcher, pages: Mutex::default() }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that something happened.
    pub(super) fn tell(&self, what: What) {
        let at_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let event = Event { at_ms, what };
        let mut pages = self.pages();
        // Under the lock, so that they are seen in the order in which they are kept.
        self.watcher.see(&event);
        pages.events.push(event);
    }

    /// Takes in a case that is over.
    pub(super) fn take_in(&self, case: JudgedCase) {
        let ended = self.ended(&case);
        self.pages().cases.push(case);
        self.tell(What::CaseEnded(ended));
    }

    /// Takes in a scenario that is over, with the case that it was, if it was one.
    pub(super) fn take_in_scenario(&self, scenario: ScenarioResult, case: Option<JudgedCase>) {
        case.into_iter().for_each(|case| self.take_in(case));
        self.tell(What::ScenarioEnded(scenario));
    }

    fn ended(&self, case: &JudgedCase) -> CaseEnded {
        let record = &case.record;
        // A case for which there was no room saw nothing.
        let sha256 = (!record.history.operations.is_empty()).then(|| {
            let text = record::text(&record.plan, &record.history);
            self.watcher.keep(&format!("histories/{}.ndjson", record.name), &text);
            sha256::hex(&text)
        });
        let requests = self.endpoint.requests();
        let broken = |requirement: &'static Requirement| {
            let (line, explanation) = case.evidence(requirement)?;
            let found_after = case.seen_at(requirement).map_or(requests, |origin| origin.after);
            Some(Broken { requirement, line, explanation, found_after })
        };
        let counts = case.exercise.counts.iter().filter(|(_, count)| **count > 0);
        CaseEnded {
            case: record.name.to_string(),
            sha256,
            plan: record.plan.clone(),
            operations: record.history.operations.len(),
            requests,
            broken: case.blamed().into_iter().filter_map(broken).collect(),
            exercised: counts.map(|(name, count)| ((*name).to_owned(), *count as u64)).collect(),
            refused_updates: case.exercise.refused_updates,
            readings: readings::seen(&record.history),
            inconclusive: case.inconclusive,
            cut_short: record.cut_short,
        }
    }

    /// Whether something was seen broken.
    pub(super) fn has_violations(&self) -> bool {
        self.pages().cases.iter().any(JudgedCase::breaks_something)
    }

    /// Gives up all that was seen.
    pub(super) fn cases(&self) -> Vec<JudgedCase> {
        std::mem::take(&mut self.pages().cases)
    }

    /// Gives up all that happened.
    pub(super) fn events(&self) -> Vec<Event> {
        std::mem::take(&mut self.pages().events)
    }
}
