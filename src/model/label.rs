//! What a client can see: an operation with its answer.

use super::world::{Digest, Image, State, Status, Tag};

/// An operation with its answer, names and digests as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// CreateFunction.
    Create(Image, Outcome),
    /// UpdateFunction.
    Update(Image, Outcome),
    /// DeleteFunction.
    Delete(Outcome),
    /// GetFunction, and what it reported; `None` if it was refused.
    Get(Option<Seen>),
    /// InvokeFunction.
    Invoke(Invoked),
    /// The lever on an image.
    Image(Image, Tag),
    /// The lever on a function.
    Idle,
    /// Whatever must happen has happened.
    Settle,
}

/// Whether a change was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was.
    Accepted,
    /// It was refused.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// How an invocation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Invoked {
    /// It was served; by which code, if the answer told.
    Served(Option<Digest>),
    /// It was refused.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// What GetFunction reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seen {
    /// The state; `None` if it is not one of the four.
    pub state: Option<State>,
    /// The status of the last update.
    pub status: SeenStatus,
    /// The digest, if one was shown.
    pub digest: Option<Digest>,
}

/// The status that was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeenStatus {
    /// Absent or empty (`Status::None`), or one of the three.
    Known(Status),
    /// Another word.
    Other,
}
