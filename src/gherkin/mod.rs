//! The specification as scenarios: what the rules of `features/` show of each requirement, played on an endpoint.
//!
//! ```text
//! features/*.feature ──► script ──► plan ──► driver ──► history ──► oracle
//!                          │                   │                       │
//!                     glossary: what      observe: what          outcome: the oracle's word,
//!                     each step means     each step saw          then that of the steps
//! ```
//!
//! A scenario is a plan with expectations. It cannot pass without running: it passes only if its history put the
//! requirement of its rule to the test. It cannot accuse by itself: a step that saw something else is a failure only if
//! the oracle finds no explanation. [`mod@print`] writes plans in the same steps, so that a counterexample is a scenario.

pub mod glossary;
pub mod meaning;
mod observe;
pub mod outcome;
pub mod print;
pub mod script;
pub mod stage;
pub mod suite;
mod template;

pub use outcome::{Outcome, Played};
pub use script::{Script, ScriptError};
pub use stage::{Play, play};
pub use suite::Suite;
