//! What a client saw of an endpoint: operations with the interval in which each took effect.
//!
//! A history is the only thing the oracle may read. The suite writes histories, judges them, and judges those that
//! others recorded. This module holds the words, their file format ([`mod@read`], [`mod@write`]), and what long pauses say
//! ([`mod@pause`]); it must not know what is right or wrong.

pub mod pause;
pub mod read;
pub mod write;

use std::sync::Arc;

/// A name of a function, an image or a digest; cheap to clone.
pub type Name = Arc<str>;

/// One operation: what was asked, what was answered, and between which two instants.
///
/// Times are microseconds on one monotonic clock. Intervals are closed: an operation that ends in the microsecond in
/// which another starts overlaps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The line of the file it stands on, counted from 1; 0 for an operation that was never in a file.
    pub line: usize,
    /// When it was sent.
    pub start: i64,
    /// When its answer had come; `None` if no answer was ever seen.
    pub end: Option<i64>,
    /// What was done, and to what.
    pub event: Event,
    /// What only people read.
    pub trace: Trace,
}

/// What happened: a call of the API, or something that the run itself did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A call of the API on a function.
    Call {
        /// The function it is about.
        function: Name,
        /// The call and its answer.
        call: Call,
    },
    /// A lever: from now on the reference stands for this.
    Image {
        /// The image reference.
        image: Name,
        /// What it stands for.
        content: Content,
    },
    /// A lever: the function has now been idle for long enough.
    Idle {
        /// The function it is about.
        function: Name,
    },
    /// Nothing was done to the function for so long that whatever must happen by itself has happened.
    Settle {
        /// The function it is about.
        function: Name,
    },
}

impl Event {
    /// The function it is about; `None` for an image, which any function may use.
    #[must_use]
    pub fn function(&self) -> Option<&Name> {
        match self {
            Self::Call { function, .. } | Self::Idle { function } | Self::Settle { function } => Some(function),
            Self::Image { .. } => None,
        }
    }
}

/// A call of the API with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// CreateFunction with this image.
    Create {
        /// The image reference.
        image: Name,
        /// Whether it was accepted.
        answer: Answer<()>,
    },
    /// UpdateFunction to this image.
    Update {
        /// The image reference.
        image: Name,
        /// Whether it was accepted.
        answer: Answer<()>,
    },
    /// GetFunction.
    Get {
        /// What it reported.
        answer: Answer<Report>,
    },
    /// InvokeFunction.
    Invoke {
        /// The digest of the code that answered; `None` when the answer does not tell.
        answer: Answer<Option<Name>>,
    },
    /// DeleteFunction.
    Delete {
        /// Whether it was accepted.
        answer: Answer<()>,
    },
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// 2xx, with what it said.
    Accepted(T),
    /// An error that says that nothing was done.
    Refused,
    /// No answer, or one that does not tell: it may take effect at any later time, or never.
    Unknown,
}

/// What GetFunction reported, spelled as it was reported.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Report {
    /// `state`; empty when the answer had none.
    pub state: Name,
    /// `lastUpdateStatus`; `None` when absent.
    pub status: Option<Name>,
    /// The resolved digest; `None` when absent.
    pub digest: Option<Name>,
}

/// What an image reference stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Content {
    /// The digest of the code; `None` when, and only when, the image is missing.
    pub code: Option<Name>,
    /// What becomes of preparations that use it.
    pub condition: Condition,
}

impl Content {
    /// The content of a reference that stands for nothing.
    pub const MISSING: Self = Self { code: None, condition: Condition::Missing };
}

/// What becomes of preparations that use an image (`lever-protocol`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// They can complete.
    Ready,
    /// They neither complete nor fail.
    Held,
    /// They fail; code already prepared may keep serving.
    Failing,
    /// The image is gone from the registry.
    Missing,
}

impl Condition {
    /// All conditions, in the order of the lever protocol.
    pub const ALL: [Self; 4] = [Self::Ready, Self::Held, Self::Failing, Self::Missing];

    /// The word on the wire and in histories.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Held => "held",
            Self::Failing => "failing",
            Self::Missing => "missing",
        }
    }

    /// The condition of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|condition| condition.as_str() == text)
    }
}

/// What joins an operation to an implementer's log; no judgement reads it, save the ones on `api`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The error code of the answer.
    pub error: Option<String>,
    /// The endpoint's id of the request.
    pub request_id: Option<String>,
    /// What the body of a refusal was, if it was not of the form that the API gives errors; written as `bare`.
    pub bare: Option<Box<str>>,
}

/// Whether all that happened stands in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// Functions begin as absent; an image that no line has spoken of is missing.
    #[default]
    Closed,
    /// Functions and images may have had a life before the first line.
    Open,
}

/// Whether the endpoint has idle rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdleRule {
    /// Only the `idle` lever makes a function idle.
    #[default]
    Lever,
    /// An Active function may become Inactive at any time.
    May,
}

/// The first line of a history: how the rest is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// Where it was recorded.
    pub endpoint: Option<String>,
    /// The dialect spoken.
    pub dialect: Option<String>,
    /// Whether all that happened stands in the history.
    pub world: Extent,
    /// Whether functions become idle by rules of the endpoint.
    pub idle: IdleRule,
    /// The shortest settle in the history, in microseconds.
    pub settle_us: Option<u64>,
}

/// A history held in memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// How it is to be read.
    pub header: Header,
    /// The operations, in the order in which they were written.
    pub operations: Vec<Operation>,
}
