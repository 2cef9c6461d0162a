//! `report.json`: the result for programs. Its keys are a promise; new ones may be added, none is taken away.

use super::{Account, Format};
use crate::driver::result::{
    Counterexample, Covered, Inferred, RequirementResult, RunResult, ScenarioResult, Selected, Share,
};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The version of the format; it rises when a key changes its meaning.
pub const VERSION: u32 = 1;

/// The result for programs.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn file(&self) -> &'static str {
        "report.json"
    }

    fn render(&self, account: &Account<'_>) -> String {
        // A structure of strings, numbers and string-keyed maps: there is nothing that could not be written.
        let mut text = serde_json::to_string_pretty(&report(account.result)).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[derive(Serialize)]
struct Report<'a> {
    report: u32,
    fnconform: &'static str,
    endpoint: &'a str,
    dialect: &'a str,
    seed: u64,
    profile: &'static str,
    profile_inferred: bool,
    verdict: &'static str,
    ended_early: Option<&'a str>,
    cases: usize,
    requests: u64,
    duration_ms: u64,
    levers: Vec<&'static str>,
    readings: &'a BTreeMap<String, String>,
    measured_ms: IndexMap<&'a str, f64>,
    coverage: Coverage,
    notes: &'a [String],
    requirements: Vec<Entry<'a>>,
    scenarios: Vec<Scenario<'a>>,
}

/// Of each how many were seen of those that can be forced, and how many can be.
#[derive(Serialize)]
struct Coverage {
    worlds: [usize; 2],
    steps: [usize; 2],
    pairs: [usize; 2],
    beyond: Beyond,
    given_up: u64,
}

/// How many were seen of those that cannot be forced.
#[derive(Serialize)]
struct Beyond {
    worlds: usize,
    steps: usize,
    pairs: usize,
}

#[derive(Serialize)]
struct Scenario<'a> {
    name: &'a str,
    verdict: &'static str,
    step: Option<&'a str>,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'static str,
    verdict: &'static str,
    in_profile: bool,
    exercised: u64,
    reason: Option<&'a str>,
    counterexample: Option<Evidence<'a>>,
}

#[derive(Serialize)]
struct Evidence<'a> {
    file: &'a str,
    line: usize,
    explanation: &'a str,
    found_after: u64,
    reproduced: String,
}

fn report(result: &RunResult) -> Report<'_> {
    Report {
        report: VERSION,
        fnconform: env!("CARGO_PKG_VERSION"),
        endpoint: &result.endpoint,
        dialect: &result.dialect,
        seed: result.seed,
        profile: result.profile.as_str(),
        profile_inferred: result.profile_inferred == Inferred::Yes,
        verdict: result.verdict.as_str(),
        ended_early: result.ended_early.as_deref(),
        cases: result.cases,
        requests: result.requests,
        duration_ms: u64::try_from(result.duration.as_millis()).unwrap_or(u64::MAX),
        levers: result.levers.iter().map(|lever| lever.as_str()).collect(),
        readings: &result.readings,
        measured_ms: result
            .measured
            .iter()
            .map(|(label, duration)| (label.as_str(), milliseconds(*duration)))
            .collect(),
        coverage: coverage(&result.covered),
        notes: &result.notes,
        requirements: result.requirements.iter().map(entry).collect(),
        scenarios: result.scenarios.iter().map(scenario).collect(),
    }
}

fn coverage(covered: &Covered) -> Coverage {
    let Covered { worlds, steps, pairs, given_up } = covered;
    let of = |share: &Share| [share.seen, share.forced];
    Coverage {
        worlds: of(worlds),
        steps: of(steps),
        pairs: of(pairs),
        beyond: Beyond { worlds: worlds.beyond, steps: steps.beyond, pairs: pairs.beyond },
        given_up: *given_up,
    }
}

fn entry(result: &RequirementResult) -> Entry<'_> {
    Entry {
        name: result.requirement.name,
        verdict: result.verdict.as_str(),
        in_profile: result.in_profile == Selected::Yes,
        exercised: result.exercised,
        reason: result.reason.as_deref(),
        counterexample: result.counterexample.as_ref().map(evidence),
    }
}

fn scenario(result: &ScenarioResult) -> Scenario<'_> {
    Scenario {
        name: &result.name,
        verdict: result.verdict.as_str(),
        step: result.step.as_deref(),
        reason: result.reason.as_deref(),
    }
}

fn evidence(counterexample: &Counterexample) -> Evidence<'_> {
    let (came_back, tried) = counterexample.reproduced;
    Evidence {
        file: &counterexample.file,
        line: counterexample.line,
        explanation: &counterexample.explanation,
        found_after: counterexample.found_after,
        reproduced: format!("{came_back}/{tried}"),
    }
}

/// Milliseconds with the microseconds behind the point; more digits would only be noise.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn it_has_the_shape_that_others_rely_on() {
        let value: serde_json::Value =
            serde_json::from_str(&Json.render(&samples::account(&samples::failed()))).unwrap();
        for key in [
            "report",
            "fnconform",
            "endpoint",
            "dialect",
            "seed",
            "profile",
            "verdict",
            "cases",
            "requests",
            "duration_ms",
            "levers",
            "coverage",
            "readings",
            "requirements",
        ] {
            assert!(value.get(key).is_some(), "{key}");
        }
        let broken = value["requirements"].as_array().unwrap().iter().find(|entry| entry["verdict"] == "failed");
        let broken = broken.unwrap();
        assert_eq!(broken["counterexample"]["reproduced"], "5/5");
        assert_eq!(broken["counterexample"]["line"], 9);
        assert!(broken["reason"].is_null());
    }

    #[test]
    fn a_failed_run_as_text() {
        samples::settings().bind(|| {
            insta::assert_snapshot!("report__json_failed", Json.render(&samples::account(&samples::failed())))
        });
    }
}
