//! A violation in sentences: what the function could have been, what it said, and which sentence of the page that
//! breaks.

use super::blame::Before;
use super::names::Names;
use crate::history::{Answer, Call, Event, Operation};
use crate::model::breach::BREACHES;
use crate::model::world::{From, Function, Idle, Lost, State, Status, World};
use crate::requirement::Requirement;

/// At most so many possibilities are spelled out.
const SPELLED_OUT: usize = 6;

/// The explanation of a violation that `requirement` is blamed for.
pub(super) fn violation(names: &Names, function: &str, before: &Before, requirement: &Requirement) -> String {
    let mut possible: Vec<String> = Vec::new();
    for world in &before.worlds {
        let phrase = describe(names, world);
        if !possible.contains(&phrase) {
            possible.push(phrase);
        }
    }
    let more = possible.len().saturating_sub(SPELLED_OUT);
    possible.truncate(SPELLED_OUT);
    let mut could = possible.join("; or ");
    if more > 0 {
        could.push_str(&format!("; or in {more} more ways"));
    }
    let mut text = format!("`{function}` could only be {could}. {}", said(&before.operation));
    text.push_str(&format!(" That breaks {}: {}.", requirement.name, requirement.title()));
    if let Some(quote) = requirement.quote() {
        text.push_str(&format!(" The page: “{quote}”"));
    }
    if !requirement.note().is_empty() {
        text.push_str(&format!(" ({})", requirement.note().trim_end_matches('.')));
    }
    let mut unseen = BREACHES.iter().filter(|breach| breach.requirement == requirement).map(|breach| breach.what);
    if let Some(what) = unseen.next() {
        text.push_str(&format!(" It would be explained if {what}."));
    }
    text
}

/// What was asked and what was answered, as a sentence.
fn said(operation: &Operation) -> String {
    let answer = match &operation.event {
        Event::Call { call, .. } => match call {
            Call::Create { image, answer } => format!("Creating it with {image} was {}", accepted(answer)),
            Call::Update { image, answer } => format!("Updating it to {image} was {}", accepted(answer)),
            Call::Delete { answer } => format!("Deleting it was {}", accepted(answer)),
            Call::Get { answer: Answer::Accepted(report) } => {
                let status = report.status.as_deref().unwrap_or("");
                let status = if status.is_empty() { "no last update status" } else { status };
                let digest = report.digest.as_deref().unwrap_or("none");
                let state = if report.state.is_empty() { "no state" } else { &report.state };
                format!("GetFunction showed {state}, {status}, digest {digest}")
            }
            Call::Get { answer } => format!("GetFunction was {}", accepted(answer)),
            Call::Invoke { answer: Answer::Accepted(Some(served)) } => format!("An invocation was served by {served}"),
            Call::Invoke { answer: Answer::Accepted(None) } => "An invocation was served".to_owned(),
            Call::Invoke { answer } => format!("An invocation was {}", accepted(answer)),
        },
        Event::Settle { .. } => "It was left alone for long enough".to_owned(),
        Event::Idle { .. } => "It was left idle".to_owned(),
        Event::Image { image, .. } => format!("The image {image} was changed"),
    };
    match (operation.trace.status, &operation.trace.error) {
        (Some(status), Some(error)) => format!("{answer} (HTTP {status}, {error})."),
        (Some(status), None) => format!("{answer} (HTTP {status})."),
        _ => format!("{answer}."),
    }
}

fn accepted<T>(answer: &Answer<T>) -> &'static str {
    match answer {
        Answer::Accepted(_) => "accepted",
        Answer::Refused => "refused",
        Answer::Unknown => "not answered",
    }
}

/// A world in words.
fn describe(names: &Names, world: &World) -> String {
    let Some(function) = &world.function else { return "absent".to_owned() };
    let mut words = vec![function.state.as_str().to_owned()];
    match function.status {
        Status::None => {}
        status => words.push(format!("last update {}", status.as_str())),
    }
    if function.state == State::Active
        && let Some(code) = function.current
    {
        words.push(format!("serving {}", names.code(code)));
        if world.tag(code.image).conditions.told().is_none() {
            // Nothing can be said of the image.
        } else if world.missing(code) {
            words.push("whose image is missing".to_owned());
        } else if world.overwritten(code) {
            words.push("whose tag was overwritten".to_owned());
        } else if world.failing(code) {
            words.push("whose image is failing".to_owned());
        }
    }
    if let Some(code) = function.next {
        let condition = world.tag(code.image).conditions;
        words.push(format!("preparing {} ({condition})", names.code(code)));
    }
    words.extend(marks(function).into_iter().map(str::to_owned));
    words.join(", ")
}

fn marks(function: &Function) -> Vec<&'static str> {
    let mut marks = Vec::new();
    match function.from {
        From::Creation => {}
        From::Inactive => marks.push("woken"),
        From::Failed => marks.push("redeployed from Failed"),
    }
    if function.woken {
        marks.push("just woken");
    }
    match function.idle {
        Idle::No => {}
        Idle::May => marks.push("idle before"),
        Idle::Must => marks.push("idle"),
    }
    match function.lost {
        Lost::No => {}
        Lost::Settled | Lost::Refused => marks.push("with time enough to notice"),
    }
    marks
}
