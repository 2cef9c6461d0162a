//! How long a case waits for what must happen, and when it claims that there was time enough.
//!
//! A settle is a claim: whatever must happen has happened by its end. Made too early, it accuses someone who is right. So
//! it is made when what is seen next agrees with it, and otherwise only when patience has run out, which is many times
//! what the endpoint was measured to take. An endpoint that is quick is quickly done with; one that is slow, or on a busy
//! machine, has all the time it needs. Nor is it made at all of an endpoint that was not seen to become ready many times
//! over: what was never seen to end may only be slow.

use super::case::{Case, CutShort};
use super::{Request, alone};
use crate::history::{Answer, Call, Event, Name, Operation, Trace};
use crate::oracle::watch::{Asserts, Due};
use crate::plan::{Action, F, Step};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The shortest patience before something that did not happen is held against an endpoint.
pub const SHORTEST_PATIENCE: Duration = Duration::from_secs(10);
/// Patience is so many times the longest preparation that was measured.
pub const PATIENCE_FACTOR: u32 = 20;
/// What [`Pace::proved_after`] is in a run.
const PROVED: u32 = 6;

/// An endpoint that was seen so often to do what it was waited for can do it: what does not happen in all the time of
/// patience is held against it.
const SEEN_READY: u32 = 8;

/// How long things take, and how long they are waited for.
#[derive(Debug)]
pub struct Pace {
    /// What a preparation takes in the middle.
    pub typical: Duration,
    /// How long is waited for what must happen.
    pub patience: Duration,
    /// After so many cases in which patience ran out, waiting for it once more proves nothing.
    proved_after: u32,
    /// How often patience ran out so far and that was held against the endpoint.
    ran_out: AtomicU32,
    /// How often it ran out before the endpoint was known well enough for that.
    gave_up: AtomicU32,
    /// How often what was waited for was seen to happen.
    seen_ready: AtomicU32,
}

impl Pace {
    /// The pace of an endpoint whose preparations took so long in the middle and at the longest, and whose functions
    /// become idle by being left alone for so long, if that is what makes them idle.
    #[must_use]
    pub fn measured(typical: Duration, longest: Duration, alone: Option<Duration>) -> Self {
        let needed = longest * PATIENCE_FACTOR;
        Self::patient(typical, alone::patience(SHORTEST_PATIENCE.max(needed), needed, alone))
    }

    /// A pace with that patience.
    #[must_use]
    pub const fn patient(typical: Duration, patience: Duration) -> Self {
        let [ran_out, gave_up, seen_ready] = [const { AtomicU32::new(0) }; 3];
        Self { typical, patience, proved_after: PROVED, ran_out, gave_up, seen_ready }
    }

    /// How many cases are in flight at once where what is wrong for a moment is not to be missed.
    ///
    /// Most of a case is waiting, so the longer that takes the more there can be. More than are needed would only put time
    /// between a step and the next.
    #[must_use]
    pub fn at_once(&self, jobs: usize) -> usize {
        let fitting = usize::try_from(self.typical.as_millis() / 3).unwrap_or(usize::MAX);
        fitting.clamp(4, jobs.max(4))
    }

    /// So many hundredths of a preparation.
    #[must_use]
    pub fn hundredths(&self, hundredths: u16) -> Duration {
        self.typical * u32::from(hundredths) / 100
    }

    /// A pace at which the same is waited for as often as it is asked for, with an endpoint that is known already.
    #[must_use]
    pub const fn tireless(typical: Duration, patience: Duration) -> Self {
        let [ran_out, gave_up] = [const { AtomicU32::new(0) }; 2];
        Self { typical, patience, proved_after: u32::MAX, ran_out, gave_up, seen_ready: AtomicU32::new(SEEN_READY) }
    }

    /// The pace with what another one has seen of the endpoint.
    #[must_use]
    pub fn knowing(self, other: &Self) -> Self {
        self.seen_ready.fetch_add(other.seen_ready.load(Ordering::Relaxed), Ordering::Relaxed);
        self
    }

    fn poll(&self) -> Duration {
        (self.typical / 8).clamp(Duration::from_millis(2), Duration::from_secs(1))
    }

    fn longest_poll(&self) -> Duration {
        (self.typical * 2).clamp(Duration::from_millis(20), Duration::from_secs(2))
    }

