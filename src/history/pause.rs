//! Settles that nobody wrote down: pauses of at least so long, in histories that others recorded.
//!
//! Whoever asks for it says that within such a pause whatever must happen by itself does happen. A pause of a function
//! lasts from the end of all that was done to it, and to any image, to the start of what is done to it next. There is none
//! after an operation without an answer, which may take effect at any later time: then something may be done to the
//! function in the midst of the pause. (A look without an answer does nothing.)
//!
//! The settle is put at the very end of its pause. By then all has happened, and operations stay in order as they stream.

use super::{Answer, Call, Event, Name, Operation, Trace};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// Puts settles between operations that come by their starts.
#[derive(Debug)]
pub struct Pauses {
    least: i64,
    functions: HashMap<Name, Busy>,
    images: Busy,
    /// What may still have to let a settle go first.
    waiting: VecDeque<Operation>,
}

/// Until when something was done.
#[derive(Debug, Clone, Copy)]
enum Busy {
    Until(i64),
    /// Something may still be done.
    ForEver,
}

/// How long before the next operation a settle begins; it ends one microsecond before.
const BEFORE: i64 = 2;

impl Pauses {
    /// Pauses of at least so long are settles.
    #[must_use]
    pub fn new(least: Duration) -> Self {
        let least = i64::try_from(least.as_micros()).unwrap_or(i64::MAX);
        let (functions, waiting) = (HashMap::new(), VecDeque::new());
        Self { least: least.max(BEFORE), functions, images: Busy::Until(i64::MIN), waiting }
    }

    /// Takes the next operation, and gives what can follow what was given before.
    pub fn push(&mut self, operation: Operation) -> impl Iterator<Item = Operation> + '_ {
        let start = operation.start;
        if let Some(settle) = self.settle_before(&operation) {
            let place = self.waiting.partition_point(|one| one.start <= settle.start);
            self.waiting.insert(place, settle);
        }
        self.note(&operation);
        self.waiting.push_back(operation);
        // A settle that is still to come begins no earlier than this.
        let ready = self.waiting.partition_point(|one| one.start <= start.saturating_sub(BEFORE));
        self.waiting.drain(..ready)
    }

    /// What is left when no operation follows.
    pub fn finish(self) -> impl Iterator<Item = Operation> {
        self.waiting.into_iter()
    }

    fn settle_before(&self, operation: &Operation) -> Option<Operation> {
        let function = operation.event.function()?;
        let (Busy::Until(own), Busy::Until(images)) = (*self.functions.get(function)?, self.images) else {
            return None;
        };
        let end = operation.start.checked_sub(1)?;
        // Intervals are closed: the pause begins one microsecond after what came before.
        let pause = end.checked_sub(own.max(images).checked_add(1)?)?;
        (pause >= self.least).then(|| Operation {
            line: operation.line,
            start: operation.start - BEFORE,
            end: Some(end),
            event: Event::Settle { function: function.clone() },
            trace: Trace::default(),
        })
    }

    fn note(&mut self, operation: &Operation) {
        let lost_look = matches!(&operation.event, Event::Call { call: Call::Get { answer: Answer::Unknown }, .. });
        let until = match operation.end {
            Some(end) => Busy::Until(end),
            None if lost_look => Busy::Until(operation.start),
            None => Busy::ForEver,
        };
        let busy = match operation.event.function() {
            Some(function) => self.functions.entry(function.clone()).or_insert(until),
            None => &mut self.images,
        };
        *busy = match (*busy, until) {
            (Busy::Until(before), Busy::Until(now)) => Busy::Until(before.max(now)),
            _ => Busy::ForEver,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{read, write};

    /// What becomes of a history, where pauses of 100 microseconds are settles.
    fn paused(ndjson: &str) -> String {
        let history = read::history(ndjson.as_bytes()).unwrap();
        let mut pauses = Pauses::new(Duration::from_micros(100));
        let mut all = Vec::new();
        for operation in history.operations {
            all.extend(pauses.push(operation));
        }
        all.extend(pauses.finish());
        assert!(all.is_sorted_by_key(|operation| operation.start));
        let line = |operation| write::operation(operation) + "\n";
        all.iter().map(line).collect()
    }

    const UPDATE: &str = r#"{"op":"update","function":"f","start":0,"end":10,"image":"a","ok":true}"#;
    const GET: &str = r#"{"op":"get","function":"f","start":112,"end":120,"ok":false}"#;

    #[test]
    fn a_pause_that_is_long_enough_is_a_settle() {
        insta::assert_snapshot!(paused(&[UPDATE, GET].join("\n")), @r#"
        {"op":"update","function":"f","start":0,"end":10,"image":"a","ok":true}
        {"op":"settle","function":"f","start":110,"end":111}
        {"op":"get","function":"f","start":112,"end":120,"ok":false}
        "#);
        let earlier = GET.replace("112", "111");
        assert!(!paused(&[UPDATE, &earlier].join("\n")).contains("settle"));
    }

    #[test]
    fn what_others_do_meanwhile_stays_in_its_place() {
        let other =
            |start: i64| format!(r#"{{"op":"get","function":"g","start":{start},"end":{},"ok":false}}"#, start + 90);
        let text = paused(&[UPDATE, &other(50), &other(110), &other(111), &other(112), GET].join("\n"));
        let starts: Vec<&str> =
            text.lines().map(|line| line.split(r#""start":"#).nth(1).unwrap().split(',').next().unwrap()).collect();
        assert_eq!(starts, ["0", "50", "110", "110", "111", "112", "112"], "{text}");
    }

    #[test]
    fn nothing_settles_while_something_may_still_be_done() {
        let lost = r#"{"op":"invoke","function":"f","start":1,"end":null,"ok":null}"#;
        assert!(!paused(&[UPDATE, lost, GET].join("\n")).contains("settle"));
        let look = r#"{"op":"get","function":"f","start":1,"end":null,"ok":null}"#;
        assert!(paused(&[UPDATE, look, GET].join("\n")).contains("settle"));
        let long = r#"{"op":"get","function":"f","start":1,"end":60,"ok":false}"#;
        assert!(!paused(&[UPDATE, long, GET].join("\n")).contains("settle"));
        for end in ["60", "null"] {
            let image = format!(r#"{{"op":"image","image":"a","start":20,"end":{end},"code":"1","condition":"held"}}"#);
            assert!(!paused(&[UPDATE, &image, GET].join("\n")).contains("settle"), "{end}");
        }
    }
}
