//! What a run came to: the verdict on each requirement, and on all of them.

use super::RunSettings;
use crate::driver::endpoint::Endpoint;
use crate::driver::judged::JudgedCase;
use crate::driver::readings;
use crate::driver::result::{
    Counterexample, Covered, Inferred, Profile, RequirementResult, RunResult, RunVerdict, ScenarioResult, Selected,
    Verdict,
};
use crate::lever::LeverSet;
use crate::requirement::{self, Requirement, update};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What the result is made of.
pub(super) struct Summary<'a> {
    pub(super) settings: &'a RunSettings,
    pub(super) endpoint: &'a Endpoint,
    pub(super) cases: &'a [JudgedCase],
    pub(super) scenarios: Vec<ScenarioResult>,
    pub(super) evidence: BTreeMap<&'static str, Counterexample>,
    pub(super) ended_early: Option<String>,
    pub(super) measured: Vec<(&'static str, Duration)>,
    pub(super) began: Instant,
}

impl Summary<'_> {
    pub(super) fn result(mut self) -> RunResult {
        let offered = self.endpoint.offered();
        let (profile, profile_inferred) = match self.settings.profile {
            Some(profile) => (profile, Inferred::No),
            None if offered == LeverSet::ALL => (Profile::Full, Inferred::Yes),
            None => (Profile::Core, Inferred::Yes),
        };
        let evidence = std::mem::take(&mut self.evidence);
        let requirements: Vec<RequirementResult> =
            requirement::all().map(|requirement| self.requirement(requirement, profile, offered, &evidence)).collect();
        let notes = self.endpoint.notes().into_iter().map(|(text, times)| match times {
            1 => text,
            times => format!("{text} ({times} times)"),
        });
        RunResult {
            endpoint: self.endpoint.client().base_url().to_owned(),
            dialect: self.endpoint.dialect().name(),
            seed: self.settings.seed,
            profile,
            profile_inferred,
            verdict: verdict(&requirements, self.cases.iter().map(|case| case.exercise.refused_updates).sum()),
            ended_early: self.ended_early,
            cases: self.cases.len(),
            requests: self.endpoint.requests(),
            duration: self.began.elapsed(),
            levers: offered.iter().collect(),
            readings: readings::seen(self.cases.iter().map(|case| &case.record.history)),
            measured: self.measured,
            covered: Covered::by(self.cases.iter().map(|case| &case.coverage), offered),
            notes: notes.chain(self.endpoint.levers().notes()).collect(),
            scenarios: std::mem::take(&mut self.scenarios),
            requirements,
        }
    }

    fn requirement(
        &self,
        requirement: &'static Requirement,
        profile: Profile,
        offered: LeverSet,
        evidence: &BTreeMap<&'static str, Counterexample>,
    ) -> RequirementResult {
        let counts = self.cases.iter().filter_map(|case| case.exercise.counts.get(requirement.name));
        let exercised = counts.map(|count| u64::try_from(*count).unwrap_or(u64::MAX)).sum();
        let counterexample = evidence.get(requirement.name).cloned();
        let (verdict, reason) = match (&counterexample, exercised) {
            (Some(_), _) => (Verdict::Failed, None),
            (None, 0) => self.not_exercised(requirement, offered),
            (None, _) => (Verdict::Passed, None),
        };
        let in_profile = match profile {
            Profile::Full => true,
            Profile::Core => requirement.needs().is_empty(),
            Profile::Selection => self.settings.selection.contains(&requirement),
        };
        let in_profile = if in_profile { Selected::Yes } else { Selected::No };
        RequirementResult { requirement, in_profile, verdict, exercised, reason, counterexample }
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
        if let Some(reason) = self.cases.iter().filter_map(|case| case.record.cut_short).min() {
            let reason = format!("cases were cut short before they could tell: {}", reason.as_str());
            return (Verdict::Inconclusive, Some(reason));
        }
        (Verdict::NotExercised, Some("nothing in this run put it to the test".to_owned()))
    }
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
