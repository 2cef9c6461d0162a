//! Where the traffic tells of itself: what was asked, what was answered, and when.
//!
//! A lock is held for as long as it takes to put a message to the others; whoever records takes them all at once, a
//! hundred times a second. Traffic never waits for that: if more is waiting than may be kept, nothing is told any more,
//! since a history with a gap would accuse. What was told until then has no gap.
//!
//! An operation is told of before the first byte of it is sent on, under the lock that also numbers it and reads the
//! clock: so numbers are in the order of the starts, and whatever another operation can have seen of it was told before.
//!
//! What is secret never comes here: of all headers only those that [`KEPT_HEADERS`] names.

use super::coding::CONTENT_ENCODING;
use crate::exchange::{Answered, Body, Message};
use hyper::http::{request, response};
use hyper::{HeaderMap, Method};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The headers that tell what was asked or answered; none of them carries a credential.
const KEPT_HEADERS: [&str; 11] = [
    "age",
    CONTENT_ENCODING,
    "retry-after",
    "x-acs-request-id",
    "x-amz-function-error",
    "x-amz-invocation-type",
    "x-amzn-errortype",
    "x-amzn-requestid",
    "x-fc-error-type",
    "x-fc-invocation-type",
    "x-fc-request-id",
];

/// So many bytes may wait to be recorded.
const WAITING: usize = 64 << 20;
/// What a message takes beside its body, roughly.
const MESSAGE: usize = 512;

/// What was asked, before its body is known.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
}

/// How an operation ended.
#[derive(Debug)]
pub(super) enum End {
    /// With this answer.
    Answered(Answered),
    /// Nothing of it was sent.
    NotSent,
    /// No complete answer came.
    Lost,
}

/// What is told of the operation of a number.
#[derive(Debug)]
pub(super) enum Told {
    /// It is sent now, at the time that the message has.
    Begun { asked: Asked, client_start: i64, body: Expected },
    /// Its request's body is complete, and is sent on now.
    Body(Body),
    /// It is over.
    Ended(End),
}

/// Whether the request's body says what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// It does, and nothing can come of the request before it is complete.
    Telling,
    /// It does not, or there is none.
    Nothing,
}

/// A message: which operation, when, and what.
pub(super) type Note = (u64, i64, Told);

/// Messages in the order in which they were told.
pub(super) struct Batch {
    pub(super) notes: Vec<Note>,
    /// When they were taken out. Whatever begins later starts at this moment or after it.
    pub(super) taken: i64,
    /// How many messages could not be kept, ever.
    pub(super) lost: u64,
}

#[derive(Default)]
struct Waiting {
    notes: Vec<Note>,
    bytes: usize,
    next: u64,
    lost: u64,
    closed: bool,
}

/// Where the traffic tells of itself.
pub(super) struct Tap {
    origin: Instant,
    waiting: Mutex<Waiting>,
}

impl Tap {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { origin: Instant::now(), waiting: Mutex::default() })
    }

    /// Microseconds since the recording began.
    pub(super) fn now(&self) -> i64 {
        i64::try_from(self.origin.elapsed().as_micros()).unwrap_or(i64::MAX)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells of an operation that is about to be sent.
    pub(super) fn begin(self: &Arc<Self>, asked: Asked, client_start: i64, body: Expected) -> Flight {
        let mut waiting = self.waiting();
        let number = waiting.next;
        waiting.next += 1;
        waiting.push((number, self.now(), Told::Begun { asked, client_start, body }));
        Flight { tap: Arc::clone(self), number, over: false }
    }

    fn tell(&self, number: u64, told: Told) {
        let mut waiting = self.waiting();
        let now = self.now();
        waiting.push((number, now, told));
    }

    /// Takes out what was told since the last time.
    pub(super) fn take(&self) -> Batch {
        let mut waiting = self.waiting();
        waiting.bytes = 0;
        Batch { notes: std::mem::take(&mut waiting.notes), taken: self.now(), lost: waiting.lost }
    }

    /// From now on nothing is kept, since nobody wants it.
    pub(super) fn close(&self) {
        let mut waiting = self.waiting();
        waiting.closed = true;
        waiting.notes = Vec::new();
    }
}

impl Waiting {
    fn push(&mut self, note: Note) {
        if self.closed {
            return;
        }
        let bytes = MESSAGE + size(&note.2);
        // One that is lost makes all that come after it worthless.
        if self.lost > 0 || self.bytes + bytes > WAITING {
            self.lost += 1;
            return;
        }
        self.bytes += bytes;
        self.notes.push(note);
    }
}

fn size(told: &Told) -> usize {
    let of = |body: &Body| match body {
        Body::Whole(bytes) | Body::Cut(bytes) => bytes.len(),
        Body::Unrecorded => 0,
    };
    match told {
        Told::Begun { asked, .. } => asked.path.len() + asked.query.len(),
        Told::Body(body) => of(body),
        Told::Ended(End::Answered(answered)) => of(&answered.message.body),
        Told::Ended(_) => 0,
    }
}

/// An operation under way. Dropped before it is over, it was lost.
pub(super) struct Flight {
    tap: Arc<Tap>,
    number: u64,
    over: bool,
}

impl Flight {
    /// It is over.
    pub(super) fn end(mut self, end: End) {
        self.over = true;
        self.tap.tell(self.number, Told::Ended(end));
    }

    /// Who tells of the request's body.
    pub(super) fn request_ear(&self) -> RequestEar {
        RequestEar { tap: Arc::clone(&self.tap), number: self.number }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if !self.over {
            self.tap.tell(self.number, Told::Ended(End::Lost));
        }
    }
}

/// Tells of a request's body.
pub(super) struct RequestEar {
    tap: Arc<Tap>,
    number: u64,
}

impl super::tee::Ear for RequestEar {
    fn ended(self, body: Body) {
        self.tap.tell(self.number, Told::Body(body));
    }
}

/// Tells of an answer.
pub(super) struct AnswerEar {
    flight: Flight,
    status: u16,
    headers: Vec<(String, String)>,
}

impl AnswerEar {
    pub(super) fn new(flight: Flight, head: &response::Parts) -> Self {
        Self { flight, status: head.status.as_u16(), headers: kept(&head.headers) }
    }
}

impl super::tee::Ear for AnswerEar {
    fn ended(self, body: Body) {
        let message = Message { headers: self.headers, body };
        self.flight.end(End::Answered(Answered { status: self.status, message }));
    }
}

impl Asked {
    /// What the head of a request asks, and whether its body says more.
    pub(super) fn of(head: &request::Parts) -> (Self, Expected) {
        let path = head.uri.path().to_owned();
        let writes = head.method == Method::PUT
            || (head.method == Method::POST && path.trim_end_matches('/').ends_with("/functions"));
        let asked = Self {
            method: head.method.as_str().to_owned(),
            path,
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: kept(&head.headers),
        };
        (asked, if writes { Expected::Telling } else { Expected::Nothing })
    }
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let value = |name: &&str| {
        let value = headers.get(*name)?;
        Some(((*name).to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
    };
    KEPT_HEADERS.iter().filter_map(value).collect()
}
