//! Results made by hand, for the tests of the formats.

use super::Account;
use crate::driver::event::RunBegan;
use crate::driver::result::{
    Counterexample, Covered, Inferred, Profile, RequirementResult, RunResult, RunVerdict, ScenarioResult, Selected,
    Share, Verdict,
};
use crate::history::History;
use crate::requirement::{Lever, all};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

/// Where snapshots lie.
pub(super) fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// The account of a run that came to this, without the histories of its counterexamples.
pub(super) fn account(result: &RunResult) -> Account<'_> {
    static NONE: BTreeMap<String, History> = BTreeMap::new();
    static BEGAN: LazyLock<RunBegan> = LazyLock::new(|| RunBegan {
        events: crate::driver::event::VERSION,
        fnconform: "0.1.0".into(),
        requirements: "3d3d".into(),
        run: "fnc-00c0ffee".into(),
        time: "2026-08-21T09:30:00Z".into(),
        endpoint: "http://127.0.0.1:8470".into(),
        dialect: "fc3".into(),
        seed: 1,
        profile: None,
        selection: Vec::new(),
        shard: (1, 1),
    });
    Account { began: &BEGAN, result, counterexamples: &NONE }
}

/// A conformant run with all levers.
pub(super) fn passed() -> RunResult {
    let requirements = (1..)
        .zip(all())
        .map(|(number, requirement)| RequirementResult {
            requirement,
            in_profile: Selected::Yes,
            verdict: Verdict::Passed,
            exercised: 7 * number,
            reason: None,
            counterexample: None,
        })
        .collect();
    RunResult {
        endpoint: "http://127.0.0.1:8470".into(),
        dialect: "fc3".into(),
        seed: 1,
        profile: Profile::Full,
        profile_inferred: Inferred::Yes,
        verdict: RunVerdict::Conformant,
        ended_early: None,
        cases: 256,
        requests: 8192,
        duration: Duration::from_millis(9100),
        levers: Lever::ALL.to_vec(),
        readings: BTreeMap::from([("R1".into(), "the function stays Active".into()), ("R2".into(), "accepted".into())]),
        measured: vec![
            ("creation until Active".into(), Duration::from_micros(23_450)),
            ("update until Successful".into(), Duration::from_millis(1_820)),
        ],
        covered: Covered {
            worlds: Share { seen: 190, forced: 199, beyond: 12 },
            steps: Share { seen: 53, forced: 53, beyond: 5 },
            pairs: Share { seen: 371, forced: 395, beyond: 80 },
            given_up: 0,
        },
        notes: Vec::new(),
        scenarios: vec![scenario("states.known/The states of a life are the documented ones", Verdict::Passed, None)],
        requirements,
    }
}

fn scenario(name: &str, verdict: Verdict, reason: Option<&str>) -> ScenarioResult {
    ScenarioResult { name: name.to_owned(), verdict, step: None, reason: reason.map(str::to_owned) }
}

/// A run with a broken requirement and one that could not be told.
pub(super) fn failed() -> RunResult {
    let mut result = passed();
    result.verdict = RunVerdict::NonConformant;
    result.profile_inferred = Inferred::No;
    result.ended_early = Some("the first violation ends it (--fail-fast)".into());
    result.notes = vec!["3 refusals had a 5xx status and no error body".into()];
    let broken = find(&mut result, "states.pending-not-invocable");
    broken.verdict = Verdict::Failed;
    broken.counterexample = Some(Counterexample {
        file: "counterexamples/states.pending-not-invocable.ndjson".into(),
        line: 9,
        plan: "hold A; create f A; invoke f".parse().expect("a plan"),
        explanation:
            "`f1` could only be Pending, preparing img-1@sha256:1 (held). An invocation was served by sha256:1 \
                      (HTTP 200). That breaks states.pending-not-invocable: An invocation while Pending is refused and \
                      does not reach the code."
                .into(),
        found_after: 412,
        reproduced: (5, 5),
    });
    result.scenarios.push(ScenarioResult {
        step: Some("“Then an invocation is refused”: it was accepted with HTTP 200".into()),
        ..scenario(
            "states.pending-not-invocable/A function that is not ready refuses invocations",
            Verdict::Failed,
            Some("`f1` could only be Pending. An invocation was served."),
        )
    });
    let untold = find(&mut result, "states.inactive-wakes");
    untold.verdict = Verdict::Inconclusive;
    untold.reason = Some("the endpoint was throttling until the deadline".into());
    result
}

/// A conformant run on profile core against an endpoint without levers.
pub(super) fn without_levers() -> RunResult {
    let mut result = passed();
    result.profile = Profile::Core;
    result.levers = Vec::new();
    result.readings = BTreeMap::new();
    result.covered = Covered {
        worlds: Share { seen: 5, forced: 5, beyond: 0 },
        steps: Share { seen: 12, forced: 12, beyond: 0 },
        pairs: Share { seen: 17, forced: 17, beyond: 0 },
        given_up: 1,
    };
    let lacking = "it needs the lever hold, which the endpoint does not offer";
    result.scenarios.push(scenario("states.pending-becomes-active/Not before", Verdict::NotExercised, Some(lacking)));
    for entry in &mut result.requirements {
        if let [first, ..] = entry.requirement.needs() {
            entry.in_profile = Selected::No;
            entry.verdict = Verdict::NotExercised;
            entry.exercised = 0;
            entry.reason = Some(format!("the endpoint does not offer the lever {first}"));
        }
    }
    result
}

fn find<'a>(result: &'a mut RunResult, name: &str) -> &'a mut RequirementResult {
    result.requirements.iter_mut().find(|entry| entry.requirement.name == name).expect("a known name")
}
