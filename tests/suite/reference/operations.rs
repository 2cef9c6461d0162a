//! The visible steps of the automaton: what each operation may find, and what it leaves behind.

use std::collections::BTreeSet;

use fnconform::history::{Answer, Call, Condition, Event, IdleRule, Name, Report};

use super::automaton::{Code, Digest, Function, Idle, Lost, State, Status, World, hidden};

/// The worlds in which the operation may leave this one; none if it is a violation here.
///
/// An unknown answer gives the worlds of every answer; that it did not happen at all is for the search to try.
pub(crate) fn visible(world: &World, event: &Event) -> Vec<World> {
    match event {
        Event::Image { image, content } => {
            let mut world = world.clone();
            world.images.insert(image.clone(), content.clone());
            vec![world.tidied()]
        }
        Event::Idle { .. } => vec![world.with(|to| {
            if to.state == State::Active && to.status != Status::InProgress {
                to.idle = Idle::Must;
            }
        })],
        Event::Settle { .. } => settle(world),
        Event::Call { call, .. } => match call {
            Call::Create { image, answer } => either(answer, |_| create(world, image), || vec![world.clone()]),
            Call::Update { image, answer } => either(answer, |_| update(world, image), || update_refused(world, image)),
            Call::Get { answer } => either(answer, |report| get(world, report), || get_refused(world)),
            Call::Invoke { answer } => {
                either(answer, |served| invoke(world, served.and_then(Option::as_ref)), || invoke_refused(world))
            }
            Call::Delete { answer } => either(answer, |_| delete(world), || vec![world.clone()]),
        },
    }
}

/// The worlds of an answer; an acceptance of which nothing is known says `None`.
fn either<T>(
    answer: &Answer<T>,
    accepted: impl Fn(Option<&T>) -> Vec<World>,
    refused: impl Fn() -> Vec<World>,
) -> Vec<World> {
    match answer {
        Answer::Accepted(said) => accepted(Some(said)),
        Answer::Refused => refused(),
        Answer::Unknown => accepted(None).into_iter().chain(refused()).collect(),
    }
}

/// The code that this reference stands for at this moment, and how many deployments found their image missing.
fn deployed(world: &World, image: &Name, deployed_missing: u32) -> (Code, u32) {
    match world.content(image).code {
        Some(digest) => (Code { image: image.clone(), digest: Digest::Recorded(digest) }, deployed_missing),
        None => (Code { image: image.clone(), digest: Digest::NoneOf(deployed_missing) }, deployed_missing + 1),
    }
}

fn create(world: &World, image: &Name) -> Vec<World> {
    if world.function.is_some() {
        return Vec::new();
    }
    let (code, deployed_missing) = deployed(world, image, 0);
    let function = Function {
        state: State::Pending,
        status: Status::NoneYet,
        current: None,
        next: Some(code.clone()),
        latest: code,
        from: State::Failed,
        idle: Idle::No,
        woken: false,
        older: BTreeSet::new(),
        lost: Lost::Unsettled,
        deployed_missing,
    };
    vec![World { images: world.images.clone(), function: Some(function) }]
}

fn update(world: &World, image: &Name) -> Vec<World> {
    let Some(function) = &world.function else { return Vec::new() };
    let accepted = |status| {
        world.with(|to| {
            let (code, deployed_missing) = deployed(world, image, to.deployed_missing);
            to.deployed_missing = deployed_missing;
            to.older.extend(to.next.take());
            to.next = Some(code.clone());
            to.latest = code;
            to.status = status;
            if to.state == State::Inactive {
                to.woken = true;
            }
            if to.idle == Idle::Must {
                to.idle = Idle::May;
            }
        })
    };
    let mut worlds = vec![accepted(Status::InProgress)];
    if function.state == State::Pending && function.status == Status::NoneYet {
        worlds.push(accepted(Status::NoneYet));
    }
    worlds
}

