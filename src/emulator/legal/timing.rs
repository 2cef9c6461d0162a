//! Endpoints that take another time than one would think. The page promises none.

use std::time::Duration;

use crate::driver::{ServerCall, ServerReply};
use crate::emulator::behaviour::{Behaviour, card};
use crate::emulator::function::State;
use crate::emulator::machine::{Machine, Memo, Task, Turn};
use crate::history::Name;

/// The oddities of this file.
pub static LEGAL: &[&dyn Behaviour] = &[
    &Instant,
    &Slow,
    &Jittery,
    &NoticesLate,
    &NoticesWhenInvoked,
    &ReleasesLate,
    &ReleasesAllTheSame,
    &WakesLate,
    &ThinksBefore,
    &ThinksAfter,
];

/// Nobody ever sees Pending or InProgress unless the image is held.
pub struct Instant;

impl Behaviour for Instant {
    card!("instant", "prepares in no time");

    fn preparation_time(&self, _machine: &Machine, _name: &Name) -> Duration {
        Duration::ZERO
    }
}

/// Images are large.
pub struct Slow;

impl Behaviour for Slow {
    card!("slow", "takes six times as long to prepare");

    fn preparation_time(&self, machine: &Machine, name: &Name) -> Duration {
        machine.preparation_time(name) * 6
    }
}

/// The queue is now empty and now full.
pub struct Jittery;

impl Behaviour for Jittery {
    card!("jittery", "takes nothing or up to eight times as long to prepare");

    fn preparation_time(&self, machine: &Machine, name: &Name) -> Duration {
        let drawn = machine.draw(name, machine.calls) % 9;
        machine.preparation_time(name) * u32::try_from(drawn).unwrap_or_default()
    }
}

/// What is cached serves until the registry is looked at, which is not often.
pub struct NoticesLate;

impl Behaviour for NoticesLate {
    card!("notices-late", "serves from its cache until it notices, rather late, that the image is lost");

    fn notice_time(&self, machine: &Machine) -> Option<Duration> {
        Some(machine.settings.notice_time * 6)
    }

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let found = machine.functions.get(name).filter(|function| function.facts.state == State::Active);
        match found.and_then(|function| function.facts.current.clone()) {
            Some(code) => machine.serve(name, &code),
            None => machine.invoke(name),
        }
    }
}

/// Nobody looks at the registry until there is a reason to.
pub struct NoticesWhenInvoked;

impl Behaviour for NoticesWhenInvoked {
    card!("notices-when-invoked", "notices that an image is lost when it is needed, never by itself");

    fn notice_time(&self, _machine: &Machine) -> Option<Duration> {
        None
    }
}

/// The reaper comes round from time to time, and spares what was used meanwhile.
pub struct ReleasesLate;

impl ReleasesLate {
    fn uses(machine: &Machine, name: &Name) -> u64 {
        machine.functions.get(name).map_or(0, |function| function.counts.served + function.counts.updates)
    }
}

impl Behaviour for ReleasesLate {
    card!("releases-late", "releases an idle function after a while, unless it is used before");

    fn idle(&self, machine: &mut Machine, name: &Name) {
        if can_be_released(machine, name) {
            let uses = Self::uses(machine, name);
            machine.scratch.numbers.insert(name.clone(), uses);
            machine.schedule(machine.now + Duration::from_millis(25), name, Task::Errand(0));
        }
    }

    fn errand(&self, machine: &mut Machine, name: &Name, _number: u32) {
        if machine.scratch.numbers.get(name) == Some(&Self::uses(machine, name)) {
            machine.idle(name);
        }
    }
}

/// What is decided is done, whatever has come in between.
pub struct ReleasesAllTheSame;

impl Behaviour for ReleasesAllTheSame {
    card!("releases-all-the-same", "releases an idle function a moment later, though it was used meanwhile");

    fn idle(&self, machine: &mut Machine, name: &Name) {
        if can_be_released(machine, name) {
            machine.schedule(machine.now + Duration::from_millis(10), name, Task::Errand(0));
        }
    }

    fn errand(&self, machine: &mut Machine, name: &Name, _number: u32) {
        machine.idle(name);
    }
}

/// The invocation that wakes is refused at once, and the news of it travels.
pub struct WakesLate;

impl Behaviour for WakesLate {
    card!("wakes-late", "stays Inactive for a moment after the invocation that wakes it");

    fn wake(&self, machine: &mut Machine, name: &Name) {
        machine.schedule(machine.now + Duration::from_millis(10), name, Task::Errand(0));
    }

    fn errand(&self, machine: &mut Machine, name: &Name, _number: u32) {
        machine.wake(name);
    }
}

/// Requests wait before they are done.
pub struct ThinksBefore;

impl Behaviour for ThinksBefore {
    card!("thinks-before", "lets every call wait before it takes effect");

    fn call(&self, machine: &mut Machine, call: &ServerCall, memo: Memo) -> Turn {
        if memo.turn == 0 {
            return Turn::Later(machine.now + Duration::from_millis(4), Memo { turn: 1, reply: None });
        }
        machine.perform(call).into()
    }
}

/// Answers wait after it is done.
pub struct ThinksAfter;

impl Behaviour for ThinksAfter {
    card!("thinks-after", "lets every answer wait after the call took effect");

    fn call(&self, machine: &mut Machine, call: &ServerCall, memo: Memo) -> Turn {
        match memo.reply {
            Some(reply) => Turn::Answer(reply),
            None => {
                let reply = Some(Box::new(machine.perform(call)));
                Turn::Later(machine.now + Duration::from_millis(4), Memo { turn: 1, reply })
            }
        }
    }
}

/// Whether the idle lever has an effect on the function.
fn can_be_released(machine: &Machine, name: &Name) -> bool {
    let function = machine.functions.get(name);
    function.is_some_and(|function| function.facts.state == State::Active && !function.is_updating())
}
