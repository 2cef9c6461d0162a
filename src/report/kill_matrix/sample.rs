//! A matrix made by hand, for the tests of the renderings.

use super::{Blame, KillMatrix, Outcome, Row};
use crate::driver::result::RunVerdict;
use std::time::Duration;

pub(super) fn blame(requirement: &'static str, found_after: u64) -> Blame {
    Blame { requirement, found_after, actions: 4, reproduced: (5, 5) }
}

pub(super) fn row(name: &'static str, breaks: &'static [&'static str], verdict: RunVerdict, blamed: Vec<Blame>) -> Row {
    let outcome = Outcome { verdict, requests: 8192, duration: Duration::from_millis(2_345), blamed };
    let shortest = (name == "never-ends").then_some(3);
    Row { name, breaks, shortest, outcome: Ok(outcome) }
}

/// One of everything: caught, caught by others only, survived; left in peace, accused, not driven.
pub(super) fn matrix() -> KillMatrix {
    let twice = vec![blame("failed.stays", 71), blame("update.ends", 1_204)];
    KillMatrix {
        seed: 1,
        faults: vec![
            row("never-ends", &["update.ends", "update.known"], RunVerdict::NonConformant, twice),
            row("ends-twice", &["update.ends"], RunVerdict::NonConformant, vec![blame("failed.stays", 9)]),
            row("ends-softly", &["update.ends"], RunVerdict::Conformant, Vec::new()),
        ],
        oddities: vec![
            row("slow", &[], RunVerdict::Conformant, Vec::new()),
            row("quick", &[], RunVerdict::NonConformant, vec![blame("states.known", 3)]),
            Row { name: "absent", breaks: &[], shortest: None, outcome: Err("it cannot be reached".into()) },
        ],
    }
}
