//! The plans of a run, many at once, each judged when it is over.

use super::{BROKEN, OnViolation, TIME_WAS_UP, TURNED_AWAY};
use crate::driver::case::{Bench, execute};
use crate::driver::judged::{Depth, JudgedCase, judge};
use crate::driver::result::Progress;
use crate::plan::Plan;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The main part of a run.
pub(super) struct Phase<'a> {
    pub(super) bench: Arc<Bench>,
    pub(super) on_violation: OnViolation,
    pub(super) not_found: &'static str,
    pub(super) progress: &'a (dyn Fn(Progress) + Sync),
    pub(super) stop: watch::Receiver<bool>,
    /// How many plans there are in all.
    pub(super) total: usize,
    /// What is over.
    pub(super) cases: Vec<JudgedCase>,
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
                Some(Ok(Ok(case))) => self.take_in(case),
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
        let failed = self.cases.iter().any(JudgedCase::breaks_something);
        (self.on_violation == OnViolation::Stop && failed).then_some(BROKEN)
    }

    /// Takes in a case that is over.
    pub(super) fn take_in(&mut self, case: JudgedCase) {
        let blamed = case.finding.iter().map(|finding| finding.requirement);
        for requirement in blamed.chain(case.answers.iter().map(|breach| breach.requirement)) {
            if !self.cases.iter().any(|known: &JudgedCase| known.breaks(requirement)) {
                let seen = case.seen_at(requirement);
                let found_after = seen.map_or_else(|| self.bench.endpoint.requests(), |origin| origin.after);
                (self.progress)(Progress::Broken { requirement, found_after });
            }
        }
        self.cases.push(case);
        (self.progress)(Progress::CaseEnded {
            ended: self.cases.len(),
            cases: self.total,
            violations: self.cases.iter().filter(|case| case.breaks_something()).count(),
            requests: self.bench.endpoint.requests(),
        });
    }
}
