//! What puts each requirement to the test: scenarios, plans, and the faults that prove that a breach is seen.

use super::drive::CASES;
use crate::driver::Dialect;
use crate::driver::fc3::Fc3;
use crate::driver::judged::{Depth, judge};
use crate::emulator::fault;
use crate::gherkin::Suite;
use crate::lever::LeverSet;
use crate::plan::{Plan, strategy, systematic};
use crate::rehearsal::rehearse;
use crate::requirement::{Requirement, SECTIONS, all};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The seed of the plans that are counted: the one of a run that names none.
const SEED: u64 = 1;

/// What puts one requirement to the test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Coverage {
    /// The requirement.
    pub(super) requirement: &'static Requirement,
    /// How many scenarios show it, each row of an outline counted.
    pub(super) scenarios: usize,
    /// How many of the plans of a run put it to the test, on the reference endpoint.
    pub(super) plans: usize,
    /// The faults that may be blamed on it.
    pub(super) faults: Vec<&'static str>,
}

/// What puts each requirement to the test, in the order of the catalogue.
pub(super) fn coverage() -> Vec<Coverage> {
    let plans = exercised_by_plans();
    let suite = Suite::embedded(1);
    let of = |requirement: &'static Requirement| Coverage {
        requirement,
        scenarios: suite.scripts.iter().filter(|script| script.requirement == Some(requirement)).count(),
        plans: plans.get(requirement.name).copied().unwrap_or(0),
        faults: fault::FAULTS
            .iter()
            .filter(|fault| fault.breaks().contains(&requirement.name))
            .map(|fault| fault.name())
            .collect(),
    };
    all().map(of).collect()
}

/// How many of the plans of a run exercise each requirement.
fn exercised_by_plans() -> BTreeMap<&'static str, usize> {
    let directed: Vec<Plan> = systematic::plans(LeverSet::ALL).collect();
    let drawn = (0u64..).take(CASES.saturating_sub(directed.len()));
    let drawn = drawn.map(|number| strategy::plan(SEED, number, LeverSet::ALL));
    let mut counts = BTreeMap::new();
    for plan in directed.iter().cloned().chain(drawn) {
        let judged = judge(rehearse(&plan), Fc3.not_found_code(), Depth::Exercise);
        for (name, _) in judged.exercise.counts.iter().filter(|(_, count)| **count > 0) {
            *counts.entry(*name).or_default() += 1;
        }
    }
    counts
}

/// The table for people.
pub(super) fn text() -> String {
    let rows = coverage();
    let width = rows.iter().map(|row| row.requirement.name.len()).max().unwrap_or(0);
    let mut out = format!("{:width$}    scenarios  plans  faults\n", "");
    for section in SECTIONS {
        let _ = writeln!(out, "{}", section.heading());
        for row in rows.iter().filter(|row| row.requirement.section() == section.name) {
            let (name, faults) = (row.requirement.name, row.faults.len());
            let _ = writeln!(out, "  {name:width$}  {:9}  {:5}  {faults:6}", row.scenarios, row.plans);
        }
    }
    out
}

/// The table for programs.
pub(super) fn json() -> Value {
    let row = |row: Coverage| {
        json!({
            "name": row.requirement.name,
            "scenarios": row.scenarios,
            "plans": row.plans,
            "faults": row.faults,
        })
    };
    coverage().into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_unproved() {
        for row in coverage() {
            assert!(row.scenarios > 0 && row.plans > 0 && !row.faults.is_empty(), "{row:?}");
        }
    }
}
