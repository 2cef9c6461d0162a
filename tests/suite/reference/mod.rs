//! An independent, naive reading of the automaton, to try the fast oracle against.
//!
//! [`automaton`] and [`operations`] are the tables of the specification as code, [`search`] the judge, [`generate`] and
//! [`mutate`] make histories, and [`build`] is a small language for writing them by hand.

pub(crate) mod automaton;
pub(crate) mod build;
pub(crate) mod cases;
pub(crate) mod expected;
pub(crate) mod generate;
pub(crate) mod mutate;
pub(crate) mod operations;
pub(crate) mod random;
pub(crate) mod rows;
pub(crate) mod search;

mod tests;
