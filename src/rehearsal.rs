//! A plan carried out on the emulator's machine, without sockets and in simulated time: what a run of it would see.
//!
//! It is the same on every machine and takes no time, so tables can be made of it. It says nothing of any endpoint.

use crate::driver::case::{CaseRecord, Origin};
use crate::driver::endpoint::recorded;
use crate::driver::fc3::Fc3;
use crate::driver::intent::Intent;
use crate::driver::{Dialect, Meaning, Request, ServerCall};
use crate::emulator::Settings;
use crate::emulator::fingerprint::Counted;
use crate::emulator::machine::{Event as Input, Machine, Memo, Turn};
use crate::history::{Content, Event, Header, History, Name, Operation, Trace};
use crate::plan::{Action, Change, F, I, Plan, Step};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::time::Duration;

/// Microseconds in which everything of the reference machine that must happen by itself has happened.
const LONG: i64 = 500_000;
/// Microseconds that stand for one preparation.
const PREPARATION: i64 = 30_000;
/// Microseconds of half a round trip.
const TRIP: i64 = 100;

/// What a run of the plan would see on the reference endpoint.
#[must_use]
pub fn rehearse(plan: &Plan) -> CaseRecord {
    rehearse_on(Settings::default(), plan)
}

/// What a run of the plan would see on the endpoint with these settings.
#[must_use]
pub fn rehearse_on(settings: Settings, plan: &Plan) -> CaseRecord {
    let mut rehearsal = Rehearsal::begin(settings, plan.images());
    for (place, step) in plan.steps.iter().enumerate() {
        rehearsal.step(step, plan.steps.get(place + 1));
    }
    rehearsal.end(plan.clone())
}

/// A plan while it is rehearsed, a step at a time.
#[derive(Clone)]
pub struct Rehearsal {
    machine: Machine,
    now: i64,
    images: Vec<Intent>,
    operations: Vec<Operation>,
    origins: Vec<Origin>,
    requests: u64,
    /// The step that is taken.
    at_step: Option<usize>,
    put_off: u64,
}

/// A call on its way to the machine.
struct Arrival {
    call: ServerCall,
    start: i64,
    memo: Memo,
}

impl Rehearsal {
    /// A machine with these settings, and so many images, published and ready.
    #[must_use]
    pub fn begin(settings: Settings, images: u8) -> Self {
        let mut rehearsal = Self {
            machine: Machine::new(settings),
            now: 0,
            images: vec![Intent::FRESH; usize::from(images)],
            operations: Vec::new(),
            origins: Vec::new(),
            requests: 0,
            at_step: None,
            put_off: 0,
        };
        for image in (0..images).map(I) {
            rehearsal.at_once(&[Action::Image(image, Change::Ready)]);
        }
        rehearsal
    }

    /// What was seen so far, sorted by start.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Takes out what was seen since the last time.
    pub fn drain(&mut self) -> Vec<Operation> {
        std::mem::take(&mut self.operations)
    }

    /// The machine as it is now.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Whether anything is meant by the image afterwards that was not before.
    #[must_use]
    pub fn would_change(&self, i: I, change: Change) -> bool {
        self.images.get(usize::from(i.0)).is_some_and(|before| {
            let mut after = *before;
            after.apply(change);
            after != *before
        })
    }

    /// Feeds the hasher with all that what comes next depends on.
    pub fn fingerprint(&self, counted: Counted, hasher: &mut impl Hasher) {
        self.images.hash(hasher);
        self.machine.fingerprint(counted, hasher);
    }

    /// How many requests a client would have sent so far, levers not counted.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// How often the machine has put a call off.
    #[must_use]
    pub fn put_off(&self) -> u64 {
        self.put_off
    }

    /// Takes a step; what comes next decides how a settle looks.
    pub fn step(&mut self, step: &Step, next: Option<&Step>) {
        self.at_step = Some(self.at_step.map_or(0, |at| at + 1));
        match step.0.as_slice() {
            [Action::Await(f)] => {
                self.now += LONG;
                self.at_once(&[Action::Get(*f)]);
            }
            [Action::Watch(f)] => {
                self.at_once(&[Action::Invoke(*f)]);
                self.at_once(&[Action::Get(*f)]);
                self.now += LONG;
                self.at_once(&[Action::Get(*f)]);
                self.at_once(&[Action::Invoke(*f)]);
            }
            [Action::Settle(f)] => {
                self.keep(0, self.now, Some(self.now + LONG), Event::Settle { function: name(*f) });
                self.now += LONG + 1;
                // As a run does: it looks afterwards, by an invocation if that comes next.
                if !next.is_some_and(|next| next.0.contains(&Action::Invoke(*f))) {
                    self.at_once(&[Action::Get(*f)]);
                }
            }
            [Action::Pause(hundredths)] => self.now += PREPARATION * i64::from(*hundredths) / 100,
            actions => self.at_once(actions),
        }
        self.arrive(self.now, Input::Tick);
    }

