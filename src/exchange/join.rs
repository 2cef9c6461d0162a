//! Joins what was asked and what was answered into a reading: the same for all dialects.
//!
//! Here stands what is sound to say. An update that was refused changed nothing, whatever it was refused for; so it may
//! be left out wherever its refusal could be held against the endpoint. An invocation that was refused may have woken the
//! function, or may never have come so far; so where that is not clear it stands there as one without an answer.

use super::{Exchange, Reading, Reason, Replies, Untold};
use crate::history::{Answer, Call, Event, Name, Operation, Report, Trace};

/// What was asked.
pub(super) enum Asked {
    /// A creation; of a function and with an image, as far as the request was recorded.
    Create { function: Option<Name>, image: Option<Name> },
    /// An update, with the image that it names.
    Update { function: Name, image: Option<Name> },
    /// A look at a function.
    Get { function: Name },
    /// A synchronous invocation of the latest code.
    Invoke { function: Name },
    /// An invocation of another kind, which may wake the function all the same.
    OddInvoke { function: Name, why: Reason },
    /// A deletion.
    Delete { function: Name },
}

/// What was answered.
pub(super) enum Said {
    /// Create, update or delete was accepted.
    Done,
    /// A look was answered with this.
    Reported(Report),
    /// An invocation was served; with the whole trimmed reply, where it is known and the code's.
    Served(Option<String>),
    /// Refused by the API, in its own form.
    Refused,
    /// Nothing was done, and it may be sent again.
    Throttled,
    /// It does not tell, for this reason.
    Unclear(Reason),
    /// The function turned out to be one that is not judged.
    NotJudged(Reason),
}

/// The reading of an exchange in which this was asked and that was said.
pub(super) fn join(exchange: &Exchange, asked: Asked, said: Said, trace: Trace, replies: &Replies) -> Reading {
    let join = Join { exchange, trace };
    match said {
        Said::Throttled => Reading::LeftOut(Reason::Throttled),
        Said::NotJudged(reason) => join.untold(asked.function().cloned(), reason),
        // Who sends what is not asked for is refused before anybody looks at the function.
        Said::Refused if matches!(join.trace.status, Some(401 | 407)) => Reading::LeftOut(Reason::OfTheRequest),
        said => match asked {
            Asked::Create { function, image } => join.create(function, image, said),
            Asked::Update { function, image } => join.update(function, image, said),
            Asked::Get { function } => join.get(function, said),
            Asked::Invoke { function } => join.invoke(function, said, replies),
            Asked::OddInvoke { function, why } => join.instead(function, UNANSWERED, why),
            Asked::Delete { function } => join.told(function, Call::Delete { answer: plain(&said) }),
        },
    }
}

impl Asked {
    fn function(&self) -> Option<&Name> {
        match self {
            Self::Create { function, .. } => function.as_ref(),
            Self::Update { function, .. }
            | Self::Get { function }
            | Self::Invoke { function }
            | Self::OddInvoke { function, .. }
            | Self::Delete { function } => Some(function),
        }
    }
}

/// An invocation that may have been served, refused, or never have come.
const UNANSWERED: Call = Call::Invoke { answer: Answer::Unknown };

struct Join<'a> {
    exchange: &'a Exchange,
    trace: Trace,
}

