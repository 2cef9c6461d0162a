//! A plan under way on a machine with a fault, the oracle looking on.

use super::beliefs::{Belief, Beliefs};
use crate::driver::Dialect as _;
use crate::driver::fc3::Fc3;
use crate::emulator::fingerprint::Counted;
use crate::emulator::{Behaviour, Settings};
use crate::history::{Answer, Call, Event, Name, Operation};
use crate::plan::{F, Plan, Step};
use crate::rehearsal::Rehearsal;
use std::hash::{DefaultHasher, Hash, Hasher};

/// So many functions a plan can name.
const FUNCTIONS: usize = 10;

/// What an operation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// It is explained.
    Fine,
    /// Nothing explains it, or the form of an answer is not what was asked for.
    Odd,
}

/// A rehearsal and what the oracle believes so far.
#[derive(Clone)]
pub(super) struct Course {
    rehearsal: Rehearsal,
    beliefs: [Belief; FUNCTIONS],
}

impl Course {
    /// Nothing was done but to publish so many images.
    pub(super) fn begin(fault: &'static dyn Behaviour, images: u8, oracle: &mut Beliefs) -> Self {
        let rehearsal = Rehearsal::begin(Settings::default().behaving(fault), images);
        let mut course = Self { rehearsal, beliefs: [Beliefs::START; FUNCTIONS] };
        let _ = course.look_on(oracle, Spread::OneByOne);
        course
    }

    /// The number of the step at which something is odd.
    pub(super) fn first_odd(fault: &'static dyn Behaviour, plan: &Plan, oracle: &mut Beliefs) -> Option<usize> {
        let mut course = Self::begin(fault, plan.images(), oracle);
        let mut steps = plan.steps.iter().enumerate();
        steps
            .find(|(place, step)| course.take(oracle, step, plan.steps.get(place + 1)) == Sight::Odd)
            .map(|(place, _)| place)
    }

    /// Whether the machine puts calls off when it does that.
    pub(super) fn puts_off(fault: &'static dyn Behaviour, plan: &Plan) -> bool {
        let mut rehearsal = Rehearsal::begin(Settings::default().behaving(fault), plan.images());
        for step in &plan.steps {
            rehearsal.step(step, None);
        }
        rehearsal.put_off() > 0
    }

    /// Takes a step.
    pub(super) fn take(&mut self, oracle: &mut Beliefs, step: &Step, next: Option<&Step>) -> Sight {
        self.rehearsal.step(step, next);
        self.look_on(oracle, if step.0.len() > 1 { Spread::AllAtOnce } else { Spread::OneByOne })
    }

    pub(super) fn rehearsal(&self) -> &Rehearsal {
        &self.rehearsal
    }

    /// Whether the machine knows the function.
    pub(super) fn knows(&self, f: F) -> bool {
        self.rehearsal.machine().functions.contains_key(f.to_string().as_str())
    }

    /// What all that comes next depends on, as a number.
    pub(super) fn fingerprint(&self, counted: Counted) -> (u64, u64) {
        let print = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, self.beliefs).hash(&mut hasher);
            self.rehearsal.fingerprint(counted, &mut hasher);
            hasher.finish()
        };
        (print(0), print(1))
    }

    fn look_on(&mut self, oracle: &mut Beliefs, spread: Spread) -> Sight {
        let operations = self.rehearsal.drain();
        let is_bare = |one: &Operation| one.trace.bare.is_some() && one.trace.status.is_some_and(|status| status < 500);
        let mut sight = if operations.iter().any(is_bare) { Sight::Odd } else { Sight::Fine };
        for operation in &operations {
            // What is under way with others may have been refused for what one of them did.
            let alone = operations.iter().filter(|other| overlaps(operation, other)).count() < 2;
            if self.is_malformed(oracle, operation, alone) {
                sight = Sight::Odd;
            }
            if spread == Spread::OneByOne {
                for place in self.places(&operation.event) {
                    self.beliefs[place] = oracle.after(self.beliefs[place], &operation.event);
                }
            }
        }
        if spread == Spread::AllAtOnce {
            for place in 0..FUNCTIONS {
                let about = operations.iter().map(|operation| &operation.event);
                let about = about.filter(|event| self.places(event).contains(&place));
                let after = oracle.after_all(self.beliefs[place], about);
                self.beliefs[place] = after;
            }
        }
        if self.beliefs.contains(&Beliefs::NONE) { Sight::Odd } else { sight }
    }

    /// The functions that an operation is about; all for an image.
    fn places(&self, event: &Event) -> std::ops::Range<usize> {
        match event.function().and_then(place) {
            Some(place) => place..place + 1,
            None => 0..FUNCTIONS,
        }
    }

    /// Whether the form of the answer may be wrong; the judge knows better.
    fn is_malformed(&self, oracle: &Beliefs, operation: &Operation, alone: bool) -> bool {
        let Event::Call { function, call } = &operation.event else { return false };
        let (refused, bare) = match call {
            Call::Get { answer: Answer::Accepted(report) } => {
                (false, &*report.state == "Active" && report.digest.as_deref().is_none_or(str::is_empty))
            }
            Call::Get { answer } => (*answer == Answer::Refused, false),
            Call::Invoke { answer } => (*answer == Answer::Refused, false),
            Call::Create { answer, .. } | Call::Update { answer, .. } | Call::Delete { answer } => {
                (*answer == Answer::Refused, false)
            }
        };
        let trace = &operation.trace;
        let is_usual = trace.status == Some(404) && trace.error.as_deref() == Some(Fc3.not_found_code());
        let absent = || place(function).is_some_and(|place| oracle.surely_absent(self.beliefs[place]));
        bare || (refused && !is_usual && alone && absent())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spread {
    OneByOne,
    AllAtOnce,
}

/// Whether two operations, which may be the same, are under way at once and concern the same function.
fn overlaps(one: &Operation, other: &Operation) -> bool {
    let at_once = one.start <= other.end.unwrap_or(i64::MAX) && other.start <= one.end.unwrap_or(i64::MAX);
    at_once && other.event.function().is_none_or(|function| one.event.function() == Some(function))
}

fn place(function: &Name) -> Option<usize> {
    let place = usize::from(function.bytes().next()?.checked_sub(b'f')?);
    (place < FUNCTIONS).then_some(place)
}
