//! Which of the readings that the specification leaves open an endpoint was seen to take.
//!
//! They accuse nobody: they are read off histories for the report.

use crate::history::{Answer, Call, Event, History, Report};
use std::collections::{BTreeMap, BTreeSet};

/// The readings that a history shows, by name; several where the endpoint was seen to do both.
pub(super) fn seen(history: &History) -> BTreeMap<String, BTreeSet<String>> {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (reading, what) in of(history) {
        seen.entry(reading.to_owned()).or_default().insert(what.to_owned());
    }
    seen
}

/// What one history shows of one function at a time.
#[derive(Default, Clone)]
struct Life {
    last: Option<Report>,
    updated: bool,
    failed_before_update: bool,
    active_before_update: bool,
    digest_before: Option<String>,
}

fn of(history: &History) -> Vec<(&'static str, &'static str)> {
    let mut lives: BTreeMap<&str, Life> = BTreeMap::new();
    let mut seen = Vec::new();
    for operation in &history.operations {
        let Event::Call { function, call } = &operation.event else { continue };
        let life = lives.entry(function).or_default();
        match call {
            Call::Create { answer: Answer::Accepted(()), .. } => *life = Life::default(),
            Call::Update { answer, .. } => update(life, answer, &mut seen),
            Call::Get { answer: Answer::Accepted(report) } => {
                look(life, report, &mut seen);
                life.last = Some(report.clone());
            }
            _ => {}
        }
    }
    seen
}

fn update(life: &mut Life, answer: &Answer<()>, seen: &mut Vec<(&'static str, &'static str)>) {
    let busy = life
        .last
        .as_ref()
        .is_some_and(|report| &*report.state == "Pending" || report.status.as_deref() == Some("InProgress"));
    match answer {
        Answer::Accepted(()) => {
            if busy {
                seen.push(("R2", "accepted"));
            }
            life.failed_before_update = life.last.as_ref().is_some_and(|report| &*report.state == "Failed");
            life.active_before_update = life.last.as_ref().is_some_and(|report| &*report.state == "Active");
            life.digest_before = life.last.as_ref().and_then(|report| report.digest.as_deref().map(str::to_owned));
            life.updated = true;
        }
        Answer::Refused if busy => seen.push(("R2", "refused")),
        _ => {}
    }
}

fn look(life: &Life, report: &Report, seen: &mut Vec<(&'static str, &'static str)>) {
    let status = report.status.as_deref().unwrap_or("");
    match (&*report.state, status, life.updated) {
        ("Active", "Failed", true) => seen.push(("R1", "active")),
        ("Failed", "Failed", true) if life.active_before_update => seen.push(("R1", "failed")),
        ("Failed", "InProgress", true) if life.failed_before_update => seen.push(("R3", "failed")),
        ("Pending", "InProgress", true) if life.failed_before_update => seen.push(("R3", "pending")),
        (_, "", false) => seen.push(("R5", "absent")),
        ("Pending", "InProgress", false) => seen.push(("R5", "in-progress")),
        (_, "Successful", false) => seen.push(("R5", "successful")),
        _ => {}
    }
    if let ("Active", "InProgress", Some(shown), Some(before)) =
        (&*report.state, status, report.digest.as_deref(), life.digest_before.as_deref())
    {
        seen.push(("R6", if shown == before { "old" } else { "new" }));
    }
}
