//! What a run came to, folded from its events: the verdict on each requirement, and on all of them.
//!
//! It must not know whether the events come from a run that goes on or from a file: a run that was killed is folded like
//! any other, and says that it is partial.

use super::event::{CaseEnded, CounterexampleFound, EndpointKnown, Event, RunBegan, RunEnded, What};
use super::record::CutShort;
use super::result::{
    Counterexample, Covered, Inferred, Profile, RequirementResult, RunResult, RunVerdict, Selected, Verdict,
};
use crate::lever::LeverSet;
use crate::requirement::{self, Requirement, update};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The events do not begin with the beginning of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the events do not begin with the beginning of a run")]
pub struct NoBeginning;

/// Why a run without an end ended.
const KILLED: &str = "its events end before it did";

/// What the run with these events came to, as far as they go.
///
/// # Errors
/// If they do not begin with [`RunBegan`].
pub fn result(events: &[Event]) -> Result<RunResult, NoBeginning> {
    let Some(What::RunBegan(began)) = events.first().map(|event| &event.what) else { return Err(NoBeginning) };
    Ok(Fold::of(began, events).result())
}

struct Fold<'a> {
    began: &'a RunBegan,
    known: Option<&'a EndpointKnown>,
    cases: Vec<&'a CaseEnded>,
    scenarios: Vec<super::result::ScenarioResult>,
    found: Vec<&'a CounterexampleFound>,
    ended: Option<&'a RunEnded>,
    duration: Duration,
}

impl<'a> Fold<'a> {
    fn of(began: &'a RunBegan, events: &'a [Event]) -> Self {
        let mut fold = Self {
            began,
            known: None,
            cases: Vec::new(),
            scenarios: Vec::new(),
            found: Vec::new(),
            ended: None,
            duration: events.last().map_or(Duration::ZERO, Event::at),
        };
        for event in events {
            match &event.what {
                What::RunBegan(_) | What::Shrinking { .. } => {}
                What::EndpointKnown(known) => fold.known = Some(known),
                What::CaseEnded(case) => fold.cases.push(case),
                What::ScenarioEnded(scenario) => fold.scenarios.push(scenario.clone()),
                What::CounterexampleFound(found) => fold.found.push(found),
                What::RunEnded(ended) => fold.ended = Some(ended),
            }
        }
        fold
    }

    fn offered(&self) -> LeverSet {
        self.known.map_or(LeverSet::NONE, |known| known.levers.iter().copied().collect())
    }

    fn result(mut self) -> RunResult {
        let offered = self.offered();
        let (profile, profile_inferred) = match self.began.profile {
            Some(profile) => (profile, Inferred::No),
            None if offered == LeverSet::ALL => (Profile::Full, Inferred::Yes),
            None => (Profile::Core, Inferred::Yes),
        };
        let requirements: Vec<RequirementResult> =
            requirement::all().map(|requirement| self.requirement(requirement, profile, offered)).collect();
        let measured = self.known.into_iter().flat_map(|known| &known.measured_us);
        RunResult {
            endpoint: self.began.endpoint.clone(),
            dialect: self.began.dialect.clone(),
            seed: self.began.seed,
            profile,
            profile_inferred,
            verdict: verdict(&requirements, self.cases.iter().map(|case| case.refused_updates).sum()),
            ended_early: match self.ended {
                Some(ended) => ended.ended_early.clone(),
                None => Some(KILLED.to_owned()),
            },
            cases: self.cases.len(),
            requests: self.ended.map_or_else(
                || self.cases.iter().map(|case| case.requests).max().unwrap_or_default(),
                |ended| ended.requests,
            ),
            duration: self.duration,
            levers: offered.iter().collect(),
            readings: self.readings(),
            measured: measured.map(|(label, micros)| (label.clone(), Duration::from_micros(*micros))).collect(),
            covered: self.ended.map_or_else(Covered::default, |ended| ended.covered),
            notes: self.ended.map(|ended| notes(&ended.notes)).unwrap_or_default(),
            scenarios: std::mem::take(&mut self.scenarios),
            requirements,
        }
    }

