//! Operations in the order of their starts, though they end in another.
//!
//! The judge wants them so, and what is over is held back while something that started before it is under way. An
//! invocation that streams for an hour must not hold back everything for so long: what has been waited for enough is
//! handed over as an operation without an answer, which may take effect at any later time or never. What it turns out to
//! have been stands in the file, but is not judged any more: nobody is accused by that who would not have been.
//!
//! It must not know what operations say.

use crate::history::Operation;
use std::collections::{BTreeMap, HashMap};

/// So many operations are held back at the most.
const HELD: usize = 4096;
/// For so long something is waited for while others are held back, in microseconds.
const PATIENCE: i64 = 10_000_000;

/// Operations that start one after the other.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    pub(super) operations: Vec<Operation>,
    /// What comes later starts at this time or after it.
    pub(super) until: i64,
}

/// What an operation under way may do, as far as it is known.
pub(super) enum Intent {
    /// This operation without an answer.
    May(Operation),
    /// Nothing before its request is complete.
    NotYet,
    /// Nothing.
    Nothing,
}

/// What was handed over before it was over.
enum Late {
    Entered,
    /// Its request was not complete, so nothing could come of it.
    Owed,
}

/// Puts operations in order. Their numbers are in the order of their starts.
#[derive(Default)]
pub(super) struct Order {
    open: BTreeMap<u64, i64>,
    held: BTreeMap<u64, Operation>,
    late: HashMap<u64, Late>,
    out: Vec<Operation>,
    until: i64,
}

impl Order {
    /// An operation starts.
    pub(super) fn begin(&mut self, number: u64, start: i64) {
        self.open.insert(number, start);
    }

    /// Whether this operation still has to be handed over, because only now something can come of it.
    pub(super) fn is_owed(&self, number: u64) -> bool {
        matches!(self.late.get(&number), Some(Late::Owed))
    }

    /// Something can come from now on of an operation that was waited for enough.
    pub(super) fn owe(&mut self, number: u64, mut operation: Operation) {
        self.late.insert(number, Late::Entered);
        operation.start = self.until;
        operation.end = None;
        self.out.push(operation);
    }

    /// An operation is over, and was this. `false` if it was handed over already, without its answer.
    pub(super) fn end(&mut self, number: u64, operation: Option<Operation>) -> bool {
        if self.late.remove(&number).is_some() {
            return false;
        }
        self.open.remove(&number);
        if let Some(operation) = operation {
            self.held.insert(number, operation);
        }
        true
    }

    /// Hands over what can be; `now` is a time at or after which all starts that are yet to be told of.
    pub(super) fn release(&mut self, now: i64, intent: impl Fn(u64) -> Intent) -> Stretch {
        while let Some((&oldest, &start)) = self.open.first_key_value() {
            let younger = self.held.split_off(&oldest);
            self.out.extend(std::mem::replace(&mut self.held, younger).into_values());
            self.until = start;
            let waited = now - start > PATIENCE && !self.held.is_empty();
            if !waited && self.held.len() <= HELD {
                break;
            }
            self.open.remove(&oldest);
            let late = match intent(oldest) {
                Intent::May(operation) => {
                    self.out.push(operation);
                    Late::Entered
                }
                Intent::NotYet => Late::Owed,
                Intent::Nothing => Late::Entered,
            };
            self.late.insert(oldest, late);
        }
        if self.open.is_empty() {
            self.out.extend(std::mem::take(&mut self.held).into_values());
            self.until = now;
        }
        Stretch { operations: std::mem::take(&mut self.out), until: self.until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Answer, Call, Event, Trace};

    fn invoke(start: i64, end: Option<i64>) -> Operation {
        let answer = if end.is_some() { Answer::Accepted(None) } else { Answer::Unknown };
        let event = Event::Call { function: "f".into(), call: Call::Invoke { answer } };
        Operation { line: 0, start, end, event, trace: Trace::default() }
    }

    fn unanswered(number: u64) -> Intent {
        Intent::May(invoke(i64::try_from(number).unwrap(), None))
    }

    fn starts(stretch: &Stretch) -> Vec<i64> {
        stretch.operations.iter().map(|operation| operation.start).collect()
    }

    #[test]
    fn what_started_later_waits_for_what_started_before_it() {
        let mut order = Order::default();
        (1..4).for_each(|number| order.begin(number, number as i64));
        assert!(order.end(2, Some(invoke(2, Some(5)))));
        let first = order.release(9, unanswered);
        assert_eq!((starts(&first), first.until), (vec![], 1));
        assert!(order.end(1, Some(invoke(1, Some(7)))));
        let second = order.release(9, unanswered);
        assert_eq!((starts(&second), second.until), (vec![1, 2], 3));
        assert!(order.end(3, None));
        let last = order.release(12, unanswered);
        assert_eq!((starts(&last), last.until), (vec![], 12));
    }

    #[test]
    fn what_lasts_too_long_is_handed_over_without_its_answer() {
        let mut order = Order::default();
        order.begin(1, 1);
        order.begin(2, 2);
        order.end(2, Some(invoke(2, Some(5))));
        let stretch = order.release(PATIENCE + 2, unanswered);
        assert_eq!(starts(&stretch), [1, 2]);
        assert_eq!(stretch.operations[0].end, None);
        assert!(!order.end(1, Some(invoke(1, Some(PATIENCE + 9)))));
        assert!(order.release(PATIENCE + 10, unanswered).operations.is_empty());
    }

    #[test]
    fn more_is_not_held_back_than_there_is_room_for() {
        let mut order = Order::default();
        order.begin(0, 0);
        for number in 1..=HELD as u64 + 1 {
            order.begin(number, number as i64);
            order.end(number, Some(invoke(number as i64, Some(number as i64 + 1))));
        }
        assert_eq!(order.release(10, unanswered).operations.len(), HELD + 2);
    }

    #[test]
    fn what_could_do_nothing_yet_is_handed_over_when_it_can() {
        let mut order = Order::default();
        order.begin(1, 1);
        order.begin(2, 2);
        order.end(2, Some(invoke(2, Some(5))));
        let stretch = order.release(PATIENCE + 2, |_| Intent::NotYet);
        assert_eq!((starts(&stretch), stretch.until), (vec![2], PATIENCE + 2));
        assert!(order.is_owed(1));
        order.owe(1, invoke(1, None));
        assert_eq!(starts(&order.release(PATIENCE + 3, unanswered)), [PATIENCE + 2]);
        assert!(!order.is_owed(1));
    }
}