    /// Whether waiting is to go on. `at_rest`: what is seen is what may be seen for ever.
    fn has_waited(&self, since: Instant, at_rest: bool) -> Waited {
        let waited = since.elapsed();
        if at_rest && waited >= self.typical * 4 {
            return Waited::LongEnough;
        }
        // Asked once: what becomes known between two questions is no reason for a claim made too early.
        let known = self.is_known();
        // Shorter where waiting on would only show the same again; never so that less is waited before a claim is made.
        let is_hopeless = !known && self.gave_up.load(Ordering::Relaxed) >= PROVED;
        let patience = if self.is_proved() || is_hopeless { self.patience / 10 } else { self.patience };
        match (waited >= patience, known) {
            (false, _) => Waited::Go,
            (true, true) => Waited::TooLong,
            (true, false) => Waited::InVain,
        }
    }

    /// What was waited for has happened.
    fn has_become_ready(&self) {
        self.seen_ready.fetch_add(1, Ordering::Relaxed);
    }

    fn is_known(&self) -> bool {
        self.seen_ready.load(Ordering::Relaxed) >= SEEN_READY
    }

    fn is_proved(&self) -> bool {
        self.ran_out.load(Ordering::Relaxed) >= self.proved_after
    }
}

/// Whether waiting is to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waited {
    /// It is.
    Go,
    /// What is seen may be seen for ever: waiting for something else would be in vain.
    LongEnough,
    /// What is seen may not be seen for so long.
    TooLong,
    /// Nor may it, but the endpoint is not known well enough to say so.
    InVain,
}

/// How many turns of a watch there are in the time that a preparation takes, at the most.
const TURNS: u32 = 64;
/// How often a function that is invoked next is tried by invocations before it is looked at.
const BLIND_TRIES: u32 = 4;

impl Case {
    /// Looks until nothing is left that must happen.
    pub(super) async fn await_quiet(&mut self, f: F) {
        let function = self.function(f);
        let since = Instant::now();
        let due = self.judge.outlook(&function).due;
        let mut interval = self.bench.pace.poll();
        loop {
            let Some(seen) = self.seen(&function, Look::Get).await else { return };
            self.take_in(vec![seen.clone()]);
            if self.judge.outlook(&function).due == Due::Nothing {
                return self.has_waited_for(due);
            }
            let rest = self.judge.agrees(&function, &[settle(&function, 0, 1), seen]);
            match self.bench.pace.has_waited(since, rest) {
                Waited::Go => self.pause(interval).await,
                Waited::LongEnough => return,
                Waited::InVain => return self.give_up(),
                Waited::TooLong => return self.run_out(&function, interval, Look::Get).await,
            }
            if self.cut_short.is_some() {
                return;
            }
            interval = (interval * 3 / 2).min(self.bench.pace.longest_poll());
        }
    }

    /// Invokes the function and looks at it by turns until nothing is left that must happen.
    ///
    /// What is routed and what is shown may part for a moment only, so there is hardly a pause between the turns: as
    /// many fit into a preparation as find such a moment, on a slow endpoint as well.
    pub(super) async fn watch(&mut self, f: F) {
        let function = self.function(f);
        let typical = self.bench.pace.typical;
        let due = self.judge.outlook(&function).due;
        let since = Instant::now();
        while since.elapsed() < typical * 4 {
            for look in [Look::Invoke, Look::Get] {
                let Some(seen) = self.seen(&function, look).await else { return };
                self.take_in(vec![seen]);
            }
            if self.judge.outlook(&function).due == Due::Nothing {
                return self.has_waited_for(due);
            }
            self.pause(typical / TURNS).await;
            if self.cut_short.is_some() {
                return;
            }
        }
        self.await_quiet(f).await;
    }