    /// Sends actions so that they overlap: each arrives a trip after the one before, and none returns before all of
    /// them were sent.
    fn at_once(&mut self, actions: &[Action]) {
        let (start, seen) = (self.now, self.operations.len());
        let mut arrivals: BTreeMap<(i64, usize), Arrival> = BTreeMap::new();
        for (place, action) in actions.iter().enumerate() {
            let at = self.now;
            self.now += TRIP;
            match request(action) {
                Some(request) => {
                    self.requests += 1;
                    let call = ServerCall { request, config: serde_json::Map::new() };
                    self.turn(at, place, Arrival { call, start, memo: Memo::default() }, &mut arrivals);
                }
                None => self.pull(at, place, action),
            }
        }
        let sent = self.now;
        while let Some(((at, place), arrival)) = arrivals.pop_first() {
            self.now = self.now.max(at);
            self.turn(at, place, arrival, &mut arrivals);
        }
        for operation in &mut self.operations[seen..] {
            operation.start = start;
            operation.end = operation.end.map(|end| end.max(sent + TRIP));
        }
        self.now += 2 * TRIP + 1;
    }

    /// One turn of a call.
    fn turn(&mut self, at: i64, place: usize, arrival: Arrival, later: &mut BTreeMap<(i64, usize), Arrival>) {
        match self.arrive(at, Input::Call(&arrival.call, arrival.memo.clone())) {
            Turn::Answer(reply) => {
                let Arrival { call, start, .. } = arrival;
                let mut response = Fc3.render(&reply, "rehearsal");
                self.machine.behaviour().shape(&call, &mut response);
                let decoded = Fc3.decode(&call.request, &response);
                if matches!(decoded.meaning, Meaning::Throttled(_)) && at < start + LONG {
                    // As a run does: what took no effect is sent again.
                    later.insert((at + 2 * TRIP, place), Arrival { call, start, memo: Memo::default() });
                    return;
                }
                let event = Event::Call {
                    function: call.request.function().clone(),
                    call: recorded(&call.request, &decoded.meaning, &|body| Some(body.into())),
                };
                self.keep(place, start, Some(at + TRIP), event);
                if let Some(operation) = self.operations.last_mut() {
                    operation.trace = decoded.into_trace();
                }
            }
            Turn::Later(when, memo) => {
                self.put_off += 1;
                let when = i64::try_from(when.as_micros()).unwrap_or(at).max(at);
                later.insert((when, place), Arrival { memo, ..arrival });
            }
            Turn::Cut => {
                let event = Event::Call {
                    function: arrival.call.request.function().clone(),
                    call: recorded(&arrival.call.request, &Meaning::Unknown, &|body| Some(body.into())),
                };
                self.keep(place, arrival.start, None, event);
            }
            Turn::Done => {}
        }
    }

    /// Pulls a lever.
    fn pull(&mut self, at: i64, place: usize, action: &Action) {
        match action {
            Action::Idle(f) => {
                if let Turn::Done = self.arrive(at, Input::Idle(name(*f))) {
                    self.keep(place, at, Some(at + TRIP), Event::Idle { function: name(*f) });
                }
            }
            Action::Image(i, change) => {
                let content = self.change(*i, *change);
                self.arrive(at, Input::Image(image(*i), content.clone()));
                self.keep(place, at, Some(at + TRIP), Event::Image { image: image(*i), content });
            }
            _ => {}
        }
    }

    fn arrive(&mut self, at: i64, input: Input<'_>) -> Turn {
        let at = Duration::from_micros(u64::try_from(at).unwrap_or_default());
        self.machine.step(at, input)
    }

    fn change(&mut self, i: I, change: Change) -> Content {
        let intent = &mut self.images[usize::from(i.0)];
        intent.apply(change);
        intent.content(|revision| format!("sha256:{i}{revision}").into())
    }

    fn keep(&mut self, action: usize, start: i64, end: Option<i64>, event: Event) {
        self.operations.push(Operation { line: 0, start, end, event, trace: Trace::default() });
        self.origins.push(Origin { step: self.at_step, action, after: self.requests });
    }

    /// The record of what was seen.
    #[must_use]
    pub fn end(mut self, plan: Plan) -> CaseRecord {
        for (place, operation) in self.operations.iter_mut().enumerate() {
            operation.line = place + 2;
        }
        let header = Header { settle_us: u64::try_from(LONG).ok(), ..Header::default() };
        CaseRecord {
            name: "rehearsal".into(),
            plan,
            history: History { header, operations: self.operations },
            origins: self.origins,
            cut_short: None,
            found: None,
        }
    }
}

/// The call that an action is; `None` for levers and waits. In a burst there is no time to wait: it looks once.
fn request(action: &Action) -> Option<Request> {
    Some(match action {
        Action::Create(f, i) => Request::Create { function: name(*f), image: image(*i) },
        Action::Update(f, i) => Request::Update { function: name(*f), image: image(*i) },
        Action::Get(f) | Action::Await(f) | Action::Watch(f) | Action::Settle(f) => Request::Get { function: name(*f) },
        Action::Invoke(f) => Request::Invoke { function: name(*f) },
        Action::Delete(f) => Request::Delete { function: name(*f) },
        Action::Idle(_) | Action::Image(..) | Action::Pause(_) => return None,
    })
}

fn name(f: F) -> Name {
    f.to_string().into()
}

fn image(i: I) -> Name {
    format!("registry.example.com/rehearsal:{i}").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lever::LeverSet;
    use crate::oracle;
    use crate::plan::{strategy, systematic};

    #[test]
    fn what_is_rehearsed_conforms() {
        let drawn = (0..100).map(|case| strategy::plan(7, case, LeverSet::ALL));
        for plan in systematic::plans(LeverSet::ALL).chain(drawn) {
            let record = rehearse(&plan);
            let judgement = oracle::judge(&record.history).unwrap();
            let finding = judgement.first_violation().map(|finding| finding.explanation.clone());
            assert_eq!(finding, None, "{plan}");
        }
    }
}
