//! What the traffic told, as lines of a history and as operations for the judge.
//!
//! Pure: messages in, text and operations out. What an exchange is, [`crate::exchange`] says; here is only what the whole
//! recording adds to it: lines, codes that were met, functions of which nothing can be said any more.

use super::coding;
use super::order::{Intent, Order, Stretch};
use super::status::{Book, Drop};
use super::tap::{Asked, End, Expected, Note, Told};
use crate::exchange::{self, Exchange, Message, Reading, Reason, Replies, Untold};
use crate::history::{Answer, Call, Event, Header, Name, Operation, write};
use std::collections::{BTreeMap, HashSet};

/// Makes a history out of what it is told.
pub(super) struct Recorder {
    header: Header,
    flights: BTreeMap<u64, Flight>,
    order: Order,
    replies: Replies,
    codes: HashSet<Name>,
    functions: HashSet<Name>,
    untold: HashSet<Name>,
    all_untold: bool,
    /// The number of the line that was written last; the header is the first.
    line: usize,
    text: String,
}

struct Flight {
    exchange: Exchange,
    client_start: i64,
    /// Whether nothing can come of it before its request's body is complete.
    body: Expected,
}

impl Recorder {
    pub(super) fn new(header: Header, replies: Replies) -> Self {
        Self {
            header,
            flights: BTreeMap::new(),
            order: Order::default(),
            replies,
            codes: HashSet::new(),
            functions: HashSet::new(),
            untold: HashSet::new(),
            all_untold: false,
            line: 0,
            text: String::new(),
        }
    }

    /// Takes in a message.
    pub(super) fn take_in(&mut self, (number, at, told): Note, book: &mut Book) {
        match told {
            Told::Begun { asked, client_start, body } => {
                self.order.begin(number, at);
                let exchange = exchange(number, at, asked);
                self.flights.insert(number, Flight { exchange, client_start, body });
            }
            Told::Body(body) => {
                let Some(flight) = self.flights.get_mut(&number) else { return };
                flight.exchange.request.body = body;
                flight.body = Expected::Nothing;
                if self.order.is_owed(number)
                    && let Intent::May(operation) = self.intent(number)
                {
                    self.order.owe(number, operation);
                }
            }
            Told::Ended(end) => {
                let Some(flight) = self.flights.remove(&number) else { return };
                self.end(number, at, flight, end, book);
            }
        }
    }

    fn end(&mut self, number: u64, at: i64, mut flight: Flight, end: End, book: &mut Book) {
        let reading = match end {
            End::NotSent => {
                book.drop(Drop::NotSent);
                self.order.end(number, None);
                return;
            }
            End::Lost => exchange::operation(&flight.exchange, &self.replies),
            End::Answered(mut answered) => {
                coding::unpack(&mut answered.message);
                flight.exchange.end = Some(at.max(flight.exchange.start + 1));
                flight.exchange.answer = Some(answered);
                exchange::operation(&flight.exchange, &self.replies)
            }
        };
        let operation = match reading {
            Reading::Operation(operation) => Some(operation),
            Reading::Replaced(operation, reason) => {
                book.drop(Drop::Read(reason));
                Some(operation)
            }
            Reading::LeftOut(reason) => {
                book.drop(Drop::Read(reason));
                None
            }
            Reading::Untold(Untold { function, .. }, reason) => {
                book.drop(Drop::Read(reason));
                // What it may have done stays, if that can be said; what comes after it is not told any more.
                flight.exchange.answer = None;
                flight.exchange.end = None;
                let operation = may_be(exchange::operation(&flight.exchange, &self.replies));
                self.settle(number, at, &flight, operation, book);
                match function {
                    Some(function) => _ = self.untold.insert(function),
                    None => self.all_untold = true,
                }
                return;
            }
        };
        self.settle(number, at, &flight, operation, book);
    }

    /// An operation was this, if it was one.
    fn settle(&mut self, number: u64, at: i64, flight: &Flight, operation: Option<Operation>, book: &mut Book) {
        let known = operation.and_then(|operation| {
            let known = self.known(operation);
            if known.is_none() {
                book.drop(Drop::Read(Reason::AfterUntold));
            }
            known
        });
        let entered = known.map(|operation| self.enter(operation, flight, at, book));
        let was_one = entered.is_some();
        if !self.order.end(number, entered) && was_one {
            book.late += 1;
        }
    }

