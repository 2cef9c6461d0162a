//! Makes a failing case short: cuts it at the violation, leaves out on the recorded history what does nothing for it,
//! then runs what is left, and simpler plans, and counts how often they still fail.
//!
//! ```text
//! failing cases ──► shortened on paper ──► one that comes back ──► simpler plans, round by round ──► run again
//!                   (no requests)          (how often, too)        (as often as that asks for)      (k of 5)
//! ```
//!
//! Candidates of one round run side by side, each on functions and images of its own. A failure that does not come back
//! at all keeps the history that proved it, without what proves nothing.

mod blamed;
mod candidates;
mod odds;
mod recorded;

use super::case::{self, Bench, Origin};
use super::judged::{JudgedCase, judge};
use crate::plan::Plan;
use crate::requirement::Requirement;
use blamed::Blamed;
use candidates::{Candidate, candidates, size};
use futures_util::future::join_all;
use odds::Odds;
use recorded::{Leave, shorten};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::Semaphore;

/// What all shrinking of a run shares.
pub struct Workshop {
    /// The endpoint, with patience for shrinking.
    pub bench: Arc<Bench>,
    /// How many cases may run at once.
    pub places: Arc<Semaphore>,
    /// When to be content with what there is.
    pub until: Instant,
    /// The error code of a function that is not there.
    pub not_found: &'static str,
    /// Numbers for names.
    pub next: AtomicU64,
}

/// So many of the cases that break a requirement are shortened on paper.
const ON_PAPER: usize = 8;
/// So many of those are then run at once to see whether one comes back.
const STARTS: usize = 3;
/// How often each of them is run at once.
const START_RUNS: usize = 4;
/// How often that is done before none of them is taken to come back.
const START_ROUNDS: usize = 3;
/// How often the shortest is run again to say how surely it fails.
const REPRODUCTIONS: usize = 5;
/// How many of the plans on the way to the shortest are run again until one comes back.
const CONFIRMED: usize = 3;

/// A case that breaks a requirement, made short, and how often it came back out of how many times.
pub struct Shrunk {
    /// The shortest failing case that was found.
    pub case: JudgedCase,
    /// How often it came back, and how often that was tried.
    pub reproduced: (u32, u32),
}

/// A plan that was seen to fail, and how often it does.
struct Failing {
    case: JudgedCase,
    odds: Odds,
}

impl Workshop {
    /// Makes the shortest of these cases short, all of which break this requirement; the most promising come first.
    pub async fn shrink(&self, cases: &[&JudgedCase], requirement: &'static Requirement) -> Option<Shrunk> {
        let first = *cases.first()?;
        let blamed = Blamed::of(first, requirement);
        let alike: Vec<JudgedCase> = cases
            .iter()
            .filter(|case| blamed.accepts(case))
            .take(ON_PAPER)
            .map(|case| JudgedCase::clone(case))
            .collect();
        let starts = self.on_paper(alike.clone(), blamed, requirement).await;
        let start = match self.first_to_come_back(&starts, blamed).await {
            Ok(start) => start,
            Err(runs) => return self.as_seen(alike, runs, blamed, requirement).await,
        };
        let mut failing = vec![start];
        let mut tried = HashSet::new();
        let mut all_at_once: Option<Plan> = None;
        while let Some(best) = failing.last().filter(|_| Instant::now() < self.until) {
            let mut round = candidates(&best.case.record.plan);
            round.extend(all_at_once.take().map(|plan| Candidate { plan, without: None }));
            round.retain(|candidate| tried.insert(candidate.plan.clone()));
            round.sort_by_key(|candidate| size(&candidate.plan));
            let (simpler, without) = self.round(round, best, blamed).await;
            all_at_once = without;
            match simpler {
                Some(case) => {
                    let odds = best.odds;
                    failing.push(Failing { case, odds });
                }
                None => break,
            }
        }
        self.confirm(failing, blamed).await
    }

    /// The plans of the cases, shortened without a request, the simplest first; then the easiest case as it was, up to
    /// its violation.
    async fn on_paper(&self, cases: Vec<JudgedCase>, blamed: Blamed, requirement: &'static Requirement) -> Vec<Plan> {
        let not_found = self.not_found;
        let cut = cases.first().map(|case| {
            let upto = case.seen_at(requirement).and_then(|origin| origin.step).map_or(usize::MAX, |step| step + 1);
            Plan { steps: case.record.plan.steps.iter().take(upto).cloned().collect() }
        });
        let shortened = tokio::task::spawn_blocking(move || {
            let shorten = |case| shorten(case, blamed, requirement, Leave::Whatever, not_found).record.plan.compact();
            cases.iter().map(shorten).collect::<Vec<Plan>>()
        });
        let mut plans = shortened.await.unwrap_or_default();
        plans.sort_by_key(size);
        let mut known = HashSet::new();
        plans.retain(|plan| known.insert(plan.clone()));
        plans.truncate(STARTS);
        plans.extend(cut.map(|plan| plan.compact()).filter(|plan| !known.contains(plan)));
        plans
    }

