//! Why exchanges are left out of a history, and how many for which reason.

use std::collections::BTreeMap;

/// Why an exchange is not the operation that it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It is no operation of a function.
    Other,
    /// It went to another endpoint than those that were asked about.
    Elsewhere,
    /// The function was asked for at several endpoints.
    SeveralEndpoints,
    /// It stands there twice.
    Repeated,
    /// It was throttled.
    Throttled,
    /// It was answered by a cache.
    Cached,
    /// It was refused for something that was wrong with the request itself.
    OfTheRequest,
    /// It was answered with an error that need not be the API's.
    NotOfTheApi,
    /// GetFunction without an answer.
    NoAnswer,
    /// The body that would tell was not recorded, or only in part.
    NoBody,
    /// The answer does not say what the API says.
    Malformed,
    /// It only asked what would be.
    DryRun,
    /// An asynchronous invocation.
    Asynchronous,
    /// It is about a version or an alias.
    Qualified,
    /// An update that names no image.
    NoImage,
    /// The function is none of a custom container.
    OtherRuntime,
    /// A request of which no documentation says what it does to the state.
    Undocumented,
    /// It came after something of which the history cannot tell what it did.
    AfterUntold,
}

impl Reason {
    /// What an exchange is that is left out for it, to be put behind a number.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Other => "no operation of a function",
            Self::Elsewhere => "sent to another endpoint than --endpoint names",
            Self::SeveralEndpoints => "of a function that is asked for at several endpoints (--endpoint says which is meant)",
            Self::Repeated => "the same as another",
            Self::Throttled => "throttled",
            Self::Cached => "answered by a cache",
            Self::OfTheRequest => "refused for what was wrong with the request itself",
            Self::NotOfTheApi => "answered with an error that need not be the API's",
            Self::NoAnswer => "a GetFunction without an answer",
            Self::NoBody => "without a whole body where only the body tells",
            Self::Malformed => "answered with something that the API does not say",
            Self::DryRun => "a dry run",
            Self::Asynchronous => "an asynchronous invocation",
            Self::Qualified => "about a version or an alias",
            Self::NoImage => "an update without an image",
            Self::OtherRuntime => "about a function that is no custom container",
            Self::Undocumented => "something that no documentation says the effect of",
            Self::AfterUntold => "after one whose effect on the function cannot be told",
        }
    }
}

/// How many were left out for which reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally(BTreeMap<Reason, usize>);

impl Tally {
    /// One more.
    pub fn count(&mut self, reason: Reason) {
        *self.0.entry(reason).or_default() += 1;
    }

    /// Each reason with its number.
    pub fn iter(&self) -> impl Iterator<Item = (Reason, usize)> + '_ {
        self.0.iter().map(|(reason, count)| (*reason, *count))
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }
}