    /// Leaves the function alone until everything must have happened.
    pub(super) async fn settle(&mut self, f: F, next: Option<&Step>) {
        let function = self.function(f);
        let outlook = self.judge.outlook(&function);
        if outlook.due == Due::Nothing && outlook.asserts != Asserts::Loss {
            return;
        }
        let invoked_next = next.is_some_and(|step| step.0.contains(&Action::Invoke(f)));
        // An invocation keeps an idle function from being released, so there only looking tells.
        let harmless = outlook.asserts == Asserts::Loss || !self.was_left_idle(&function);
        // A function that was looked at is known to be Active, and then an invocation tells less.
        let mut blind = if invoked_next && harmless { BLIND_TRIES } else { 0 };
        let mut look = if blind > 0 { Look::Invoke } else { Look::Get };
        let since = Instant::now();
        let mut quiet = self.bench.pace.typical * 4 / 3 + Duration::from_millis(5);
        loop {
            let settle = self.leave_alone(&function, quiet).await;
            if self.cut_short.is_some() {
                return;
            }
            let Some(seen) = self.seen_since(settle.start - 1, &function, look).await else { return };
            let both = [settle, seen];
            // Time to notice a loss is claimed only where it was noticed.
            let loss = self.judge.outlook(&function).asserts == Asserts::Loss;
            let agrees = self.judge.agrees(&function, &both) && !(loss && still_in_service(&both[1]));
            // What may look the same before it has happened is no sign that it has.
            let open = self.judge.outlook(&function).asserts == Asserts::PerhapsLoss;
            // A refusal is no sign that a preparation is over, from which on there was time to notice a loss.
            let is_rash = !loss
                && look == Look::Invoke
                && !still_in_service(&both[1])
                && self.judge.might_assert_loss(&function, &both);
            if agrees && !open && !is_rash && (loss || self.judge.would_be_quiet(&function, &both[1..])) {
                self.take_in(both.into());
                return self.has_waited_for(outlook.due);
            }
            let [_, seen] = both;
            self.take_in(vec![seen]);
            match self.bench.pace.has_waited(since, agrees && look == Look::Get) {
                Waited::Go => {}
                Waited::LongEnough => return,
                Waited::InVain => return self.give_up(),
                Waited::TooLong => {
                    let look = if loss { Look::Invoke } else { Look::Get };
                    return self.run_out(&function, quiet, look).await;
                }
            }
            blind = blind.saturating_sub(1);
            look = if blind > 0 || (loss && look == Look::Get) { Look::Invoke } else { Look::Get };
            quiet = (quiet * 3 / 2).min(self.bench.pace.longest_poll() * 4);
        }
    }

    fn has_waited_for(&self, due: Due) {
        if due == Due::Something {
            self.bench.pace.has_become_ready();
        }
    }

    fn give_up(&mut self) {
        self.bench.pace.gave_up.fetch_add(1, Ordering::Relaxed);
        self.cut_short = Some(CutShort::NeverReady);
    }

    /// Claims that there was time enough, whatever is seen next.
    async fn run_out(&mut self, function: &Name, quiet: Duration, look: Look) {
        if self.bench.pace.is_proved() {
            self.cut_short = Some(CutShort::Patience);
            return;
        }
        let settle = self.leave_alone(function, quiet).await;
        if self.cut_short.is_some() {
            return;
        }
        let Some(seen) = self.seen_since(settle.start - 1, function, look).await else { return };
        let both = [settle, seen];
        if !self.judge.agrees(function, &both) {
            self.bench.pace.ran_out.fetch_add(1, Ordering::Relaxed);
        }
        self.take_in(both.into());
    }

    async fn leave_alone(&mut self, function: &Name, quiet: Duration) -> Operation {
        let start = self.bench.endpoint.now() + 1;
        self.pause(quiet).await;
        let end = (self.bench.endpoint.now() - 1).max(start + 1);
        settle(function, start, end)
    }

    async fn seen(&mut self, function: &Name, look: Look) -> Option<Operation> {
        self.seen_since(self.bench.endpoint.now(), function, look).await
    }

    /// What is seen at a look at the function, of which nothing was recorded since then.
    async fn seen_since(&mut self, since: i64, function: &Name, look: Look) -> Option<Operation> {
        let turn = self.turn(1).await?;
        let request = match look {
            Look::Get => Request::Get { function: function.clone() },
            Look::Invoke => Request::Invoke { function: function.clone() },
        };
        let recorded = self.send(&turn, &request).await;
        // Both the turn and the answer may have taken their time.
        self.may_be_idle([function.clone()], since);
        self.unpack(recorded)
    }
}

fn settle(function: &Name, start: i64, end: i64) -> Operation {
    let event = Event::Settle { function: function.clone() };
    Operation { line: 0, start, end: Some(end), event, trace: Trace::default() }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Get,
    Invoke,
}

/// Whether what was seen is a function in service, or does not tell.
fn still_in_service(operation: &Operation) -> bool {
    match &operation.event {
        Event::Call { call: Call::Get { answer: Answer::Accepted(report) }, .. } => &*report.state == "Active",
        Event::Call { call: Call::Invoke { answer: Answer::Refused }, .. } => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_comes_to_be_known_is_given_all_patience_again() {
        let pace = Pace::patient(Duration::from_millis(20), Duration::from_secs(10));
        pace.gave_up.fetch_add(PROVED, Ordering::Relaxed);
        let since = Instant::now() - Duration::from_secs(2);
        assert_eq!(pace.has_waited(since, false), Waited::InVain);
        (0..SEEN_READY).for_each(|_| pace.has_become_ready());
        assert_eq!(pace.has_waited(since, false), Waited::Go);
        assert_eq!(pace.has_waited(since - Duration::from_secs(8), false), Waited::TooLong);
    }
}
