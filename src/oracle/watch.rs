//! What a run may ask while it goes on: what is still due, and whether an observation agrees with a claim.
//!
//! The answers steer waits and probes; they never enter a verdict, which is judged on the history alone.

use super::frontier::Frontier;
use super::judge::Judge;
use super::names::Names;
use super::trail::Runner;
use crate::history::{Name, Operation};
use crate::model::Model;
use crate::model::label::Label;
use crate::model::world::{Function, Idle, Lost, State, Status};

/// What is left to happen to a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// Something may be left that must happen.
    pub due: Due,
    /// What a settle now would assert besides.
    pub asserts: Asserts,
}

/// Whether something may be left that must happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing is.
    Nothing,
    /// In some explanation something is.
    Something,
}

/// What a settle would assert besides that nothing is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asserts {
    /// Nothing.
    Nothing,
    /// That there was time to notice that an image is lost.
    Loss,
    /// The same, if the function has the one code and not the other.
    PerhapsLoss,
    /// That an idle function that was used since is not released any more.
    Use,
}

impl Judge {
    /// What is left to happen to a function, all operations so far having returned.
    pub fn outlook(&mut self, function: &Name) -> Outlook {
        self.return_all();
        let model = self.model();
        let mut outlook = Outlook { due: Due::Nothing, asserts: Asserts::Nothing };
        let Some(runner) = self.runner(function) else { return outlook };
        let (mut lost, mut safe) = (false, false);
        for world in runner.frontier.worlds() {
            if model.due(&world).is_some() {
                outlook.due = Due::Something;
            }
            let Some(f) = world.function.as_ref().filter(|f| f.state == State::Active) else { continue };
            match f.current {
                Some(code) if world.gone(code) => lost |= f.lost == Lost::No,
                _ => safe = true,
            }
            if f.idle == Idle::May && f.status != Status::InProgress {
                outlook.asserts = Asserts::Use;
            }
        }
        match (lost, safe) {
            (true, false) => outlook.asserts = Asserts::Loss,
            (true, true) => outlook.asserts = Asserts::PerhapsLoss,
            (false, _) => {}
        }
        outlook
    }

    /// Whether the history would conform if these operations on one function came next, one after the other.
    pub fn agrees(&mut self, function: &Name, operations: &[Operation]) -> bool {
        self.supposing(function, operations, |frontier, _| !frontier.is_empty())
    }

    /// Whether nothing would be left that must happen if these operations came next.
    pub fn would_be_quiet(&mut self, function: &Name, operations: &[Operation]) -> bool {
        self.supposing(function, operations, |frontier, model| {
            frontier.worlds().all(|world| model.due(&world).is_none())
        })
    }

    /// Whether, if these operations came next, there might have been time to notice that an image is lost.
    pub fn might_assert_loss(&mut self, function: &Name, operations: &[Operation]) -> bool {
        self.supposing(function, operations, |frontier, _| {
            let is_late = |f: &Function| f.state == State::Active && f.lost != Lost::No;
            frontier.worlds().any(|world| world.function.as_ref().is_some_and(is_late))
        })
    }

    /// Asks the frontier after operations that may never come; `false` where they are not explained.
    fn supposing(
        &mut self,
        function: &Name,
        operations: &[Operation],
        question: impl FnOnce(&Frontier, Model) -> bool,
    ) -> bool {
        self.return_all();
        let model = self.model();
        let labels: Vec<Label> = {
            let names: &mut Names = &mut self.names;
            operations.iter().filter_map(|operation| names.label(&operation.event)).collect()
        };
        let Some(runner) = self.runner(function) else { return true };
        let saved = runner.save();
        let explained = labels.iter().all(|label| {
            let fed = runner.frontier.begin(*label, i64::MAX).and_then(|slot| runner.frontier.end(slot));
            fed.is_ok() && !runner.frontier.is_empty()
        });
        let answer = explained && question(&runner.frontier, model);
        runner.load(&saved);
        answer
    }

    /// Whether everything so far is explained.
    pub fn conforms_so_far(&mut self) -> bool {
        self.return_all();
        self.all_open()
    }

    fn runner(&mut self, function: &Name) -> Option<&mut Runner> {
        let judged = self.functions.iter_mut().find(|judged| judged.name == *function)?;
        Some(&mut judged.runner)
    }
}
