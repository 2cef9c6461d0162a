//! The result for the person who waits: what was driven, what held, what broke and how to see it again.
//!
//! The verdict stands in the last line, where a terminal shows it. It must not know whether it is printed to a terminal:
//! the caller says whether there are colours.

use super::wrap::{WIDTH, wrap};
use crate::driver::result::{
    Counterexample, Covered, Inferred, RequirementResult, RunResult, RunVerdict, ScenarioResult, Selected, Share,
    Verdict,
};
use crate::gherkin::print;
use crate::requirement::{Lever, Requirement, SECTIONS};
use indexmap::IndexMap;
use std::fmt::Write as _;
use std::path::Path;

/// Whether the report is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// With ANSI escape sequences.
    Ansi,
}

/// How the report is laid out.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Whether it is coloured.
    pub colour: Colour,
    /// The folder that holds the counterexamples, as the reader would type it.
    pub results: &'a Path,
}

/// The report.
#[must_use]
pub fn render(result: &RunResult, view: &View<'_>) -> String {
    let mut out = String::new();
    header(&mut out, result);
    requirements(&mut out, result, view);
    failures(&mut out, result, view);
    unexplored(&mut out, result);
    remarks(&mut out, result);
    out.push('\n');
    let style = match result.verdict {
        RunVerdict::Conformant => Style::Green,
        RunVerdict::NonConformant => Style::Red,
        RunVerdict::Inconclusive | RunVerdict::NothingExercised => Style::Yellow,
    };
    out.push_str(&style.paint(result.verdict.as_str(), view.colour));
    let _ = writeln!(out, ": {}", verdict(result));
    out
}

fn header(out: &mut String, result: &RunResult) {
    let inferred = match (result.profile_inferred, result.levers.len() == Lever::ALL.len()) {
        (Inferred::No, _) => "",
        (Inferred::Yes, true) => ", as the endpoint offers all levers",
        (Inferred::Yes, false) => ", as the endpoint does not offer all levers",
    };
    let levers: Vec<&str> = result.levers.iter().map(|lever| lever.as_str()).collect();
    let levers = if levers.is_empty() { "none".to_owned() } else { levers.join(", ") };
    let _ = writeln!(out, "endpoint   {} ({})", result.endpoint, result.dialect);
    let _ = writeln!(out, "seed       {}", result.seed);
    let _ = writeln!(out, "profile    {}{inferred}", result.profile.as_str());
    let _ = writeln!(out, "levers     {levers}");
    if !result.scenarios.is_empty() {
        let _ = writeln!(out, "scenarios  {}", counts(&result.scenarios));
    }
    coverage(out, &result.covered);
}

/// How much of the automaton was gone through, of what levers can force and besides.
fn coverage(out: &mut String, covered: &Covered) {
    let Covered { worlds, steps, pairs, given_up } = covered;
    let of = |share: &Share| format!("{} of {}", share.seen, share.forced);
    let forced = format!("{} worlds, {} steps, {} pairs of steps that can be forced", of(worlds), of(steps), of(pairs));
    let _ = writeln!(out, "coverage   {forced}");
    if worlds.beyond + steps.beyond + pairs.beyond > 0 {
        let besides = format!("{} worlds, {} steps, {} pairs", worlds.beyond, steps.beyond, pairs.beyond);
        let _ = writeln!(out, "           and besides {besides} that cannot");
    }
    if *given_up > 0 {
        let _ = writeln!(out, "           not counted, as too intricate: the histories of {given_up} of the functions");
    }
}

