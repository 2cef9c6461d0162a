//! The plans of a run, many at once, each judged when it is over.

use super::{BROKEN, OnViolation, RunSettings, TIME_WAS_UP};
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
    pub(super) settings: &'a RunSettings,
    pub(super) not_found: &'static str,
    pub(super) progress: &'a (dyn Fn(Progress) + Sync),
    pub(super) stop: watch::Receiver<bool>,
}

impl Phase<'_> {
    pub(super) async fn execute_all(
        &self,
        plans: Vec<(String, Plan)>,
        warm: Vec<JudgedCase>,
    ) -> (Vec<JudgedCase>, Option<&'static str>) {
        let total = plans.len();
        let mut plans = plans.into_iter();
        let mut running = JoinSet::new();
        let mut cases = Vec::new();
        let mut ended_early = None;
        for case in warm {
            self.take_in(case, &mut cases, total);
        }
        loop {
            while running.len() < self.settings.jobs.max(1) && ended_early.is_none() {
                ended_early = self.reason_to_end(&cases);
                if ended_early.is_some() {
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
                Some(Ok(Ok(case))) => self.take_in(case, &mut cases, total),
                Some(_) => self.bench.endpoint.note("a case ended by an error of the suite itself".to_owned()),
            }
        }
        (cases, ended_early)
    }

    fn reason_to_end(&self, cases: &[JudgedCase]) -> Option<&'static str> {
        if *self.stop.borrow() {
            return Some(TIME_WAS_UP);
        }
        let failed = cases.iter().any(JudgedCase::breaks_something);
        (self.settings.on_violation == OnViolation::Stop && failed).then_some(BROKEN)
    }

    fn take_in(&self, case: JudgedCase, cases: &mut Vec<JudgedCase>, total: usize) {
        let blamed = case.finding.iter().map(|finding| finding.requirement);
        for requirement in blamed.chain(case.answers.iter().map(|breach| breach.requirement)) {
            if !cases.iter().any(|known: &JudgedCase| known.breaks(requirement)) {
                let seen = case.seen_at(requirement);
                let found_after = seen.map_or_else(|| self.bench.endpoint.requests(), |origin| origin.after);
                (self.progress)(Progress::Broken { requirement, found_after });
            }
        }
        cases.push(case);
        (self.progress)(Progress::CaseEnded {
            ended: cases.len(),
            cases: total,
            violations: cases.iter().filter(|case| case.breaks_something()).count(),
            requests: self.bench.endpoint.requests(),
        });
    }
}