    fn readings(&self) -> BTreeMap<String, String> {
        let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (reading, what) in self.cases.iter().flat_map(|case| &case.readings) {
            seen.entry(reading).or_default().extend(what.iter().map(String::as_str));
        }
        let joined = |what: BTreeSet<&str>| what.into_iter().collect::<Vec<_>>().join(", ");
        seen.into_iter().map(|(reading, what)| (reading.to_owned(), joined(what))).collect()
    }

    fn requirement(&self, requirement: &'static Requirement, profile: Profile, offered: LeverSet) -> RequirementResult {
        let exercised = self.cases.iter().filter_map(|case| case.exercised.get(requirement.name)).sum();
        let counterexample = self.counterexample(requirement);
        let (verdict, reason) = match (&counterexample, exercised) {
            (Some(_), _) => (Verdict::Failed, None),
            (None, 0) => self.not_exercised(requirement, offered),
            (None, _) => (Verdict::Passed, None),
        };
        let in_profile = match profile {
            Profile::Full => true,
            Profile::Core => requirement.needs().is_empty(),
            Profile::Selection => self.began.selection.contains(&requirement),
        };
        let in_profile = if in_profile { Selected::Yes } else { Selected::No };
        RequirementResult { requirement, in_profile, verdict, exercised, reason, counterexample }
    }

    /// The shortest that was found; in a run that was killed before it looked for it, the first case that breaks it.
    fn counterexample(&self, requirement: &'static Requirement) -> Option<Counterexample> {
        if let Some(found) = self.found.iter().find(|found| found.requirement == requirement) {
            return Some(Counterexample {
                file: found.file.clone(),
                line: found.line,
                plan: found.plan.clone(),
                explanation: found.explanation.clone(),
                found_after: found.found_after,
                reproduced: found.reproduced,
            });
        }
        if self.ended.is_some() {
            return None;
        }
        let broken = self.cases.iter().flat_map(|case| case.broken.iter().map(move |broken| (case, broken)));
        let (case, broken) = broken.into_iter().find(|(_, broken)| broken.requirement == requirement)?;
        Some(Counterexample {
            file: format!("histories/{}.ndjson", case.case),
            line: broken.line,
            plan: case.plan.clone(),
            explanation: broken.explanation.clone(),
            found_after: broken.found_after,
            reproduced: (0, 0),
        })
    }

    fn not_exercised(&self, requirement: &Requirement, offered: LeverSet) -> (Verdict, Option<String>) {
        let lacking: Vec<&str> =
            requirement.needs().iter().filter(|lever| !offered.contains(**lever)).map(|lever| lever.as_str()).collect();
        if !lacking.is_empty() {
            let reason = format!("it needs the lever {}, which the endpoint does not offer", lacking.join(" and "));
            return (Verdict::NotExercised, Some(reason));
        }
        if self.cases.iter().any(|case| case.inconclusive) {
            return (Verdict::Inconclusive, Some("the search through some histories outgrew its bounds".to_owned()));
        }
        if let Some(reason) = self.cases.iter().filter_map(|case| case.cut_short).min().map(CutShort::as_str) {
            return (Verdict::Inconclusive, Some(format!("cases were cut short before they could tell: {reason}")));
        }
        (Verdict::NotExercised, Some("nothing in this run put it to the test".to_owned()))
    }
}

fn notes(notes: &BTreeMap<String, u64>) -> Vec<String> {
    let note = |(text, times): (&String, &u64)| match times {
        1 => text.clone(),
        times => format!("{text} ({times} times)"),
    };
    notes.iter().map(note).collect()
}

/// The verdict of a run: a broken requirement outweighs all, in the profile or not.
fn verdict(requirements: &[RequirementResult], refused_updates: usize) -> RunVerdict {
    if requirements.iter().any(|one| one.verdict == Verdict::Failed) {
        return RunVerdict::NonConformant;
    }
    let mut profile = requirements.iter().filter(|one| one.in_profile == Selected::Yes).peekable();
    if profile.peek().is_none() || requirements.iter().all(|one| one.exercised == 0) {
        return RunVerdict::NothingExercised;
    }
    let never_came_up = |one: &RequirementResult| {
        *one.requirement == update::REFUSED_IS_NOTHING && refused_updates == 0 && one.exercised == 0
    };
    let told = profile.all(|one| one.verdict == Verdict::Passed || never_came_up(one));
    if told { RunVerdict::Conformant } else { RunVerdict::Inconclusive }
}
