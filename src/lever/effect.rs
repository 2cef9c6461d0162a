//! What came of pulling a lever.

use crate::history::Name;

/// What came of pulling a lever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It is done.
    Done,
    /// It is done, and only now is it known that the reference stands for code of this digest.
    Published(Name),
    /// It is done, but somebody may still act on what was to be seen before.
    Lingering,
    /// It cannot be done here any more, and nothing was: for this reason.
    Impossible(String),
    /// It was refused, and nothing was done: what was said.
    Refused(String),
    /// It may have been done, or may still be, for this reason.
    Unknown(String),
    /// Nobody can know any more what the reference stands for, for this reason.
    Untold(String),
}
