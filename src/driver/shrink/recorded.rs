//! Shrinking on the recorded history: what can be left out of a case without sending a request.
//!
//! Leaving operations out of a history says what the rest of the plan would probably have led to; only a run of the rest
//! says what it does lead to. Waits stay as they are, for what is not waited for cannot be read off a history.

use super::blamed::Blamed;
use crate::driver::case::CaseRecord;
use crate::driver::judged::{JudgedCase, judge};
use crate::history::History;
use crate::plan::{Action, F, Plan, Step};
use crate::requirement::{Requirement, readiness};
use std::collections::BTreeSet;

/// An action of a plan, by its step and its place in it.
type Atom = (usize, usize);

/// What may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// Whatever does nothing for the violation: what is left is a plan that is worth a try.
    Whatever,
    /// What only looks, and what is about other functions: what is left was seen as it stands, and proves as much.
    WhatProvesNothing,
}

/// The case as far as its violation, without what may be left out.
pub(super) fn shorten(
    case: &JudgedCase,
    blamed: Blamed,
    requirement: &Requirement,
    leave: Leave,
    not_found: &str,
) -> JudgedCase {
    let mut best = case.clone();
    let Some(last) = case.seen_at(requirement).and_then(|origin| origin.step) else { return best };
    let accept = |best: &mut JudgedCase, left_out: &BTreeSet<Atom>| {
        let tried = judge(without(&case.record, last, left_out), not_found, blamed.depth());
        let accepted = blamed.accepts(&tried);
        if accepted {
            *best = tried;
        }
        accepted
    };
    let mut left_out = BTreeSet::new();
    if !accept(&mut best, &left_out) {
        return best;
    }
    let atoms: Vec<(Atom, Action)> = atoms(&case.record.plan, last).collect();
    let groups = others(&atoms, case, requirement).chain(chunks(&atoms, leave));
    for group in groups.collect::<Vec<_>>() {
        let more: BTreeSet<Atom> = left_out.union(&group).copied().collect();
        if more.len() > left_out.len() && accept(&mut best, &more) {
            left_out = more;
        }
    }
    best
}

fn atoms(plan: &Plan, last: usize) -> impl Iterator<Item = (Atom, Action)> {
    let steps = plan.steps.iter().enumerate().take(last + 1);
    steps.flat_map(|(at, step)| step.0.iter().enumerate().map(move |(place, action)| ((at, place), *action)))
}

/// All that is about one function, for each that is not the one in which the violation was seen.
fn others(
    atoms: &[(Atom, Action)],
    case: &JudgedCase,
    requirement: &Requirement,
) -> impl Iterator<Item = BTreeSet<Atom>> {
    let functions: BTreeSet<F> = atoms.iter().filter_map(|(_, action)| action.function()).collect();
    let apart = *requirement == readiness::APART;
    let own = case.finding.as_ref().map(|finding| finding.function.clone());
    let last = functions.iter().next_back().copied();
    functions.into_iter().filter_map(move |f| {
        // The letters of a function are the end of its name.
        let letters: String = (0..=f.0).map(|n| F(n).to_string()).collect();
        let is_own = own.as_ref().map_or(Some(f) == last, |own| own.ends_with(&format!("-{letters}")));
        (!is_own && !apart)
            .then(|| atoms.iter().filter(|(_, action)| action.function() == Some(f)).map(|(atom, _)| *atom).collect())
    })
}

/// Halves, quarters and so on of what may be left out, down to single actions, those twice.
fn chunks(atoms: &[(Atom, Action)], leave: Leave) -> impl Iterator<Item = BTreeSet<Atom>> {
    let may = move |action: &Action| match action {
        Action::Await(_) | Action::Watch(_) | Action::Settle(_) | Action::Pause(_) => false,
        Action::Get(_) => true,
        _ => leave == Leave::Whatever,
    };
    let atoms: Vec<Atom> = atoms.iter().filter(|(_, action)| may(action)).map(|(atom, _)| *atom).collect();
    let mut sizes: Vec<usize> =
        std::iter::successors(Some(atoms.len() / 2), |size| Some(size / 2)).take_while(|size| *size > 1).collect();
    sizes.extend([1, 1]);
    // From the end: what comes late depends on what comes early, seldom the other way round.
    sizes.into_iter().flat_map(move |size| {
        atoms.rchunks(size).map(|chunk| chunk.iter().copied().collect()).collect::<Vec<BTreeSet<Atom>>>()
    })
}

