//! What an exchange over HTTP was, as an operation of a history: for HAR files, and for whatever else sees the traffic
//! of others.
//!
//! A run knows what it asked. Here only the bytes tell, some of which nobody may have kept, and a request may be one that
//! no run would send: refused for want of a credential, answered by a cache, of a version or an alias. So every exchange
//! becomes one of the [`Reading`]s, and the rule of them all is that nothing may accuse that might have been otherwise.
//! What cannot have changed a function may be left out; what may have, leaves an operation without an answer in its
//! place, or else ends what can be said of the function.
//!
//! It must not know where an exchange was recorded, nor what is right or wrong of a function.
//!
//! To add a dialect: one file with its [`Dialect`], and its line in [`DIALECTS`].

mod fc3;
mod gather;
mod join;
mod lambda;
mod lever;
mod reason;
mod replies;

pub(crate) use crate::driver::json_kind;
pub use gather::{Gathered, Read, gather};
pub use reason::{Reason, Tally};
pub use replies::{Replies, ReplyError};

use crate::history::{Name, Operation};

/// A request and what is known of its answer, as plain data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The place in what was recorded, from 1; becomes the line of the operation.
    pub line: usize,
    /// The method, in capitals.
    pub method: String,
    /// The path as it was sent, percent-encoded, without the query. Anything may precede the API's own part.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: String,
    /// The request's headers and body.
    pub request: Message,
    /// The answer; `None` if none was seen.
    pub answer: Option<Answered>,
    /// When it was sent at the earliest, in microseconds.
    pub start: i64,
    /// When its answer had come at the latest; `None` if none was seen, or nobody knows when.
    pub end: Option<i64>,
}

/// Status, headers and body of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// Headers and body.
    pub message: Message,
}

/// Headers and a body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// What is known of the body.
    pub body: Body,
}

/// What is known of a body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// Its beginning. A whole JSON object in it is the whole body nevertheless.
    Cut(Vec<u8>),
    /// Nothing.
    #[default]
    Unrecorded,
}

/// What an exchange is to a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// This operation.
    Operation(Operation),
    /// Nothing: it changed no function, and tells nothing of any.
    LeftOut(Reason),
    /// It may have done what this operation without an answer may do, and nothing else is told of it.
    Replaced(Operation, Reason),
    /// It did something that no operation stands for: from its start on nothing is known of the function.
    Untold(Untold, Reason),
}

/// Of whom nothing is known any more, and from when on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// The function; `None` for all of them.
    pub function: Option<Name>,
    /// From when on, in microseconds.
    pub start: i64,
}

/// An API whose exchanges can be read.
pub trait Dialect: Sync {
    /// The name by which a history's header calls it; `None` for what goes with any of them.
    fn name(&self) -> Option<&'static str>;

    /// The path at which it begins, whatever base path precedes it.
    fn root(&self) -> &'static str;

    /// What an exchange is whose path behind the root has these segments.
    fn read(&self, exchange: &Exchange, route: &[&str], replies: &Replies) -> Reading;
}

/// All that can be read.
pub static DIALECTS: &[&dyn Dialect] = &[&fc3::Fc3, &lambda::Lambda, &lever::Lever];

/// What the exchange is to a history; `replies` tells which code an invocation's reply speaks of.
#[must_use]
pub fn operation(exchange: &Exchange, replies: &Replies) -> Reading {
    match find(&exchange.path) {
        Some(Found { dialect, route, .. }) => {
            let route = route.strip_suffix('/').unwrap_or(route);
            let segments: Vec<&str> = route.split('/').skip(1).collect();
            dialect.read(exchange, &segments, replies)
        }
        None => Reading::LeftOut(Reason::Other),
    }
}

/// The dialect whose paths this is one of, and the path that precedes its own.
#[must_use]
pub fn dialect(path: &str) -> Option<(&'static dyn Dialect, &str)> {
    find(path).map(|found| (found.dialect, found.base))
}

struct Found<'a> {
    dialect: &'static dyn Dialect,
    base: &'a str,
    route: &'a str,
}

fn find(path: &str) -> Option<Found<'_>> {
    DIALECTS.iter().find_map(|dialect| {
        let (base, route) = path.split_once(dialect.root())?;
        let whole = route.is_empty() || route.starts_with('/');
        whole.then_some(Found { dialect: *dialect, base, route })
    })
}

impl Message {
    /// The value of the first header of that (lower-case) name.
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Body {
    /// What there is of it.
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) | Self::Cut(bytes) => bytes,
            Self::Unrecorded => &[],
        }
    }

    /// The JSON object that it is, if it was kept.
    fn object(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        serde_json::from_slice(self.bytes()).ok()
    }
}

#[cfg(test)]
mod tests;
