//! The reference endpoint: functions with states behind the real wire, without containers.
//!
//! It is a second reading of the documentation, written apart from the model, so that one mistake cannot hide in both:
//! it uses the encoding of the dialects and the words of a history, and must not know `model` or `oracle`.
//!
//! [`machine`] is the whole of it, without I/O and without a clock of its own; [`server`] puts it behind HTTP. What an
//! endpoint may do otherwise hangs on the hooks of [`behaviour`]: endpoints that break a promise are in [`fault`],
//! endpoints that keep all of them in an unusual way in [`legal`].

pub mod auth;
pub mod behaviour;
pub mod clock;
mod cut;
pub mod fault;
pub mod fingerprint;
pub mod function;
pub mod legal;
mod lever;
mod live;
pub mod machine;
mod operations;
mod preparation;
#[cfg(test)]
mod probe;
mod refusal;
pub mod registry;
pub mod server;
pub mod settings;
mod view;
mod wire;

pub use behaviour::{Behaviour, Correct};
pub use server::{Running, start};
pub use settings::{Lever, Settings};
