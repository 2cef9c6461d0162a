//! What a step of a scenario means: what is done, and what is expected of it.

use crate::driver::case::Version;
use crate::plan::{Action, F, I, Step};

/// What a step of a scenario means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// What is done, in the words of plans.
    pub steps: Vec<Step>,
    /// What is then expected to have been seen.
    pub expect: Option<Expect>,
    /// The function that it is about.
    pub function: F,
}

impl Meaning {
    /// Something that is done, whatever comes of it.
    #[must_use]
    pub fn doing(actions: &[Action]) -> Self {
        let function = actions.iter().find_map(Action::function).unwrap_or(F(0));
        Self { steps: actions.iter().map(|action| Step(vec![*action])).collect(), expect: None, function }
    }

    /// Something that is done so that this is seen.
    #[must_use]
    pub fn seeing(actions: &[Action], expect: Expect) -> Self {
        Self { expect: Some(expect), ..Self::doing(actions) }
    }
}

/// What is expected to have been seen.
///
/// Expectations do not accuse: what is seen instead may be another reading of the page. The oracle decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// GetFunction showed one of these states.
    State(Vec<String>),
    /// GetFunction showed one of these for the status of the last update; `absent` for none.
    Status(Vec<String>),
    /// GetFunction showed the digest of one of these codes.
    Digest(Vec<Code>),
    /// Every invocation was served, by one of these codes if any is named.
    Served(Vec<Code>),
    /// It was accepted.
    Accepted,
    /// It was refused, and if it was several, each of them.
    Refused,
    /// It was refused since there is no such function.
    NotFound,
    /// The answer before was a refusal in the form that the API gives errors.
    WellFormed,
}

/// The code that an image stands for, or stood for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// The image.
    pub image: I,
    /// Which of its codes.
    pub version: Version,
}
