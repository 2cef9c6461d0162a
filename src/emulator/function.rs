//! One function as the endpoint keeps it. Plain data: what happens to it is in `operations` and `preparation`.

use std::time::Duration;

use crate::history::Name;

/// What else a caller configured, as the dialect parsed it.
pub type Config = serde_json::Map<String, serde_json::Value>;

/// The state that decides whether a function can be invoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Resources are being prepared.
    Pending,
    /// It can be invoked.
    Active,
    /// Preparation or image access failed.
    Failed,
    /// Its resources were released.
    Inactive,
}

impl State {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Failed => "Failed",
            Self::Inactive => "Inactive",
        }
    }
}

/// What became of the last update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It is being prepared.
    InProgress,
    /// Its code serves.
    Successful,
    /// It could not be prepared.
    Failed,
}

impl Status {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
        }
    }
}

/// A deployed image: the tag and the digest recorded for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Code {
    /// The reference that was deployed.
    pub image: Name,
    /// The digest it had then; `None` if the image was missing.
    pub digest: Option<Name>,
}

/// What a client can tell about a function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Facts {
    /// Its state.
    pub state: State,
    /// What became of the last update; `None` before the first.
    pub status: Option<Status>,
    /// The code that serves; `None` before a preparation has succeeded.
    pub current: Option<Code>,
    /// The code that was deployed last.
    pub latest: Code,
}

/// A code being made ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preparation {
    /// Unique in the machine.
    pub id: u64,
    /// What is prepared.
    pub code: Code,
    /// When it can end at the earliest.
    pub due: Duration,
}

/// How often things happened to a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Counts {
    /// GetFunction.
    pub gets: u64,
    /// Invocations, refused ones included.
    pub invocations: u64,
    /// Invocations that were served.
    pub served: u64,
    /// Updates accepted.
    pub updates: u64,
    /// Times its resources were released.
    pub releases: u64,
    /// Calls but looks, where being left alone makes it idle.
    pub uses: u64,
}

/// A function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Unique in the machine; a function created again under its name has another.
    pub id: u64,
    /// Its name.
    pub name: Name,
    /// What else was configured.
    pub config: Config,
    /// What a client can tell now.
    pub facts: Facts,
    /// What a client could tell before the last change.
    pub before: Facts,
    /// The state to fall back to when the preparation of a Pending function fails.
    pub fallback: State,
    /// The preparation under way.
    pub next: Option<Preparation>,
    /// Preparations that a later deployment superseded and that were not dropped.
    pub older: Vec<Preparation>,
    /// The codes that served before the present one, oldest first.
    pub past: Vec<Code>,
    /// When it was created.
    pub created: Duration,
    /// When an update was accepted last.
    pub updated: Option<Duration>,
    /// When anything that a client can tell changed last.
    pub changed: Duration,
    /// When the state changed last.
    pub entered: Duration,
    /// When another code began to serve.
    pub swapped: Option<Duration>,
    /// How often things happened to it.
    pub counts: Counts,
}

impl Function {
    /// A function that is being created.
    #[must_use]
    pub fn new(id: u64, name: Name, code: Code, config: Config, now: Duration) -> Self {
        let facts = Facts { state: State::Pending, status: None, current: None, latest: code };
        Self {
            id,
            name,
            config,
            before: facts.clone(),
            facts,
            fallback: State::Failed,
            next: None,
            older: Vec::new(),
            past: Vec::new(),
            created: now,
            updated: None,
            changed: now,
            entered: now,
            swapped: None,
            counts: Counts::default(),
        }
    }

    /// Changes the facts and keeps what they were before.
    pub fn change(&mut self, now: Duration, edit: impl FnOnce(&mut Facts)) {
        let before = self.facts.clone();
        edit(&mut self.facts);
        if self.facts == before {
            return;
        }
        if self.facts.current != before.current {
            self.past.extend(before.current.clone());
            self.swapped = Some(now);
        }
        if self.facts.state != before.state {
            self.entered = now;
        }
        self.before = before;
        self.changed = now;
    }

    /// Whether an update is being prepared.
    #[must_use]
    pub fn is_updating(&self) -> bool {
        self.facts.status == Some(Status::InProgress)
    }
}
