//! Plays scenarios on an endpoint, side by side: cucumber runs them, the driver carries out their steps, the oracle
//! judges what was recorded.

use super::observe;
use super::outcome::{Outcome, Played, Unmet, outcome};
use super::script::{self, Script};
use crate::driver::case::{Bench, Case};
use crate::driver::judged::{Depth, judge};
use crate::driver::run::OnViolation;
use crate::lever::LeverSet;
use cucumber::event::{self, Event};
use cucumber::runner::Basic;
use cucumber::{Cucumber, World, Writer, cli, parser, step};
use futures_util::FutureExt as _;
use futures_util::stream;
use gherkin::Feature;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

/// What a play is about.
#[derive(Clone)]
pub struct Play {
    /// The features, with outlines expanded.
    pub features: Vec<Feature>,
    /// Those of their scenarios that are played, by name.
    pub scripts: Vec<Script>,
    /// How many are played at once.
    pub jobs: usize,
    /// Whether none is begun after the first violation.
    pub on_violation: OnViolation,
}

/// Plays scenarios, and gives what each of them came to, in the order in which they were asked for.
///
/// Those for which the endpoint lacks a lever are not begun.
pub async fn play(bench: &Arc<Bench>, play: Play) -> Vec<Played> {
    let levers = bench.endpoint.offered();
    let numbered = |(number, script): (usize, &Script)| (script.name.clone(), (number, script.clone()));
    let able = play.scripts.iter().enumerate().filter(|(_, script)| script.plan().can_use(levers));
    let stage = Arc::new(Stage {
        bench: Arc::clone(bench),
        scripts: able.map(numbered).collect(),
        on_violation: play.on_violation,
        played: Mutex::new(Vec::new()),
    });
    let on_stage = Arc::clone(&stage);
    let (before, after) = (Arc::clone(&stage), Arc::clone(&stage));
    let jobs = bench.endpoint.at_once(play.jobs, bench.pace.typical);
    let runner = Basic::default()
        .steps(steps())
        .max_concurrent_scenarios(bench.pace.at_once(jobs))
        .before(move |_, rule, scenario, actor| before.clone().begin(script::name(rule, scenario), actor).boxed_local())
        .after(move |_, _, _, _, actor| after.clone().end(actor).boxed_local());
    let writer = Cucumber::<_, _, _, _, _, cli::Empty>::custom(Embedded, runner, Problems::default())
        .with_cli(cli::Opts::<_, _, _, cli::Empty>::default())
        .filter_run(play.features, move |_, rule, scenario| {
            on_stage.scripts.contains_key(&script::name(rule, scenario))
        })
        .await;
    stage.curtain(&play.scripts, levers, &writer.0)
}

/// What all scenarios of a play share.
struct Stage {
    bench: Arc<Bench>,
    scripts: BTreeMap<String, (usize, Script)>,
    on_violation: OnViolation,
    played: Mutex<Vec<Played>>,
}

impl Stage {
    fn may_begin(&self) -> bool {
        let failed = |played: &Played| matches!(played.outcome, Outcome::Failed { .. });
        let played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        let proved = self.on_violation == OnViolation::Stop && played.iter().any(failed);
        !(*self.bench.stop.borrow() || proved)
    }

    async fn begin(self: Arc<Self>, name: String, actor: &mut Actor) {
        if !self.may_begin() {
            return;
        }
        if let Some((number, script)) = self.scripts.get(&name) {
            let case = Case::begin(&self.bench, &format!("c{number}"), script.plan()).await;
            actor.part = Some(Part { case, script: script.clone(), at: 0, unmet: None });
        }
    }

    async fn end(self: Arc<Self>, actor: Option<&mut Actor>) {
        let Some(Part { case, script, unmet, .. }) = actor.and_then(|actor| actor.part.take()) else { return };
        let not_found = self.bench.endpoint.dialect().not_found_code();
        let record = case.end().await;
        // Judging takes no part in the timing of other scenarios.
        let judged = tokio::task::spawn_blocking(move || judge(record, not_found, Depth::Exercise)).await;
        if let Ok(case) = judged {
            let outcome = outcome(&script, &case, unmet);
            let played = Played { name: script.name, requirement: script.requirement, outcome, case: Some(case) };
            self.played.lock().unwrap_or_else(PoisonError::into_inner).push(played);
        }
    }