    /// Runs all of these plans some times, and gives the simplest that fails again; otherwise how often each was run.
    async fn first_to_come_back(&self, plans: &[Plan], blamed: Blamed) -> Result<Failing, u32> {
        let mut runs = 0;
        for _ in 0..START_ROUNDS {
            if Instant::now() >= self.until {
                break;
            }
            let again = join_all(plans.iter().map(|plan| self.run_again(plan, START_RUNS, blamed))).await;
            runs += again.iter().map(|again| again.runs).max().unwrap_or(0);
            // What fails more often than not is worth an action more: every later step is the cheaper for it.
            let promise = |again: &Again| {
                (again.failed.len() * 2 < again.runs, again.shortest().map(|case| size(&case.record.plan)))
            };
            let failing = again.into_iter().filter(|again| !again.failed.is_empty()).min_by_key(promise);
            if let Some((failing, case)) =
                failing.and_then(|again| Some((again.failed.len(), again.shortest()?.clone())))
            {
                return Ok(Failing { odds: Odds::seen(failing, runs), case });
            }
        }
        Err(u32::try_from(runs).unwrap_or(u32::MAX))
    }

    /// Runs candidates, the simplest first: the first that fails, and the plan without all that any of them could do
    /// without.
    async fn round(&self, round: Vec<Candidate>, best: &Failing, blamed: Blamed) -> (Option<JudgedCase>, Option<Plan>) {
        let runs = join_all(round.iter().map(|candidate| self.fails(&candidate.plan, best.odds.tries(), blamed))).await;
        let failed = round.iter().zip(&runs).filter(|(_, run)| run.is_some());
        let needless: Vec<usize> = failed.filter_map(|(candidate, _)| candidate.without).collect();
        let steps = best.case.record.plan.steps.iter().enumerate();
        let needed = steps.filter(|(place, _)| !needless.contains(place)).map(|(_, step)| step.clone());
        let all_at_once = (needless.len() > 1).then(|| Plan { steps: needed.collect() }.compact());
        (runs.into_iter().flatten().next(), all_at_once.filter(|plan| !plan.steps.is_empty()))
    }

    /// Runs the shortest again to say how surely it fails; where it does not come back, what it was made from.
    async fn confirm(&self, failing: Vec<Failing>, blamed: Blamed) -> Option<Shrunk> {
        let mut not_again = None;
        for Failing { case, .. } in failing.into_iter().rev().take(CONFIRMED) {
            let again = self.run_again(&case.record.plan, REPRODUCTIONS, blamed).await;
            if let Some(shortest) = again.shortest() {
                return Some(Shrunk { case: shortest.clone(), reproduced: again.reproduced() });
            }
            not_again.get_or_insert(Shrunk { case, reproduced: again.reproduced() });
        }
        not_again
    }

    /// What was seen stands as it is: the shortest of the cases, without what proves nothing.
    async fn as_seen(
        &self,
        cases: Vec<JudgedCase>,
        runs: u32,
        blamed: Blamed,
        requirement: &'static Requirement,
    ) -> Option<Shrunk> {
        let not_found = self.not_found;
        let shortened = tokio::task::spawn_blocking(move || {
            let shorten = |case: &JudgedCase| shorten(case, blamed, requirement, Leave::WhatProvesNothing, not_found);
            cases.iter().map(shorten).min_by_key(|case| size(&case.record.plan))
        });
        let case = shortened.await.ok().flatten()?;
        Some(Shrunk { case, reproduced: (0, runs) })
    }

    /// Runs a plan so many times at once.
    async fn run_again(&self, plan: &Plan, times: usize, blamed: Blamed) -> Again {
        let runs = join_all((0..times).map(|_| self.execute(plan, blamed))).await;
        let done: Vec<JudgedCase> = runs.into_iter().flatten().collect();
        Again { runs: done.len(), failed: done.into_iter().filter(|case| blamed.accepts(case)).collect() }
    }

    /// Runs a plan so many times, one after the other, until it fails.
    async fn fails(&self, plan: &Plan, tries: usize, blamed: Blamed) -> Option<JudgedCase> {
        for _ in 0..tries {
            if Instant::now() >= self.until {
                return None;
            }
            if let Some(case) = self.execute(plan, blamed).await.filter(|case| blamed.accepts(case)) {
                return Some(case);
            }
        }
        None
    }

    async fn execute(&self, plan: &Plan, blamed: Blamed) -> Option<JudgedCase> {
        let _place = self.places.acquire().await.ok()?;
        if *self.bench.stop.borrow() {
            return None;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let record = case::execute(&self.bench, &format!("s{number}"), plan).await;
        let not_found = self.not_found;
        // Judging takes no part in the timing of other cases.
        tokio::task::spawn_blocking(move || judge(record, not_found, blamed.depth())).await.ok()
    }
}

/// What running a plan again came to.
struct Again {
    runs: usize,
    failed: Vec<JudgedCase>,
}

impl Again {
    fn shortest(&self) -> Option<&JudgedCase> {
        self.failed.iter().min_by_key(|case| case.record.history.operations.len())
    }

    fn reproduced(&self) -> (u32, u32) {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (number(self.failed.len()), number(self.runs))
    }
}
