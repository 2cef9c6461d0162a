//! What is expected to fail: whether a result is as expected, and which expectations are stale.
//!
//! The verdict is what it is; expectations only decide the exit code.

use super::error::{CliError, Exit};
use super::pattern::Pattern;
use crate::driver::result::{RunResult, RunVerdict, Verdict};
use std::fmt::Write as _;
use std::fs;

/// The patterns of the command line; `@FILE` stands for those in a file, one a line, `#` before a comment.
pub(super) fn patterns(words: &[String]) -> Result<Vec<Pattern>, CliError> {
    let mut patterns = Vec::new();
    for word in words {
        let Some(file) = word.strip_prefix('@') else {
            patterns.push(word.parse().map_err(CliError::usage)?);
            continue;
        };
        let text = fs::read_to_string(file).map_err(|error| {
            CliError::usage(format!("cannot read the known failures in {file}: {error}"))
                .hint("@FILE names a file with a requirement or pattern on each line")
        })?;
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        for line in lines.filter(|line| !line.is_empty()) {
            patterns.push(line.parse().map_err(CliError::usage)?);
        }
    }
    Ok(patterns)
}

/// How a result compares with what was expected.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    /// Broken, and expected to be.
    pub(super) expected: Vec<&'static str>,
    /// Broken, and not expected to be.
    pub(super) unexpected: Vec<&'static str>,
    /// Expected to be broken, and passed.
    pub(super) passed: Vec<&'static str>,
    /// Patterns that match no requirement.
    pub(super) unmatched: Vec<String>,
}

/// Compares a result with what was expected of it.
pub(super) fn compare(result: &RunResult, known_failing: &[Pattern]) -> Comparison {
    let mut comparison = Comparison::default();
    for entry in &result.requirements {
        let name = entry.requirement.name;
        let expected = known_failing.iter().any(|pattern| pattern.matches(name));
        match (entry.verdict, expected) {
            (Verdict::Failed, true) => comparison.expected.push(name),
            (Verdict::Failed, false) => comparison.unexpected.push(name),
            (Verdict::Passed, true) => comparison.passed.push(name),
            _ => {}
        }
    }
    let unmatched = known_failing.iter().filter(|pattern| !pattern.matches_any());
    comparison.unmatched = unmatched.map(ToString::to_string).collect();
    comparison
}

impl Comparison {
    /// The exit code of a run with this verdict.
    ///
    /// What was not expected comes before what is stale, and that before what could not be told.
    pub(super) fn exit(&self, result: &RunResult) -> Exit {
        let open = match result.verdict {
            RunVerdict::NothingExercised => return Exit::Nothing,
            _ if !self.unexpected.is_empty() => return Exit::NonConformant,
            _ if !self.passed.is_empty() || !self.unmatched.is_empty() => return Exit::Stale,
            RunVerdict::Conformant => false,
            RunVerdict::Inconclusive => true,
            // All that is broken was expected to be. What else is open in the profile stays open.
            RunVerdict::NonConformant => result.has_open_requirements(),
        };
        if open { Exit::Inconclusive } else { Exit::Conformant }
    }

    /// What to tell the person who listed the expectations; empty if there is nothing.
    pub(super) fn remarks(&self) -> String {
        let mut out = String::new();
        if !self.expected.is_empty() {
            let _ = writeln!(out, "broken as expected: {}", self.expected.join(", "));
        }
        for name in &self.passed {
            let _ = writeln!(out, "known failure passed: {name} (take it from the known failures)");
        }
        for pattern in &self.unmatched {
            let _ = writeln!(out, "known failure matches no requirement: {pattern}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::result::{Covered, Inferred, Profile, RequirementResult, Selected};
    use crate::requirement::all;
    use std::collections::BTreeMap;
    use std::time::Duration;

    /// A run in which these requirements were broken, these were not exercised, and all others passed.
    fn result(broken: &[&str], open: &[&str]) -> RunResult {
        let requirements: Vec<RequirementResult> = all()
            .map(|requirement| RequirementResult {
                requirement,
                in_profile: Selected::Yes,
                verdict: match requirement.name {
                    name if broken.contains(&name) => Verdict::Failed,
                    name if open.contains(&name) => Verdict::NotExercised,
                    _ => Verdict::Passed,
                },
                exercised: 1,
                reason: None,
                counterexample: None,
            })
            .collect();
        RunResult {
            endpoint: "http://x".into(),
            dialect: "fc3".into(),
            seed: 1,
            profile: Profile::Full,
            profile_inferred: Inferred::Yes,
            verdict: match (broken, open) {
                ([], []) => RunVerdict::Conformant,
                ([], _) => RunVerdict::Inconclusive,
                _ => RunVerdict::NonConformant,
            },
            ended_early: None,
            cases: 1,
            requests: 1,
            duration: Duration::ZERO,
            levers: Vec::new(),
            readings: BTreeMap::new(),
            measured: Vec::new(),
            covered: Covered::default(),
            notes: Vec::new(),
            scenarios: Vec::new(),
            requirements,
        }
    }

    fn exit(broken: &[&str], open: &[&str], known: &[&str]) -> u8 {
        let known: Vec<String> = known.iter().map(|word| (*word).to_owned()).collect();
        let result = result(broken, open);
        compare(&result, &patterns(&known).unwrap()).exit(&result).code()
    }

    #[test]
    fn the_exit_code_says_whether_it_is_as_expected() {
        assert_eq!(exit(&[], &[], &[]), 0);
        assert_eq!(exit(&["states.known"], &[], &[]), 1);
        assert_eq!(exit(&["states.known"], &[], &["states.known"]), 0);
        assert_eq!(exit(&["states.known", "update.ends"], &[], &["states.known"]), 1);
        assert_eq!(exit(&[], &["update.ends"], &[]), 5);
        assert_eq!(exit(&["states.known"], &["update.ends"], &["states.known"]), 5);
    }

    #[test]
    fn stale_expectations_are_told() {
        assert_eq!(exit(&[], &[], &["states.known"]), 6);
        assert_eq!(exit(&[], &[], &["nothing.*"]), 6);
        assert_eq!(exit(&["states.known"], &[], &["states.known", "update.ends"]), 6);
        assert_eq!(exit(&["states.known"], &[], &["update.ends"]), 1);
        let result = result(&["states.known"], &[]);
        let known = ["states.known", "update.ends", "x"].map(|word| word.parse().unwrap());
        insta::assert_snapshot!(compare(&result, &known).remarks(), @r"
        broken as expected: states.known
        known failure passed: update.ends (take it from the known failures)
        known failure matches no requirement: x
        ");
    }

    #[test]
    fn what_was_not_exercised_is_no_unexpected_pass() {
        assert_eq!(exit(&[], &["update.ends"], &["update.ends"]), 5);
    }
}
