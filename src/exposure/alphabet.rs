//! What may come next in a plan, so that no two plans differ in nothing but letters or in steps that do nothing.
//!
//! Functions and images are named in the order in which the plan first speaks of them. A lever on an image that nothing
//! was deployed from is pulled right before the first deployment: earlier it does the same.

use super::course::Course;
use crate::plan::{Action, Change, F, I, Step};

/// At most so many functions are spoken of.
pub(super) const FUNCTIONS: u8 = 3;
/// At most so many images are spoken of.
pub(super) const IMAGES: u8 = 3;
/// Hundredths of a preparation: before it ends, about when it does, and after it.
pub(super) const PAUSES: [u16; 3] = [50, 100, 150];

/// What a plan has spoken of, and what it must do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Grammar {
    functions: u8,
    images: u8,
    bound: Bound,
}

/// What a step leaves to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum Bound {
    /// Anything may come.
    #[default]
    Free,
    /// This image is to be deployed.
    Deploy(u8),
    /// The function is to be invoked, which is its first look after a settle.
    Invoke(u8),
    /// The function was looked at after a settle, so it was not invoked first.
    Looked(u8),
}

/// A step that may come next, and what looks on from there.
pub(super) struct Choice {
    pub(super) step: Step,
    /// What is to be told of the step after it.
    pub(super) next: Option<Step>,
    pub(super) grammar: Grammar,
}

/// Whether steps of two actions at once are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bursts {
    /// They are: a machine that puts calls off does with two at once what it does not with one after the other.
    OfTwo,
    /// They are not: with one call after the other, the oracle has fewer ways to explain the same answers.
    None,
}

impl Grammar {
    /// The steps that may come next.
    pub(super) fn choices(self, course: &Course, bursts: Bursts) -> Vec<Choice> {
        let actions = self.actions(course);
        let mut choices = Vec::new();
        for action in &actions {
            let grammar = self.after(action);
            if let Action::Settle(f) = action {
                let invoked = Grammar { bound: Bound::Invoke(f.0), ..grammar };
                let next = Some(Step(vec![Action::Invoke(*f)]));
                choices.push(Choice { step: Step(vec![*action]), next, grammar: invoked });
            }
            choices.push(Choice { step: Step(vec![*action]), next: None, grammar });
        }
        if bursts == Bursts::OfTwo && self.bound == Bound::Free {
            for one in actions.iter().filter(is_call) {
                for other in actions.iter().filter(is_call) {
                    let grammar = self.after(one).after(other);
                    choices.push(Choice { step: Step(vec![*one, *other]), next: None, grammar });
                }
            }
        }
        choices
    }

    fn actions(self, course: &Course) -> Vec<Action> {
        let known = || (0..self.functions).map(F);
        if let Bound::Invoke(f) = self.bound {
            return vec![Action::Invoke(F(f))];
        }
        let mut actions = Vec::new();
        let images = match self.bound {
            Bound::Deploy(image) => image..image + 1,
            _ => 0..(self.images + 1).min(IMAGES),
        };
        for f in (0..(self.functions + 1).min(FUNCTIONS)).map(F) {
            actions.extend(images.clone().map(|i| Action::Create(f, I(i))));
        }
        // The first function may be asked for before it is created; of the others nothing new would be learnt.
        let first = (self.functions == 0).then_some(F(0));
        for f in known().chain(first) {
            actions.extend(images.clone().map(|i| Action::Update(f, I(i))));
        }
        if let Bound::Deploy(_) = self.bound {
            return actions;
        }
        for f in known().chain(first) {
            actions.extend([Action::Get(f), Action::Invoke(f), Action::Delete(f)]);
        }
        actions.extend(known().filter(|f| course.knows(*f)).map(Action::Idle));
        for i in images {
            let is_new = i == self.images;
            let changes: &[Change] = if is_new { &[Change::Hold, Change::Fail, Change::Remove] } else { &Change::ALL };
            let changes = changes.iter().filter(|change| course.rehearsal().would_change(I(i), **change));
            actions.extend(changes.map(|change| Action::Image(I(i), *change)));
        }
        if self.functions > 0 {
            for f in known() {
                actions.extend([Action::Await(f), Action::Settle(f)]);
            }
            actions.extend(PAUSES.map(Action::Pause));
        }
        if let Bound::Looked(f) = self.bound {
            actions.retain(|action| *action != Action::Invoke(F(f)));
        }
        actions
    }

    fn after(self, action: &Action) -> Self {
        let mut after = self;
        after.functions = after.functions.max(action.function().map_or(0, |f| f.0 + 1));
        after.bound = match action {
            Action::Image(i, _) if i.0 >= self.images => Bound::Deploy(i.0),
            Action::Settle(f) => Bound::Looked(f.0),
            _ => Bound::Free,
        };
        if after.bound == Bound::Free {
            after.images = after.images.max(action.image().map_or(0, |i| i.0 + 1));
        }
        after
    }
}

fn is_call(action: &&Action) -> bool {
    matches!(action, Action::Create(..) | Action::Update(..) | Action::Get(_) | Action::Invoke(_) | Action::Delete(_))
}

/// Whether nothing can be seen by the step itself, so that no plan needs to end in it.
pub(super) fn is_blind(step: &Step) -> bool {
    step.0.iter().all(|action| matches!(action, Action::Image(..) | Action::Idle(_) | Action::Pause(_)))
}