/// How many of the scenarios came to what.
fn counts(scenarios: &[ScenarioResult]) -> String {
    let all = [
        (Verdict::Passed, "passed"),
        (Verdict::Failed, "failed"),
        (Verdict::Inconclusive, "inconclusive"),
        (Verdict::NotExercised, "not exercised"),
    ];
    let counted = all.map(|(verdict, word)| (scenarios.iter().filter(|one| one.verdict == verdict).count(), word));
    let some = counted.iter().filter(|(count, _)| *count > 0);
    some.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

/// The scenarios of its rule that failed, each with the step that saw something else. Those of other rules failed for the
/// same reason, mostly, and stand in `report.json`.
fn scenarios(out: &mut String, result: &RunResult, requirement: &Requirement) {
    let failed = result.scenarios.iter().filter(|one| one.verdict == Verdict::Failed);
    let own = failed.filter_map(|one| Some((one.of(requirement)?, one.step.as_deref())));
    for (place, (name, step)) in own.enumerate() {
        let label = if place == 0 { "scenarios" } else { "" };
        let _ = writeln!(out, "  {label:<11}  {name}");
        if let Some(step) = step {
            out.push_str(&wrap(step, "                 ", WIDTH));
        }
    }
}

fn requirements(out: &mut String, result: &RunResult, view: &View<'_>) {
    let width = result.requirements.iter().map(|entry| entry.requirement.name.len()).max().unwrap_or(0);
    for section in SECTIONS {
        let mut entries =
            result.requirements.iter().filter(|entry| section.requirements.contains(&entry.requirement)).peekable();
        if entries.peek().is_none() {
            continue;
        }
        let _ = writeln!(out, "\n{}", Style::Bold.paint(section.heading(), view.colour));
        for entry in entries {
            let name = entry.requirement.name;
            let said = match entry.verdict {
                Verdict::Passed | Verdict::Failed => format!("{:>7} times exercised", entry.exercised),
                Verdict::Inconclusive => "inconclusive".to_owned(),
                Verdict::NotExercised => "not exercised".to_owned(),
            };
            let apart = match entry.in_profile {
                Selected::Yes => "",
                Selected::No => ", not in the profile",
            };
            let _ = writeln!(out, "  {} {name:width$}  {said}{apart}", mark(entry.verdict, view.colour));
        }
    }
}

fn mark(verdict: Verdict, colour: Colour) -> String {
    match verdict {
        Verdict::Passed => Style::Green.paint("✓", colour),
        Verdict::Failed => Style::Red.paint("✗", colour),
        Verdict::Inconclusive => Style::Yellow.paint("?", colour),
        Verdict::NotExercised => Style::Yellow.paint("-", colour),
    }
}

fn failures(out: &mut String, result: &RunResult, view: &View<'_>) {
    for entry in with(result, Verdict::Failed) {
        let name = entry.requirement.name;
        let _ = writeln!(out, "\n{} {name}", Style::Red.paint("broken:", view.colour));
        out.push_str(&wrap(entry.requirement.title(), "  ", WIDTH));
        if let Some(reason) = &entry.reason {
            out.push_str(&wrap(reason, "  ", WIDTH));
        }
        if let Some(counterexample) = &entry.counterexample {
            evidence(out, entry.requirement, counterexample, view);
            scenarios(out, result, entry.requirement);
            as_a_scenario(out, entry.requirement, counterexample);
        }
    }
}

fn evidence(out: &mut String, requirement: &Requirement, counterexample: &Counterexample, view: &View<'_>) {
    let (came_back, tried) = counterexample.reproduced;
    out.push('\n');
    out.push_str(&wrap(&counterexample.explanation, "  ", WIDTH));
    out.push('\n');
    if let Some(quote) = requirement.quote() {
        let _ = writeln!(out, "  the page     “{quote}”");
    }
    let _ =
        writeln!(out, "  found        after {} requests, reproduced {came_back}/{tried}", counterexample.found_after);
    let file = view.results.join(&counterexample.file);
    let _ = writeln!(out, "  the history  {}, line {}", file.display(), counterexample.line);
    let _ = writeln!(out, "  again        fnconform replay {}", quoted(&file.display().to_string()));
}

/// The counterexample in the steps of the features.
fn as_a_scenario(out: &mut String, requirement: &Requirement, counterexample: &Counterexample) {
    out.push('\n');
    for line in print::scenario(&format!("It breaks {}", requirement.name), &counterexample.plan).lines() {
        let _ = writeln!(out, "  {line}");
    }
}

/// The path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@,=".contains(c) || !c.is_ascii();
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// What nothing can be said of, by reason.
fn unexplored(out: &mut String, result: &RunResult) {
    for (heading, verdict) in [("not exercised", Verdict::NotExercised), ("inconclusive", Verdict::Inconclusive)] {
        let mut reasons: IndexMap<&str, Vec<&str>> = IndexMap::new();
        for entry in with(result, verdict) {
            let reason = entry.reason.as_deref().unwrap_or("no reason is known");
            reasons.entry(reason).or_default().push(entry.requirement.name);
        }
        if reasons.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{heading}");
        for (reason, names) in reasons {
            out.push_str(&wrap(&format!("{reason}:"), "  ", WIDTH));
            out.push_str(&wrap(&names.join(", "), "    ", WIDTH));
        }
    }
}

fn remarks(out: &mut String, result: &RunResult) {
    if !result.readings.is_empty() {
        out.push_str("\nwhere the page allows two things\n");
        for (reading, seen) in &result.readings {
            let _ = writeln!(out, "  {reading:<3} {seen}");
        }
    }
    if !result.measured.is_empty() {
        out.push_str("\nmeasured\n");
        for (label, duration) in &result.measured {
            let _ = writeln!(out, "  {label}: {}", seconds(duration.as_secs_f64()));
        }
    }
    if !result.notes.is_empty() {
        out.push_str("\nnotes\n");
        for note in &result.notes {
            out.push_str(&wrap(note, "  ", WIDTH));
        }
    }
    if let Some(why) = &result.ended_early {
        out.push('\n');
        out.push_str(&wrap(&format!("ended early: {why}"), "", WIDTH));
    }
}

/// What the verdict rests on.
fn verdict(result: &RunResult) -> String {
    let (failed, all) = (with(result, Verdict::Failed).count(), result.requirements.len());
    let profile = result.requirements.iter().filter(|entry| entry.in_profile == Selected::Yes);
    let selected = profile.clone().count();
    let open = profile.filter(|entry| matches!(entry.verdict, Verdict::Inconclusive | Verdict::NotExercised)).count();
    let name = result.profile.as_str();
    let why = match result.verdict {
        RunVerdict::Conformant if open > 0 => {
            let held = selected - open;
            format!(
                "{held} of {selected} requirements of profile {name} were exercised and held, {open} had no occasion"
            )
        }
        RunVerdict::Conformant => format!("all {selected} requirements of profile {name} were exercised and held"),
        RunVerdict::NonConformant => format!("{failed} of {all} requirements broken"),
        RunVerdict::Inconclusive => {
            format!("{open} of the {selected} requirements of profile {name} not exercised or not told")
        }
        RunVerdict::NothingExercised => "no answer could have broken a requirement".to_owned(),
    };
    let took = seconds(result.duration.as_secs_f64());
    format!("{why} ({} cases, {} requests, {took})", result.cases, result.requests)
}

fn with(result: &RunResult, verdict: Verdict) -> impl Iterator<Item = &RequirementResult> {
    result.requirements.iter().filter(move |entry| entry.verdict == verdict)
}

fn seconds(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds:.1} s") }
}