impl Join<'_> {
    fn create(self, function: Option<Name>, image: Option<Name>, said: Said) -> Reading {
        match (function, said) {
            (None, Said::Refused) => Reading::LeftOut(Reason::NoBody),
            // Some function or other was created, or may have been.
            (None, _) => self.untold(None, Reason::NoBody),
            (Some(function), said) => {
                let image = image.unwrap_or_else(|| unrecorded(&function, self.exchange));
                self.told(function, Call::Create { image, answer: plain(&said) })
            }
        }
    }

    fn update(self, function: Name, image: Option<Name>, said: Said) -> Reading {
        match (image, said) {
            (None, Said::Refused) => Reading::LeftOut(Reason::NoImage),
            (Some(_), Said::Refused) if self.is_of_the_request() => Reading::LeftOut(Reason::OfTheRequest),
            (Some(image), said) => self.told(function, Call::Update { image, answer: plain(&said) }),
            // It may be shown as an update or not at all, and may deploy the tag anew or keep the code that it had: an
            // update without an answer, to an image of which nothing is known, may do all of that.
            (None, _) => {
                let image = unrecorded(&function, self.exchange);
                self.instead(function, Call::Update { image, answer: Answer::Unknown }, Reason::NoImage)
            }
        }
    }

    fn get(self, function: Name, said: Said) -> Reading {
        if self.is_aged() {
            return Reading::LeftOut(Reason::Cached);
        }
        let answer = match said {
            Said::Reported(report) => Answer::Accepted(report),
            Said::Refused if self.is_of_the_request() => return Reading::LeftOut(Reason::OfTheRequest),
            Said::Refused => Answer::Refused,
            Said::Unclear(reason) => return Reading::LeftOut(reason),
            _ => return Reading::LeftOut(Reason::Malformed),
        };
        match self.exchange.end {
            Some(_) => self.told(function, Call::Get { answer }),
            None => Reading::LeftOut(Reason::NoAnswer),
        }
    }

    fn invoke(self, function: Name, said: Said, replies: &Replies) -> Reading {
        match said {
            Said::Served(reply) => {
                let code = reply.and_then(|reply| replies.code(&reply));
                self.told(function, Call::Invoke { answer: Answer::Accepted(code) })
            }
            // It may have woken the function, or have been turned away before.
            Said::Refused if self.is_of_the_request() => self.instead(function, UNANSWERED, Reason::OfTheRequest),
            Said::Refused => self.told(function, Call::Invoke { answer: Answer::Refused }),
            _ => self.told(function, UNANSWERED),
        }
    }

    /// Whether a cache on the way gave the answer, which then speaks of an earlier time.
    fn is_aged(&self) -> bool {
        let age = self.exchange.answer.as_ref().and_then(|answer| answer.message.header("age"));
        age.is_some_and(|age| age.trim() != "0")
    }

    /// Whether the status speaks of what was wrong with the request, whatever the function was like.
    fn is_of_the_request(&self) -> bool {
        matches!(
            self.trace.status,
            Some(400 | 402 | 403 | 405..=408 | 411 | 413..=417 | 421 | 426 | 428 | 431 | 451 | 499)
        )
    }

    /// An answer of which nobody knows when it came is as good as none.
    fn told(self, function: Name, call: Call) -> Reading {
        let call = if self.exchange.end.is_none() { unanswered(call) } else { call };
        Reading::Operation(self.operation(function, call))
    }

    fn instead(self, function: Name, call: Call, reason: Reason) -> Reading {
        Reading::Replaced(self.operation(function, call), reason)
    }

    fn untold(self, function: Option<Name>, reason: Reason) -> Reading {
        Reading::Untold(Untold { function, start: self.exchange.start }, reason)
    }

    fn operation(self, function: Name, call: Call) -> Operation {
        let end = if is_answered(&call) { self.exchange.end } else { None };
        let event = Event::Call { function, call };
        Operation { line: self.exchange.line, start: self.exchange.start, end, event, trace: self.trace }
    }
}

/// A reference for the image of which nothing is recorded; no two exchanges have the same.
pub(super) fn unrecorded(function: &str, exchange: &Exchange) -> Name {
    format!("unrecorded:{function}:{}", exchange.line).into()
}

fn plain(said: &Said) -> Answer<()> {
    match said {
        Said::Done => Answer::Accepted(()),
        Said::Refused => Answer::Refused,
        _ => Answer::Unknown,
    }
}

fn is_answered(call: &Call) -> bool {
    match call {
        Call::Create { answer, .. } | Call::Update { answer, .. } | Call::Delete { answer } => {
            *answer != Answer::Unknown
        }
        Call::Get { answer } => *answer != Answer::Unknown,
        Call::Invoke { answer } => *answer != Answer::Unknown,
    }
}

/// The call as if its answer had never come.
pub(super) fn unanswered(call: Call) -> Call {
    match call {
        Call::Create { image, .. } => Call::Create { image, answer: Answer::Unknown },
        Call::Update { image, .. } => Call::Update { image, answer: Answer::Unknown },
        Call::Get { .. } => Call::Get { answer: Answer::Unknown },
        Call::Invoke { .. } => UNANSWERED,
        Call::Delete { .. } => Call::Delete { answer: Answer::Unknown },
    }
}
