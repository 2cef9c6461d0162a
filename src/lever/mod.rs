//! Levers: ways to cause what happens *to* a function.
//!
//! ```text
//! Levers ─┬─ Images ─┬─ protocol   the endpoint does it, under its own base URL
//!         │          ├─ commands   a program of the user's does it
//!         │          └─ registry   the suite itself is where images are pulled from
//!         └─ Idling ─┬─ protocol
//!                    ├─ commands
//!                    └─ waiting    the function is left alone for long enough
//! ```
//!
//! A case speaks to [`Levers`] only. Nothing here may know what an endpoint should do when a lever is pulled, nor when
//! one should be.
//!
//! To add a way: one file with its [`Images`] or its [`Idling`], and its line where [`Levers`] are put together.

mod code;
pub mod commands;
mod effect;
mod levers;
mod process;
pub mod protocol;
pub mod registry;
mod set;
pub mod waiting;

use crate::history::{Condition, Content};
use crate::requirement::Lever;

pub use commands::{Command, CommandError, Commands};
pub use effect::Effect;
pub use levers::{Idling, Images, Levers, Meanwhile};
pub use protocol::{Discovery, Protocol};
pub use registry::Registry;
pub use set::LeverSet;
pub use waiting::Waiting;

/// The lever that gives an image this content.
#[must_use]
pub const fn lever_for(content: &Content) -> Lever {
    match content.condition {
        Condition::Ready => Lever::Publish,
        Condition::Held => Lever::Hold,
        Condition::Failing => Lever::Fail,
        Condition::Missing => Lever::Delete,
    }
}
