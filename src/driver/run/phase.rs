//! The plans of a run, many at once, each judged when it is over.

use super::ledger::Ledger;
use super::{BROKEN, OnViolation, TIME_WAS_UP, TURNED_AWAY};
use crate::driver::case::{Bench, execute};
use crate::driver::judged::{Depth, judge};
use crate::plan::Plan;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The main part of a run.
pub(super) struct Phase<'a> {
    pub(super) bench: Arc<Bench>,
    pub(super) on_violation: OnViolation,
    pub(super) not_found: &'static str,
    /// Where what is over goes.
    pub(super) ledger: &'a Ledger<'a>,
    pub(super) stop: watch::Receiver<bool>,
    /// Why no more plans are executed.
    pub(super) ended_early: Option<&'static str>,
}

impl Phase<'_> {
    /// Executes plans, so many at once, unless there is a reason to end.
    pub(super) async fn execute_all(&mut self, plans: Vec<(String, Plan)>, at_once: usize) {
        let mut plans = plans.into_iter();
        let mut running = JoinSet::new();
        loop {
            while running.len() < at_once.max(1) && self.ended_early.is_none() {
                self.ended_early = self.reason_to_end();
                if self.ended_early.is_some() {
                    break;
                }
                let Some((name, plan)) = plans.next() else { break };
                let bench = Arc::clone(&self.bench);
                let not_found = self.not_found;
                running.spawn(async move {
                    let record = execute(&bench, &name, &plan).await;
                    // Judging takes no part in the timing of other cases.
                    tokio::task::spawn_blocking(move || judge(record, not_found, Depth::Exercise)).await
                });
            }
            match running.join_next().await {
                None => break,
                Some(Ok(Ok(case))) => self.ledger.take_in(case),
                Some(_) => self.bench.endpoint.note("a case ended by an error of the suite itself".to_owned()),
            }
        }
    }

    fn reason_to_end(&self) -> Option<&'static str> {
        if *self.stop.borrow() {
            return Some(TIME_WAS_UP);
        }
        if self.bench.endpoint.is_turned_away() {
            return Some(TURNED_AWAY);
        }
        (self.on_violation == OnViolation::Stop && self.ledger.has_violations()).then_some(BROKEN)
    }
}