    /// The operation, if anything is told of its function.
    fn known(&self, operation: Operation) -> Option<Operation> {
        let Event::Call { function, .. } = &operation.event else { return Some(operation) };
        (!self.all_untold && !self.untold.contains(function)).then_some(operation)
    }

    /// Writes the operation as a line.
    fn enter(&mut self, mut operation: Operation, flight: &Flight, at: i64, book: &mut Book) -> Operation {
        self.learn(&mut operation.event);
        self.head(&flight.exchange.path);
        self.line += 1;
        operation.line = self.line;
        let line = write::operation(&operation);
        let client = format!(r#","client_start":{},"client_end":{}}}"#, flight.client_start, at);
        self.text.push_str(line.strip_suffix('}').unwrap_or(&line));
        self.text.push_str(&client);
        self.text.push('\n');
        book.operation(&operation);
        if let Some(function) = operation.event.function()
            && !self.functions.contains(function)
        {
            self.functions.insert(function.clone());
            book.functions = self.functions.len();
        }
        operation
    }

    /// Remembers the codes that were met. A reply that looks like one that was not tells of no code.
    fn learn(&mut self, event: &mut Event) {
        match event {
            Event::Image { content, .. } => {
                if let Some(code) = &content.code
                    && self.codes.insert(code.clone())
                {
                    self.replies.exactly(code, code);
                }
            }
            Event::Call { call: Call::Get { answer: Answer::Accepted(report) }, .. } => {
                self.codes.extend(report.digest.clone());
            }
            Event::Call { call: Call::Invoke { answer: Answer::Accepted(served) }, .. } => {
                *served = served.take().filter(|code| self.codes.contains(code) || self.replies.names(code));
            }
            _ => {}
        }
    }

    /// The first line, once it is known which dialect is spoken.
    fn head(&mut self, path: &str) {
        if self.line > 0 {
            return;
        }
        self.header.dialect = exchange::dialect(path).and_then(|(dialect, _)| dialect.name()).map(str::to_owned);
        self.text = write::header(&self.header);
        self.text.push('\n');
        self.line = 1;
    }

    fn intent(&self, number: u64) -> Intent {
        let Some(flight) = self.flights.get(&number) else { return Intent::Nothing };
        if flight.body == Expected::Telling {
            return Intent::NotYet;
        }
        let reading = exchange::operation(&flight.exchange, &self.replies);
        match may_be(reading).and_then(|operation| self.known(operation)) {
            Some(operation) => Intent::May(Operation { line: 0, ..operation }),
            None => Intent::Nothing,
        }
    }

    /// The lines since the last time.
    pub(super) fn lines(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Whether something is under way that a line can be written of.
    pub(super) fn under_way(&mut self) -> String {
        let mut text = String::new();
        for number in self.flights.keys().copied().collect::<Vec<_>>() {
            if let Intent::May(operation) = self.intent(number) {
                let path = self.flights.get(&number).map(|flight| flight.exchange.path.clone());
                self.head(&path.unwrap_or_default());
                text.push_str(&write::operation(&operation));
                text.push('\n');
            }
        }
        text
    }

    /// The operations that can be judged; `now` is a time before which nothing starts any more.
    pub(super) fn release(&mut self, now: i64) -> Stretch {
        let mut order = std::mem::take(&mut self.order);
        let stretch = order.release(now, |number| self.intent(number));
        self.order = order;
        stretch
    }
}

fn may_be(reading: Reading) -> Option<Operation> {
    match reading {
        Reading::Operation(operation) | Reading::Replaced(operation, _) => Some(operation),
        Reading::LeftOut(_) | Reading::Untold(..) => None,
    }
}

fn exchange(number: u64, start: i64, asked: Asked) -> Exchange {
    Exchange {
        // Only tells one exchange from another, until its line is known.
        line: usize::try_from(number).unwrap_or(usize::MAX),
        method: asked.method,
        path: asked.path,
        query: asked.query,
        request: Message { headers: asked.headers, ..Message::default() },
        answer: None,
        start,
        end: None,
    }
}
