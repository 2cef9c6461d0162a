//! The matrix for people: a line for each requirement that was blamed, the two numbers in the last line.

use super::{Blame, Caught, KillMatrix, Outcome, Row, figures};
use std::fmt::Write as _;

/// The matrix, whole.
#[must_use]
pub fn render(matrix: &KillMatrix) -> String {
    let mut out = String::new();
    if !matrix.faults.is_empty() {
        faults(&mut out, matrix);
        out.push('\n');
    }
    if !matrix.oddities.is_empty() {
        oddities(&mut out, &matrix.oddities);
        out.push('\n');
    }
    let _ = writeln!(out, "{}", matrix.summary());
    out
}

/// What became of a variant, in one line.
#[must_use]
pub fn line(row: &Row) -> String {
    let outcome = match &row.outcome {
        Ok(outcome) => outcome,
        Err(reason) => return format!("{} {}: {reason}", mark(row), row.name),
    };
    let said = if row.breaks.is_empty() {
        told(row, outcome)
    } else {
        match row.caught() {
            Caught::Rightly => format!("caught by {}", names(row.blamed().iter().filter(|blame| row.allows(blame)))),
            Caught::ByOthersOnly => format!("caught only by {}", names(row.blamed().iter())),
            Caught::No => "survived".to_owned(),
        }
    };
    let seconds = outcome.duration.as_secs_f64();
    format!("{} {}: {said} ({} requests, {seconds:.1} s)", mark(row), row.name, outcome.requests)
}

fn faults(out: &mut String, matrix: &KillMatrix) {
    let rows = &matrix.faults;
    let width = width("fault", rows.iter().map(|row| row.name));
    let blamed = rows.iter().flat_map(Row::blamed).map(|blame| blame.requirement);
    let blamed_width = self::width("blamed", blamed);
    let _ = writeln!(out, "Kill matrix, seed {}\n", matrix.seed);
    let _ = writeln!(
        out,
        "  {:width$}  {:blamed_width$}  {:>8}  {:>7}  {:>8}  {:>9}",
        "fault", "blamed", "requests", "actions", "shortest", "came back"
    );
    for row in rows {
        let mut name = format!("{} {:width$}", mark(row), row.name);
        let mut shortest = row.shortest.map_or_else(|| "-".to_owned(), |actions| actions.to_string());
        for blame in in_order(row) {
            let Blame { requirement, found_after, actions, reproduced: (back, tried) } = blame;
            let back = format!("{back}/{tried}");
            let besides = if row.allows(blame) { "" } else { "  besides" };
            let _ = writeln!(
                out,
                "{name}  {requirement:blamed_width$}  {found_after:>8}  {actions:>7}  {shortest:>8}  {back:>9}{besides}"
            );
            shortest.clear();
            name = " ".repeat(width + 2);
        }
        match &row.outcome {
            Err(reason) => drop(writeln!(out, "{name}  {reason}")),
            Ok(_) if row.caught() == Caught::No => drop(writeln!(out, "{name}  nothing")),
            Ok(_) => {}
        }
        if row.caught() != Caught::Rightly {
            let _ = writeln!(out, "{:width$}    should be blamed: {}", "", row.breaks.join(", "));
        }
    }
    let figures = figures::of_faults(matrix);
    if !figures.is_empty() {
        let _ = write!(out, "\n  {}\n", figures.join("\n  "));
    }
}

fn oddities(out: &mut String, rows: &[Row]) {
    let width = width("endpoint that is right", rows.iter().map(|row| row.name));
    let _ = writeln!(out, "False alarms\n");
    let _ = writeln!(out, "  {:width$}  verdict", "endpoint that is right");
    for row in rows {
        let said = row.outcome.as_ref().map_or_else(String::clone, |outcome| told(row, outcome));
        let _ = writeln!(out, "{} {:width$}  {said}", mark(row), row.name);
    }
}

/// What is to be said of an endpoint that is right.
fn told(row: &Row, outcome: &Outcome) -> String {
    let verdict = outcome.verdict.as_str();
    if row.blamed().is_empty() { verdict.to_owned() } else { format!("{verdict}: {}", names(row.blamed().iter())) }
}

/// What may be blamed first, each in the order in which it was found.
fn in_order(row: &Row) -> Vec<&Blame> {
    let mut blamed: Vec<&Blame> = row.blamed().iter().collect();
    blamed.sort_by_key(|blame| (!row.allows(blame), blame.found_after));
    blamed
}

fn mark(row: &Row) -> &'static str {
    if row.is_as_it_should_be() { "✓" } else { "✗" }
}

fn names<'a>(blamed: impl Iterator<Item = &'a Blame>) -> String {
    blamed.map(|blame| blame.requirement).collect::<Vec<_>>().join(", ")
}

fn width<'a>(heading: &str, names: impl Iterator<Item = &'a str>) -> usize {
    names.map(str::len).max().unwrap_or(0).max(heading.len())
}

#[cfg(test)]
mod tests {
    use super::super::sample::matrix;
    use super::*;
    use crate::report::samples;

    #[test]
    fn everything_has_its_line() {
        let mut settings = samples::settings();
        settings.set_snapshot_path("../../../snapshots");
        settings.bind(|| insta::assert_snapshot!("report__kill_matrix", render(&matrix())));
    }

    #[test]
    fn progress_is_a_line_a_variant() {
        let matrix = matrix();
        let lines: Vec<String> = matrix.faults.iter().chain(&matrix.oddities).map(line).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        ✓ never-ends: caught by update.ends (8192 requests, 2.3 s)
        ✗ ends-twice: caught only by failed.stays (8192 requests, 2.3 s)
        ✗ ends-softly: survived (8192 requests, 2.3 s)
        ✓ slow: conformant (8192 requests, 2.3 s)
        ✗ quick: non-conformant: states.known (8192 requests, 2.3 s)
        ✗ absent: it cannot be reached
        ");
    }
}
