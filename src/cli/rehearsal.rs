//! A plan carried out on the reference machine, without sockets and in simulated time: what a run of it would see.
//!
//! It is the same on every machine and takes no time, so tables can be made of it. It says nothing of any endpoint.

use crate::driver::case::CaseRecord;
use crate::driver::endpoint::recorded;
use crate::driver::fc3::Fc3;
use crate::driver::intent::Intent;
use crate::driver::{Dialect, Request, ServerCall};
use crate::emulator::Settings;
use crate::emulator::machine::{Event as Input, Machine, Memo, Turn};
use crate::history::{Content, Event, Header, History, Name, Operation, Trace};
use crate::plan::{Action, Change, F, I, Plan, Step};
use std::time::Duration;

/// Microseconds in which everything of the reference machine that must happen by itself has happened.
const LONG: i64 = 500_000;
/// Microseconds that stand for one preparation.
const PREPARATION: i64 = 30_000;
/// Microseconds of half a round trip.
const TRIP: i64 = 100;

/// What a run of the plan would see on the reference endpoint.
#[must_use]
pub(super) fn rehearse(plan: &Plan) -> CaseRecord {
    let mut rehearsal = Rehearsal {
        machine: Machine::new(Settings::default()),
        now: 0,
        images: vec![Intent::FRESH; usize::from(plan.images())],
        operations: Vec::new(),
        bare_errors: Vec::new(),
    };
    for image in (0..plan.images()).map(I) {
        rehearsal.perform(&Action::Image(image, Change::Ready));
        rehearsal.now += 2 * TRIP + 1;
    }
    for (place, step) in plan.steps.iter().enumerate() {
        rehearsal.step(step, plan.steps.get(place + 1));
    }
    rehearsal.record(plan)
}

struct Rehearsal {
    machine: Machine,
    now: i64,
    images: Vec<Intent>,
    operations: Vec<Operation>,
    bare_errors: Vec<(usize, String)>,
}

impl Rehearsal {
    fn step(&mut self, step: &Step, next: Option<&Step>) {
        match step.0.as_slice() {
            [Action::Await(f)] => {
                self.now += LONG;
                self.step(&Step(vec![Action::Get(*f)]), None);
            }
            [Action::Watch(f)] => {
                for action in [Action::Invoke(*f), Action::Get(*f), Action::Await(*f), Action::Invoke(*f)] {
                    self.step(&Step(vec![action]), None);
                }
            }
            [Action::Settle(f)] => {
                self.keep(self.now, self.now + LONG, Event::Settle { function: name(*f) });
                self.now += LONG + 1;
                // As a run does: it looks afterwards, by an invocation if that comes next.
                if !next.is_some_and(|next| next.0.contains(&Action::Invoke(*f))) {
                    self.step(&Step(vec![Action::Get(*f)]), None);
                }
            }
            [Action::Pause(hundredths)] => self.now += PREPARATION * i64::from(*hundredths) / 100,
            actions => {
                let start = self.now;
                for action in actions {
                    self.perform(action);
                    self.now += TRIP;
                }
                // What is done at once overlaps: nothing has returned before all of it was sent.
                for operation in self.operations.iter_mut().filter(|operation| operation.start >= start) {
                    operation.start = start;
                    operation.end = Some(self.now + 2 * TRIP);
                }
                self.now += 2 * TRIP + 1;
            }
        }
    }

    fn perform(&mut self, action: &Action) {
        let request = match action {
            Action::Create(f, i) => Request::Create { function: name(*f), image: image(*i) },
            Action::Update(f, i) => Request::Update { function: name(*f), image: image(*i) },
            Action::Get(f) | Action::Await(f) | Action::Watch(f) | Action::Settle(f) => {
                Request::Get { function: name(*f) }
            }
            Action::Invoke(f) => Request::Invoke { function: name(*f) },
            Action::Delete(f) => Request::Delete { function: name(*f) },
            Action::Idle(f) => {
                if let Turn::Done = self.arrive(Input::Idle(name(*f))) {
                    self.keep(self.now, self.now + TRIP, Event::Idle { function: name(*f) });
                }
                return;
            }
            Action::Image(i, change) => {
                let content = self.change(*i, *change);
                self.arrive(Input::Image(image(*i), content.clone()));
                return self.keep(self.now, self.now + TRIP, Event::Image { image: image(*i), content });
            }
            Action::Pause(_) => return,
        };
        self.call(request);
    }

    fn call(&mut self, request: Request) {
        let call = ServerCall { request, config: serde_json::Map::new() };
        // The reference machine answers at once.
        let Turn::Answer(reply) = self.arrive(Input::Call(&call, Memo::default())) else { return };
        let decoded = Fc3.decode(&call.request, &Fc3.render(&reply, "rehearsal"));
        let event = Event::Call {
            function: call.request.function().clone(),
            call: recorded(&call.request, &decoded.meaning, &|body| Some(body.into())),
        };
        self.bare_errors.extend(decoded.bare_error.map(|bare| (self.operations.len(), bare)));
        self.keep(self.now, self.now + TRIP, event);
        if let Some(operation) = self.operations.last_mut() {
            operation.trace = decoded.trace;
        }
    }

    fn arrive(&mut self, input: Input<'_>) -> Turn {
        let now = Duration::from_micros(u64::try_from(self.now).unwrap_or_default());
        self.machine.step(now, input)
    }

    fn change(&mut self, i: I, change: Change) -> Content {
        let intent = &mut self.images[usize::from(i.0)];
        intent.apply(change);
        intent.content(|revision| format!("sha256:{i}{revision}").into())
    }

    fn keep(&mut self, start: i64, end: i64, event: Event) {
        self.operations.push(Operation { line: 0, start, end: Some(end), event, trace: Trace::default() });
    }

    fn record(mut self, plan: &Plan) -> CaseRecord {
        for (place, operation) in self.operations.iter_mut().enumerate() {
            operation.line = place + 2;
        }
        let header = Header { settle_us: u64::try_from(LONG).ok(), ..Header::default() };
        CaseRecord {
            name: "rehearsal".into(),
            plan: plan.clone(),
            history: History { header, operations: self.operations },
            bare_errors: self.bare_errors,
            cut_short: None,
            found: None,
        }
    }
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
