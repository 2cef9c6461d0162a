//! What may have become idle by itself, where leaving a function alone is what makes it idle.
//!
//! Such an endpoint releases a function whenever nobody uses it for long enough, whether the plan asked for it or not:
//! in the midst of a wait for something else, or while the machine was busy. So a history says of every long pause that
//! the function may have been idle for long enough, as an `idle` that nobody saw the end of. It must not know what an
//! idle function becomes.

use crate::history::{Answer, Call, Event, Name, Operation, Trace};
use crate::lever::Levers;
use std::collections::BTreeMap;
use std::time::Duration;

/// In so small a part of the time after which a function has surely been idle for long enough, it surely has not.
const SURELY_NOT: u32 = 2;

/// After so long a function may have been released by an endpoint that was given no rule and no lever for it: it has rules
/// of its own, which the page leaves to it.
const OWN_RULES: Duration = Duration::from_secs(20);

/// After how long a function that is left alone has been idle for long enough, for all that is known.
pub(super) fn of(levers: &Levers) -> Option<Duration> {
    match levers.idling() {
        Some(idling) => idling.alone(),
        None => Some(OWN_RULES),
    }
}

/// The shortest patience that such an endpoint is left with.
const SHORTEST: Duration = Duration::from_secs(2);

/// How long is waited for what must happen, if that would be for so long otherwise, `needed` being [`super::patience::PATIENCE_FACTOR`]
/// times the longest preparation: no longer than it is sure that the function was not released meanwhile, since
/// what is seen later proves nothing.
pub(super) fn patience(usual: Duration, needed: Duration, alone: Option<Duration>) -> Duration {
    match alone {
        Some(alone) => usual.min((alone * 2 / 5).max(needed).max(SHORTEST)),
        None => usual,
    }
}

/// When each function of a case was last used, in microseconds of the run.
///
/// That is when the request was sent: its answer may come as late as a busy machine lets it.
#[derive(Debug, Default)]
pub(super) struct LeftAlone(BTreeMap<Name, i64>);

impl LeftAlone {
    /// Takes in what was seen: what uses a function ends its being alone.
    pub(super) fn take_in(&mut self, operation: &Operation) {
        let Event::Call { function, call } = &operation.event else { return };
        let used = match call {
            Call::Create { answer, .. } | Call::Update { answer, .. } => *answer != Answer::Refused,
            Call::Invoke { answer } => *answer != Answer::Refused,
            Call::Get { .. } | Call::Delete { .. } => false,
        };
        if used {
            self.0.insert(function.clone(), operation.start);
        }
    }

    /// That the function may have become idle since then, if by now it was left alone for a part of `alone`.
    pub(super) fn perhaps_idle(&mut self, function: &Name, alone: Duration, since: i64, now: i64) -> Option<Operation> {
        let used = self.0.get_mut(function)?;
        if u128::try_from(now - *used).unwrap_or(0) < (alone / SURELY_NOT).as_micros() {
            return None;
        }
        *used = now;
        let event = Event::Idle { function: function.clone() };
        Some(Operation { line: 0, start: since, end: None, event, trace: Trace::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_function_that_was_used_and_left_alone_may_have_become_idle() {
        let mut left = LeftAlone::default();
        let (f, long) = (Name::from("f"), Duration::from_micros(100));
        assert_eq!(left.perhaps_idle(&f, Duration::ZERO, 5, 6), None);
        let call = Call::Invoke { answer: Answer::Accepted(None) };
        let event = Event::Call { function: f.clone(), call };
        // Its answer came late, and in all that time it may have been idle already.
        left.take_in(&Operation { line: 0, start: 10, end: Some(50), event, trace: Trace::default() });
        assert_eq!(left.perhaps_idle(&f, long, 55, 59), None);
        let idle = left.perhaps_idle(&f, long, 55, 60).expect("it was left alone for half of the time");
        assert_eq!((idle.start, idle.end, idle.event), (55, None, Event::Idle { function: f }));
    }
}