#[derive(Clone, Copy)]
enum Style {
    Bold,
    Red,
    Green,
    Yellow,
}

impl Style {
    fn paint(self, text: &str, colour: Colour) -> String {
        let code = match self {
            Self::Bold => "1",
            Self::Red => "31",
            Self::Green => "32",
            Self::Yellow => "33",
        };
        match colour {
            Colour::Never => text.to_owned(),
            Colour::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn plain() -> View<'static> {
        View { colour: Colour::Never, results: Path::new("fnconform-results") }
    }

    #[test]
    fn what_people_read() {
        samples::settings().bind(|| {
            insta::assert_snapshot!("report__terminal_passed", render(&samples::passed(), &plain()));
            insta::assert_snapshot!("report__terminal_failed", render(&samples::failed(), &plain()));
            insta::assert_snapshot!("report__terminal_without_levers", render(&samples::without_levers(), &plain()));
        });
    }

    #[test]
    fn colours_are_all_that_they_add() {
        let coloured = render(&samples::failed(), &View { colour: Colour::Ansi, ..plain() });
        let mut bare = coloured.clone();
        for code in ["1", "31", "32", "33", "0"] {
            bare = bare.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_ne!(coloured, bare);
        assert_eq!(bare, render(&samples::failed(), &plain()));
    }

    #[test]
    fn a_path_is_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("a/b-1.ndjson"), "a/b-1.ndjson");
        assert_eq!(quoted("a b/it's"), r"'a b/it'\''s'");
    }
}