    /// What became of each scenario, those included that were not begun.
    fn curtain(&self, asked: &[Script], levers: LeverSet, problems: &BTreeMap<String, String>) -> Vec<Played> {
        let mut played = std::mem::take(&mut *self.played.lock().unwrap_or_else(PoisonError::into_inner));
        asked
            .iter()
            .map(|script| {
                let place = played.iter().position(|one| one.name == script.name);
                match (problems.get(&script.name), place) {
                    (Some(problem), place) => {
                        let case = place.and_then(|place| played.swap_remove(place).case);
                        Played { case, ..Played::not_told(script, problem.clone()) }
                    }
                    (None, Some(place)) => played.swap_remove(place),
                    (None, None) => Played::not_begun(script, levers),
                }
            })
            .collect()
    }
}

/// A scenario while it is played.
struct Part {
    case: Case,
    script: Script,
    at: usize,
    unmet: Option<Unmet>,
}

/// What cucumber calls the world: the part that is played, if any.
#[derive(Default)]
struct Actor {
    part: Option<Part>,
}

impl std::fmt::Debug for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.part.as_ref().map_or("nobody", |part| &part.script.name))
    }
}

impl World for Actor {
    type Error = Infallible;

    async fn new() -> Result<Self, Infallible> {
        Ok(Self::default())
    }
}

/// All steps of the glossary do the same: what the script says comes next.
fn steps() -> step::Collection<Actor> {
    let perform: step::Step<Actor> = |actor, _| perform(actor).boxed_local();
    super::glossary::expressions().fold(step::Collection::new(), |steps, regex| {
        steps.given(None, regex.clone(), perform).when(None, regex.clone(), perform).then(None, regex, perform)
    })
}

async fn perform(actor: &mut Actor) {
    let Some(part) = &mut actor.part else { return };
    let Some((text, meaning)) = part.script.lines.get(part.at) else { return };
    part.at += 1;
    let before = part.case.operations().last().cloned();
    let mut seen = Vec::new();
    for _ in &meaning.steps {
        match part.case.advance().await {
            Some(operations) => seen.extend_from_slice(operations),
            None => return,
        }
    }
    if part.unmet.is_none() {
        let instead = observe::unmet(meaning, &part.case, &seen, before.as_ref());
        part.unmet = instead.map(|instead| Unmet { step: text.clone(), instead });
    }
}

/// Hands over features that were read already.
struct Embedded;

impl cucumber::Parser<Vec<Feature>> for Embedded {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, input: Vec<Feature>, _: cli::Empty) -> Self::Output {
        stream::iter(input.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

/// What kept a scenario from being played to its end: the steps that are not defined, and panics.
#[derive(Default)]
struct Problems(BTreeMap<String, String>);

impl Writer<Actor> for Problems {
    type Cli = cli::Empty;

    async fn handle_event(&mut self, event: parser::Result<Event<event::Cucumber<Actor>>>, _: &cli::Empty) {
        let Ok(event) = event else { return };
        let event::Cucumber::Feature(_, event) = event.value else { return };
        let (name, event) = match event {
            event::Feature::Scenario(scenario, event) => (script::name(None, &scenario), event.event),
            event::Feature::Rule(rule, event::Rule::Scenario(scenario, event)) => {
                (script::name(Some(&rule), &scenario), event.event)
            }
            _ => return,
        };
        let problem = match event {
            event::Scenario::Step(step, event::Step::Skipped) => format!("the step `{}` is not defined", step.value),
            event::Scenario::Step(step, event::Step::Failed(_, _, _, error)) => {
                format!("the step `{}` could not be performed: {error}", step.value)
            }
            event::Scenario::Hook(_, event::Hook::Failed(..)) => "it could not be set up or ended".to_owned(),
            _ => return,
        };
        self.0.entry(name).or_insert(problem);
    }
}

/// The order in which events come does not matter to it.
impl cucumber::writer::Normalized for Problems {}
