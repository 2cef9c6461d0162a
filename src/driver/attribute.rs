//! Which requirements a run says are broken, given what each of its cases leaves open.
//!
//! One history often has several explanations that go equally far. A run has many histories: what explains many of them
//! is believed before what explains a few, and a case that it explains accuses nothing else.

use super::judged::JudgedCase;
use crate::history::{Call, Event, Operation};
use crate::oracle::is_vague;
use crate::requirement::{self, Requirement, states};

/// The requirements that are broken, each with the cases that show it, by their places; `weights` says for how many
/// each of the cases stands.
pub(super) fn attribute(cases: &[&JudgedCase], weights: &[usize]) -> Vec<(&'static Requirement, Vec<usize>)> {
    let mut open: Vec<usize> = (0..cases.len()).filter(|place| cases[*place].finding.is_some()).collect();
    let mut blamed: Vec<(&'static Requirement, Vec<usize>)> = Vec::new();
    while !open.is_empty() {
        let firsts = |requirement: &Requirement| {
            let blamed = open.iter().filter(|place| first(cases[**place]).is_some_and(|first| first == requirement));
            blamed.map(|place| weights.get(*place).copied().unwrap_or(1)).sum()
        };
        let Some(best) = most_often(firsts) else { break };
        let best = explained_with_more(best, cases, &open).unwrap_or(best);
        let best = spoken_for(best, cases, &open).unwrap_or(best);
        let (explained, rest): (Vec<usize>, Vec<usize>) = open.iter().partition(|place| explains(best, cases[**place]));
        blamed.push((best, explained));
        open = rest;
    }
    for requirement in requirement::all() {
        let shown: Vec<usize> = (0..cases.len())
            .filter(|place| cases[*place].answers.iter().any(|breach| breach.requirement == requirement))
            .collect();
        if shown.is_empty() {
            continue;
        }
        match blamed.iter_mut().find(|(known, _)| *known == requirement) {
            Some((_, places)) => places.extend(shown),
            None => blamed.push((requirement, shown)),
        }
    }
    blamed
}

/// Another requirement that explains all that this one explains in the open cases, and others as well, where it is
/// blamed first.
///
/// What is broken by almost anything explains almost everything; it is not believed before what says more.
fn explained_with_more(best: &Requirement, cases: &[&JudgedCase], open: &[usize]) -> Option<&'static Requirement> {
    let explained =
        |requirement: &Requirement| open.iter().filter(|place| suspects(cases[**place], requirement)).count();
    let explains_all = |requirement: &Requirement| {
        open.iter().all(|place| !suspects(cases[*place], best) || suspects(cases[*place], requirement))
    };
    let blamed_besides = |requirement: &Requirement| {
        let mut others = open.iter().filter(|place| !suspects(cases[**place], best));
        others.any(|place| first(cases[*place]) == Some(requirement))
    };
    let says_enough = |requirement: &&Requirement| {
        **requirement != states::ONLY_DOCUMENTED && (is_vague(best) || !is_vague(requirement))
    };
    let candidates = requirement::all().filter(says_enough);
    candidates.filter(|one| *one != best && explains_all(one) && blamed_besides(one)).max_by_key(|one| explained(one))
}

/// Another requirement that explains all that this one explains in the open cases, and for which more answers speak by
/// themselves.
///
/// What an invocation or an update is answered with breaks a promise on the spot; what GetFunction shows is the trace of
/// something that may have been one thing or another.
fn spoken_for(best: &Requirement, cases: &[&JudgedCase], open: &[usize]) -> Option<&'static Requirement> {
    let speak = |requirement: &Requirement| {
        let direct = |case: &JudgedCase| case.finding.as_ref().is_some_and(|finding| !is_a_look(&finding.operation));
        open.iter().filter(|place| first(cases[**place]) == Some(requirement) && direct(cases[**place])).count()
    };
    let explains_as_much = |requirement: &Requirement| {
        let mut explained = open.iter().filter(|place| suspects(cases[**place], best));
        explained.all(|place| suspects(cases[*place], requirement))
    };
    let candidates = requirement::all().filter(|one| *one != best && speak(one) > speak(best) && explains_as_much(one));
    candidates.max_by_key(|one| speak(one))
}

fn is_a_look(operation: &Operation) -> bool {
    matches!(&operation.event, Event::Call { call: Call::Get { .. }, .. })
}

fn first(case: &JudgedCase) -> Option<&'static Requirement> {
    case.finding.as_ref().map(|finding| finding.requirement)
}

fn suspects(case: &JudgedCase, requirement: &Requirement) -> bool {
    case.finding.as_ref().is_some_and(|finding| finding.suspects.contains(&requirement))
}

fn explains(requirement: &Requirement, case: &JudgedCase) -> bool {
    let besides = || case.finding.as_ref().and_then(|finding| finding.besides).is_some_and(|one| one == requirement);
    suspects(case, requirement) || besides()
}

/// The requirement with the highest count, if any is above nought; of equals the one that stands first in the catalogue.
fn most_often(count: impl Fn(&Requirement) -> usize) -> Option<&'static Requirement> {
    let mut best: Option<(usize, &'static Requirement)> = None;
    for requirement in requirement::all() {
        let count = count(requirement);
        if count > best.map_or(0, |(count, _)| count) {
            best = Some((count, requirement));
        }
    }
    best.map(|(_, requirement)| requirement)
}
