//! The machine in real time, for all who share it.
//!
//! One mutex guards it. A step takes microseconds and nothing is awaited under it, so thousands of requests a second
//! pass. What happens by itself is done before the next event, which nobody can tell from doing it in time.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;
use super::function::{Function, State};
use super::machine::{Event, Machine, Turn};
use super::settings::Settings;
use crate::history::{Content, Name};

/// A machine with a clock.
pub(super) struct Live {
    clock: Clock,
    machine: Mutex<Machine>,
}

impl Live {
    /// A machine whose time begins now.
    pub(super) fn start(settings: Settings) -> Self {
        Self { clock: Clock::start(), machine: Mutex::new(Machine::new(settings)) }
    }

    /// Takes an event now, and gives what it comes to and how many calls there were. The clock is read under the lock, so
    /// that time never goes back for the machine.
    pub(super) fn step(&self, event: Event<'_>) -> (Turn, u64) {
        let mut machine = self.machine();
        let now = self.clock.now();
        let turn = machine.step(now, event);
        (turn, machine.calls)
    }

    /// How long it is until then.
    pub(super) fn until(&self, at: Duration) -> Duration {
        self.clock.until(at)
    }

    /// From now on the reference stands for this.
    pub(super) fn image(&self, image: Name, content: Content) {
        self.step(Event::Image(image, content));
    }

    /// The image that the function was deployed with last.
    pub(super) fn deployed(&self, function: &Name) -> Option<Name> {
        self.machine().functions.get(function).map(|function| function.facts.latest.image.clone())
    }

    /// The image that an invocation of the function would have prepared again.
    pub(super) fn would_wake(&self, function: &Name) -> Option<Name> {
        let machine = self.machine();
        let facts = &machine.functions.get(function)?.facts;
        let current = facts.current.as_ref().filter(|_| facts.state == State::Inactive);
        current.map(|code| code.image.clone())
    }

    /// All images that functions are of, or are becoming of.
    pub(super) fn images(&self) -> BTreeSet<Name> {
        let machine = self.machine();
        let of = |function: &Function| {
            let prepared = function.next.iter().chain(&function.older).map(|preparation| &preparation.code);
            let codes = prepared.chain(&function.facts.current).chain([&function.facts.latest]);
            codes.map(|code| code.image.clone()).collect::<Vec<_>>()
        };
        machine.functions.values().flat_map(of).collect()
    }

    /// The machine, whatever became of whoever held it last: a step that panicked is a bug to be seen elsewhere.
    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
