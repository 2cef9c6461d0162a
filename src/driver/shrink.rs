//! Makes a failing case short: leaves out what it can, runs what remains, and counts how often it still fails.
//!
//! Candidates of one round run side by side, each on functions and images of its own. A failure that comes back only now
//! and then is tried more than once, and one that does not come back at all keeps the history that proved it.

use super::case::{self, Bench};
use super::judged::{Depth, JudgedCase, judge};
use crate::plan::{Plan, Step};
use crate::requirement::Requirement;
use futures_util::future::join_all;
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

/// How often each candidate is run before it counts as one that does not fail.
const TRIES: usize = 2;
/// How often the shortest is run again to say how surely it fails.
const REPRODUCTIONS: usize = 5;
/// How many of the plans on the way to the shortest are run again until one comes back.
const CONFIRMED: usize = 4;
/// More candidates than this in a round would keep the endpoint busier than the run did.
const CANDIDATES: usize = 96;

/// A case that breaks a requirement, made short, and how often it came back out of how many times.
pub struct Shrunk {
    /// The shortest failing case that was found.
    pub case: JudgedCase,
    /// How often it came back, and how often that was tried.
    pub reproduced: (u32, u32),
}

/// What a case is to show, so that what is left out does not turn it into another one.
#[derive(Clone, Copy)]
enum Blamed {
    /// This requirement is blamed first.
    First(&'static Requirement),
    /// This requirement is among those that may be blamed.
    AmongOthers(&'static Requirement),
}

impl Blamed {
    fn of(case: &JudgedCase, requirement: &'static Requirement) -> Self {
        if Self::First(requirement).accepts(case) { Self::First(requirement) } else { Self::AmongOthers(requirement) }
    }

    fn accepts(self, case: &JudgedCase) -> bool {
        match self {
            Self::First(requirement) => case.finding.as_ref().is_some_and(|finding| finding.requirement == requirement),
            Self::AmongOthers(requirement) => case.breaks(requirement),
        }
    }
}

impl Workshop {
    /// Makes a case short that breaks this requirement.
    pub async fn shrink(&self, case: &JudgedCase, requirement: &'static Requirement) -> Shrunk {
        let blamed = Blamed::of(case, requirement);
        let mut best = case.clone();
        let mut earlier = Vec::new();
        if let Some(found) = case.record.found {
            // What came after the violation was only needed to blame it.
            let upto = (found.step + 1).min(best.record.plan.steps.len());
            let cut = Plan { steps: best.record.plan.steps[..upto].to_vec() };
            if let Some(shorter) = self.first_failing(vec![cut], blamed).await {
                earlier.push(std::mem::replace(&mut best, shorter));
            }
        }
        let mut tried = HashSet::new();
        while Instant::now() < self.until {
            let mut candidates = candidates(&best.record.plan);
            candidates.retain(|plan| tried.insert(plan.clone()));
            candidates.truncate(CANDIDATES);
            if candidates.is_empty() {
                break;
            }
            match self.first_failing(candidates, blamed).await {
                Some(shorter) => earlier.push(std::mem::replace(&mut best, shorter)),
                None => break,
            }
        }
        self.confirm(earlier, best, blamed).await
    }

    /// Runs the shortest again to say how surely it fails; where it does not come back, what it was made from.
    async fn confirm(&self, mut earlier: Vec<JudgedCase>, shortest: JudgedCase, blamed: Blamed) -> Shrunk {
        let tries = u32::try_from(REPRODUCTIONS).unwrap_or(u32::MAX);
        let mut candidate = shortest.clone();
        for _ in 0..CONFIRMED {
            let again = vec![candidate.record.plan.clone(); REPRODUCTIONS];
            // How surely it fails is told even where there was no time to make it short.
            let runs = join_all(again.iter().map(|plan| self.execute(plan))).await;
            let came_back: Vec<JudgedCase> = runs.into_iter().flatten().filter(|run| blamed.accepts(run)).collect();
            let count = u32::try_from(came_back.len()).unwrap_or(u32::MAX);
            if let Some(case) = came_back.into_iter().min_by_key(|case| case.record.history.operations.len()) {
                return Shrunk { case, reproduced: (count, tries) };
            }
            match earlier.pop() {
                Some(longer) => candidate = longer,
                None => break,
            }
        }
        Shrunk { case: shortest, reproduced: (0, tries) }
    }

    /// The first of the candidates, the shortest first, that breaks the requirement.
    async fn first_failing(&self, mut candidates: Vec<Plan>, blamed: Blamed) -> Option<JudgedCase> {
        candidates.sort_by_key(size);
        let runs = join_all(candidates.iter().map(|plan| async {
            for _ in 0..TRIES {
                if let Some(case) = self.run(plan).await
                    && blamed.accepts(&case)
                {
                    return Some(case);
                }
            }
            None
        }))
        .await;
        runs.into_iter().flatten().next()
    }

    async fn run(&self, plan: &Plan) -> Option<JudgedCase> {
        if Instant::now() >= self.until { None } else { self.execute(plan).await }
    }

    async fn execute(&self, plan: &Plan) -> Option<JudgedCase> {
        let _place = self.places.acquire().await.ok()?;
        if *self.bench.stop.borrow() {
            return None;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let record = case::execute(&self.bench, &format!("s{number}"), plan).await;
        // What only the form of answers breaks needs to know which functions were surely not there.
        Some(judge(record, self.not_found, Depth::Exercise))
    }
}

fn size(plan: &Plan) -> (usize, usize) {
    (plan.actions().count(), plan.steps.len())
}

/// Plans that are a little simpler: without some steps, or with less at once.
fn candidates(plan: &Plan) -> Vec<Plan> {
    let length = plan.steps.len();
    let mut candidates = Vec::new();
    let mut chunk = length / 2;
    while chunk > 0 {
        let starts = (0..length).step_by(chunk);
        candidates.extend(starts.map(|start| plan.without(start..(start + chunk).min(length))));
        chunk /= 2;
    }
    for (place, step) in plan.steps.iter().enumerate().filter(|(_, step)| step.0.len() > 1) {
        for left_out in 0..step.0.len() {
            let mut fewer = plan.clone();
            fewer.steps[place].0.remove(left_out);
            candidates.push(fewer);
        }
        let mut one_by_one = plan.clone();
        one_by_one.steps.splice(place..=place, step.0.iter().map(|action| Step(vec![*action])));
        candidates.push(one_by_one);
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_leave_out_and_take_apart() {
        let plan: Plan = "create f A; await f; get f | invoke f".parse().unwrap();
        let texts: Vec<String> = candidates(&plan).iter().map(ToString::to_string).collect();
        assert!(texts.contains(&"await f\nget f | invoke f".to_owned()));
        assert!(texts.contains(&"create f A\nawait f\nget f".to_owned()));
        assert!(texts.contains(&"create f A\nawait f\nget f\ninvoke f".to_owned()));
    }
}
