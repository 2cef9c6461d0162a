//! What an answer means: accepted, refused, throttled, unknown, or not what the API says.

use crate::history::{Report, Trace};

/// What a complete answer to a call means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Accepted, refused, throttled or unknown, with what it said.
    pub meaning: Meaning,
    /// What joins it to the endpoint's log.
    pub trace: Trace,
    /// Set when the answer is not what the API says it is: a sentence for the report.
    pub malformed: Option<String>,
    /// Set on a refusal whose body is not a JSON object with `Code` and `Message` (judged by `api.errors`): what it was.
    pub bare_error: Option<String>,
}

/// The five things that an answer can mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Create, update or delete was accepted.
    Done,
    /// Get was accepted, and reported this.
    Reported(Report),
    /// Invoke was served. The trimmed body, or `None` if the code ended with an error of its own (code unknown).
    Served(Option<String>),
    /// Refused: nothing was done.
    Refused,
    /// Throttled: nothing was done, and it may be sent again, after so many seconds if the endpoint said so.
    Throttled(Option<u64>),
    /// The answer does not tell whether anything was done.
    Unknown,
}
