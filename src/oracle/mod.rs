//! The oracle: reads a history, nothing else, and says whether the automaton explains it.
//!
//! ```text
//! operations ──► names ──► frontier of each function ──► empty? ──► blame ──► explanation
//!                          (set of configurations,                  (what if one
//!                           interned, memoised)                      requirement is given up?)
//! ```
//!
//! A history conforms if some interleaving of hidden steps explains it, with every operation taking effect at one instant
//! between its start and its end. [`Judge`] decides that as the history streams by; [`exercise`] says which requirements a
//! history has put to the test, [`mod@coverage`] how much of the automaton it went through, and [`observed`] where its
//! steps led.

mod blame;
pub mod coverage;
pub mod exercise;
mod explain;
mod frontier;
mod judge;
mod judgement;
mod memory;
pub(crate) mod names;
pub mod observed;
pub(crate) mod space;
mod steps;
mod trail;
mod walk;
pub mod watch;

pub use blame::Finding;
pub(crate) use blame::is_vague;
pub use judge::Judge;
pub use judgement::{JudgeError, Judgement, Outcome};

use crate::history::{History, Operation};

/// Judges a whole history, its operations in any order.
///
/// # Errors
/// If histories of that kind are not judged.
pub fn judge(history: &History) -> Result<Judgement, JudgeError> {
    let mut judge = Judge::new(&history.header)?;
    for operation in by_start(&history.operations) {
        judge.push(operation.clone())?;
    }
    Ok(judge.finish())
}

/// The operations in the order of their starts.
#[must_use]
pub fn by_start(operations: &[Operation]) -> Vec<&Operation> {
    let mut sorted: Vec<&Operation> = operations.iter().collect();
    sorted.sort_by_key(|operation| operation.start);
    sorted
}

#[cfg(test)]
mod tests;
