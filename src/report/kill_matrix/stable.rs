//! What two runs of the self-test agree on: that a fault is caught by one of the requirements that may be blamed for it,
//! and which these are; that an endpoint that is right is left in peace.
//!
//! Which of several requirements is blamed, after how many requests, and how short its counterexample becomes depends on
//! timing, so it has no place here.

use super::{Caught, KillMatrix, Peace, Row};
use std::fmt::Write as _;

/// What is stable in the matrix; the two numbers in the last line.
#[must_use]
pub fn render(matrix: &KillMatrix) -> String {
    let rows = || matrix.faults.iter().chain(&matrix.oddities);
    let width = rows().map(|row| row.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for row in &matrix.faults {
        let _ = writeln!(out, "fault  {:width$}  {} {}", row.name, caught(row), row.breaks.join(" | "));
    }
    for row in &matrix.oddities {
        let _ = writeln!(out, "right  {:width$}  {}", row.name, peace(row));
    }
    let _ = writeln!(out, "{}", matrix.summary());
    out
}

fn caught(row: &Row) -> &'static str {
    match row.caught() {
        Caught::Rightly => "caught by",
        Caught::ByOthersOnly => "caught by others than",
        Caught::No => "survives though it breaks",
    }
}

fn peace(row: &Row) -> &'static str {
    match row.peace() {
        Peace::Left => "left in peace",
        Peace::Accused => "accused",
        Peace::Untested => "not tested",
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::matrix;
    use super::*;

    #[test]
    fn nothing_that_varies_is_in_it() {
        insta::assert_snapshot!(render(&matrix()), @r"
        fault  never-ends   caught by update.ends | update.known
        fault  ends-twice   caught by others than update.ends
        fault  ends-softly  survives though it breaks update.ends
        right  slow         left in peace
        right  quick        accused
        right  absent       not tested
        faults caught 1/3 · right endpoints accused 1/3
        ");
    }
}
