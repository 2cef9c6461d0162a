//! What is meant by an image at present, and what a lever makes of it: pure, so that a case and a rehearsal agree.

use crate::history::{Condition, Content, Name};
use crate::plan::Change;

/// What is meant by an image at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Intent {
    revision: u32,
    condition: Condition,
    /// How often its tag was overwritten, which is also its newest revision.
    pub(crate) published: u32,
}

impl Intent {
    /// An image before anything was done to it: its first revision, ready.
    pub(crate) const FRESH: Self = Self { revision: 0, condition: Condition::Ready, published: 0 };

    /// Changes what is meant; the lever is pulled afterwards.
    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::Publish => {
                self.published += 1;
                self.revision = self.published;
                if self.condition == Condition::Missing {
                    self.condition = Condition::Ready;
                }
            }
            Change::Ready => self.condition = Condition::Ready,
            Change::Hold => self.condition = Condition::Held,
            Change::Fail => self.condition = Condition::Failing,
            Change::Remove => self.condition = Condition::Missing,
            Change::Restore => (self.revision, self.condition) = (0, Condition::Ready),
        }
    }

    /// What the lever is to say; `code` gives the digest of a revision.
    pub(crate) fn content(&self, code: impl FnOnce(u32) -> Name) -> Content {
        match self.condition {
            Condition::Missing => Content::MISSING,
            condition => Content { code: Some(code(self.revision)), condition },
        }
    }
}