fn update_refused(world: &World, image: &Name) -> Vec<World> {
    let allowed = match &world.function {
        None => true,
        Some(function) => {
            function.state == State::Pending
                || function.status == Status::InProgress
                || matches!(world.condition(image), Condition::Missing | Condition::Failing)
                || (function.state == State::Inactive && function.woken)
        }
    };
    if allowed { vec![world.clone()] } else { Vec::new() }
}

fn get(world: &World, report: Option<&Report>) -> Vec<World> {
    let Some(function) = &world.function else { return Vec::new() };
    let fits = report.is_none_or(|report| {
        &*report.state == function.state.as_str()
            && status_seen(function, report.status.as_deref())
            && report.digest.as_ref().is_none_or(|digest| digest_seen(world, function, digest))
    });
    if fits { vec![world.clone()] } else { Vec::new() }
}

fn status_seen(function: &Function, seen: Option<&str>) -> bool {
    let seen = seen.unwrap_or("");
    match function.status {
        Status::InProgress => seen == "InProgress",
        Status::Successful => seen == "Successful",
        Status::Failed => seen == "Failed",
        Status::NoneYet if seen.is_empty() => true,
        Status::NoneYet => match function.state {
            State::Pending if function.from == State::Inactive => {
                ["InProgress", "Successful", "Failed"].contains(&seen)
            }
            State::Pending => ["InProgress", "Successful"].contains(&seen),
            State::Active => seen == "Successful",
            State::Failed | State::Inactive => ["Failed", "Successful"].contains(&seen),
        },
    }
}

fn digest_seen(world: &World, function: &Function, seen: &Name) -> bool {
    let is = |code: &Code| world.shown(code).as_ref() == Some(seen);
    let current = function.current.as_ref().is_some_and(is);
    if function.state == State::Active && matches!(function.status, Status::NoneYet | Status::Successful) {
        return current;
    }
    current
        || function.next.as_ref().is_some_and(is)
        || is(&function.latest)
        || (function.status == Status::InProgress && function.older.iter().any(is))
}

/// A refusal of what is only refused when there is no function.
fn get_refused(world: &World) -> Vec<World> {
    if world.function.is_none() { vec![world.clone()] } else { Vec::new() }
}

fn invoke(world: &World, served: Option<&Name>) -> Vec<World> {
    let Some(function) = &world.function else { return Vec::new() };
    let Some(current) = &function.current else { return Vec::new() };
    let serves = function.state == State::Active
        && function.lost == Lost::Unsettled
        && served.is_none_or(|served| world.shown(current).as_ref() == Some(served));
    if !serves {
        return Vec::new();
    }
    vec![world.with(|to| {
        if to.idle == Idle::Must {
            to.idle = Idle::May;
        }
    })]
}

fn invoke_refused(world: &World) -> Vec<World> {
    let Some(function) = &world.function else { return vec![world.clone()] };
    match (function.state, &function.current) {
        (State::Active, Some(current)) => {
            let lost = world.is_lost(current);
            if !lost && world.condition(&current.image) != Condition::Failing {
                return Vec::new();
            }
            vec![world.with(|to| {
                if to.lost == Lost::Settled {
                    to.lost = Lost::Refused;
                }
            })]
        }
        (State::Inactive, _) => vec![world.with(|to| to.woken = true)],
        _ => vec![world.clone()],
    }
}

fn delete(world: &World) -> Vec<World> {
    if world.function.is_none() {
        return Vec::new();
    }
    vec![World { images: world.images.clone(), function: None }]
}

fn settle(world: &World) -> Vec<World> {
    // What the endpoint's own idle rules do is never a must, so either rule will do here.
    if hidden(world, IdleRule::Lever).iter().any(|step| step.must) {
        return Vec::new();
    }
    let lost = world.function.as_ref().is_some_and(|function| {
        function.state == State::Active && function.current.as_ref().is_some_and(|code| world.is_lost(code))
    });
    vec![world.with(|to| {
        if to.idle == Idle::May && to.status != Status::InProgress {
            to.idle = Idle::No;
        }
        if lost && to.lost == Lost::Unsettled {
            to.lost = Lost::Settled;
        }
    })]
}
