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
    /// What the exchanges are that are left out for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Other => "requests that are no operation of a function",
            Self::Elsewhere => "requests to endpoints that were not asked about",
            Self::SeveralEndpoints => "requests about functions that are asked for at several endpoints",
            Self::Repeated => "repetitions of others",
            Self::Throttled => "throttled requests",
            Self::Cached => "answers of a cache",
            Self::OfTheRequest => "requests that were refused for what was wrong with themselves",
            Self::NotOfTheApi => "errors that need not be the API's",
            Self::NoAnswer => "looks without an answer",
            Self::NoBody => "requests without the body that would tell",
            Self::Malformed => "answers that the API does not know",
            Self::DryRun => "dry runs",
            Self::Asynchronous => "asynchronous invocations",
            Self::Qualified => "requests about a version or an alias",
            Self::NoImage => "updates that name no image",
            Self::OtherRuntime => "requests about functions that are no custom containers",
            Self::Undocumented => "requests whose effect is not documented",
            Self::AfterUntold => "requests after one whose effect cannot be told",
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
