//! The scenarios of `features/` as the opening of a run.

use super::outcome::{Outcome, Played};
use super::script::{self, Script, ScriptError};
use super::stage::{Play, play};
use crate::driver::case::Bench;
use crate::driver::result::{ScenarioResult, Verdict};
use crate::driver::run::{Ended, OnViolation, Opening};
use crate::requirement::rule::FEATURES;
use futures_util::future::LocalBoxFuture;
use gherkin::Feature;
use std::sync::Arc;

/// Scenarios, and the features that they are of.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    /// The features, with outlines expanded.
    pub features: Vec<Feature>,
    /// Those of their scenarios that are played, in order.
    pub scripts: Vec<Script>,
    /// How many are played at once.
    pub jobs: usize,
}

impl Suite {
    /// All scenarios of the embedded features.
    #[must_use]
    pub fn embedded(jobs: usize) -> Self {
        match Self::read(FEATURES.iter().copied(), jobs) {
            Ok(suite) => suite,
            Err(error) => unreachable!("the embedded features are read by the tests: {error}"),
        }
    }

    /// All scenarios of these files, each with its name.
    ///
    /// # Errors
    /// If one is not Gherkin, has a step that is not in the glossary, or two scenarios of one name.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, jobs: usize) -> Result<Self, ScriptError> {
        let mut suite = Self { jobs, ..Self::default() };
        for (file, text) in files {
            let feature = script::feature(file, text)?;
            for script in script::scripts(file, &feature)? {
                if suite.scripts.iter().any(|known| known.name == script.name) {
                    return Err(ScriptError::Duplicate { file: file.to_owned(), name: script.name });
                }
                suite.scripts.push(script);
            }
            suite.features.push(feature);
        }
        Ok(suite)
    }

    /// The scenarios that are kept, out of these.
    #[must_use]
    pub fn keeping(mut self, keep: impl FnMut(&Script) -> bool) -> Self {
        self.scripts.retain(keep);
        self
    }

    /// Plays them all.
    pub async fn play(&self, bench: &Arc<Bench>, on_violation: OnViolation) -> Vec<Played> {
        let (features, scripts) = (self.features.clone(), self.scripts.clone());
        play(bench, Play { features, scripts, jobs: self.jobs, on_violation }).await
    }
}

impl Opening for Suite {
    fn open<'a>(
        &'a self,
        bench: &'a Arc<Bench>,
        on_violation: OnViolation,
        ended: &'a dyn Fn(Ended),
    ) -> LocalBoxFuture<'a, ()> {
        Box::pin(async move {
            for played in self.play(bench, on_violation).await {
                ended((result(&played), played.case));
            }
        })
    }
}

fn result(played: &Played) -> ScenarioResult {
    let (verdict, step, reason) = match played.outcome.clone() {
        Outcome::Passed => (Verdict::Passed, None, None),
        Outcome::Failed { step, explanation } => (Verdict::Failed, step, Some(explanation)),
        Outcome::NotExercised(reason) => (Verdict::NotExercised, None, Some(reason)),
        Outcome::Inconclusive(reason) => (Verdict::Inconclusive, None, Some(reason)),
    };
    ScenarioResult { name: played.name.clone(), verdict, step, reason }
}