/// The record without what came after that step, and without these actions.
fn without(record: &CaseRecord, last: usize, left_out: &BTreeSet<Atom>) -> CaseRecord {
    let is_kept = |step: Option<usize>, action: usize| match step {
        Some(step) => step <= last && !left_out.contains(&(step, action)),
        None => true,
    };
    let mut kept = CaseRecord {
        name: record.name.clone(),
        plan: Plan { steps: Vec::new() },
        history: History { header: record.history.header.clone(), operations: Vec::new() },
        origins: Vec::new(),
        cut_short: record.cut_short,
        found: None,
    };
    // Steps are numbered anew.
    let mut numbers = vec![None; record.plan.steps.len()];
    for (at, step) in record.plan.steps.iter().enumerate().take(last + 1) {
        let actions: Vec<Action> = step
            .0
            .iter()
            .enumerate()
            .filter(|(place, _)| is_kept(Some(at), *place))
            .map(|(_, action)| *action)
            .collect();
        if !actions.is_empty() {
            numbers[at] = Some(kept.plan.steps.len());
            kept.plan.steps.push(Step(actions));
        }
    }
    for (operation, origin) in record.history.operations.iter().zip(&record.origins) {
        if !is_kept(origin.step, origin.action) {
            continue;
        }
        let mut operation = operation.clone();
        operation.line = kept.history.operations.len() + 2;
        kept.history.operations.push(operation);
        let step = origin.step.and_then(|step| numbers.get(step).copied().flatten());
        kept.origins.push(super::Origin { step, ..*origin });
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::Origin;
    use super::*;
    use crate::history::read::Reader;
    use crate::requirement::update;

    const HISTORY: &str = r#"{"history":1}
{"op":"image","image":"a","code":"sha256:a","condition":"ready","start":1,"end":2}
{"op":"image","image":"b","code":"sha256:b","condition":"ready","start":3,"end":4}
{"op":"image","image":"b","code":"sha256:b","condition":"held","start":5,"end":6}
{"op":"create","function":"case-f","image":"a","start":7,"end":8,"ok":true}
{"op":"get","function":"case-f","start":9,"end":10,"ok":true,"state":"Active","digest":"sha256:a"}
{"op":"get","function":"case-f","start":11,"end":12,"ok":true,"state":"Active","digest":"sha256:a"}
{"op":"create","function":"case-fg","image":"a","start":13,"end":14,"ok":true}
{"op":"update","function":"case-f","image":"b","start":15,"end":16,"ok":true}
{"op":"invoke","function":"case-f","start":17,"end":18,"ok":true,"served":"sha256:b"}
{"op":"get","function":"case-f","start":19,"end":20,"ok":true,"state":"Active","lastUpdateStatus":"InProgress"}
"#;

    fn case() -> JudgedCase {
        let reader = Reader::new(HISTORY.as_bytes()).unwrap();
        let header = reader.header().clone();
        let operations: Vec<_> = reader.map(Result::unwrap).collect();
        let plan = "hold B; create f A; await f; get f; create g A; update f B; invoke f; get f".parse().unwrap();
        let steps = [None, None].into_iter().chain((0..8).map(Some));
        let origins: Vec<Origin> = steps.map(|step| Origin { step, ..Origin::default() }).collect();
        let record = CaseRecord {
            name: "case".into(),
            plan,
            history: History { header, operations },
            found: origins.get(8).copied(),
            origins,
            cut_short: None,
        };
        judge(record, "FunctionNotFound", crate::driver::judged::Depth::Verdict)
    }

    fn shortened(leave: Leave) -> String {
        let (case, requirement) = (case(), &update::IN_PROGRESS_SERVES_OLD);
        let short = shorten(&case, Blamed::of(&case, requirement), requirement, leave, "FunctionNotFound");
        assert_eq!(short.record.origins.len(), short.record.history.operations.len());
        short.record.plan.to_string().replace('\n', "; ")
    }

    #[test]
    fn what_does_nothing_for_the_violation_is_left_out() {
        assert_eq!(shortened(Leave::Whatever), "hold B; create f A; await f; update f B; invoke f");
    }

    #[test]
    fn what_was_seen_stays_a_proof() {
        assert_eq!(shortened(Leave::WhatProvesNothing), "hold B; create f A; await f; update f B; invoke f");
    }
}
