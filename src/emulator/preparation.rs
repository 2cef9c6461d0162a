//! How preparations begin and end, and how a lost image is noticed, done right.
//!
//! The condition of an image is looked at when a preparation is due, and again when a lever changes it: so a lever
//! binds what is under way from the moment it is answered.

use super::behaviour::Verdict;
use super::function::{Code, Function, Preparation, State, Status};
use super::machine::{Machine, Task};
use crate::history::{Condition, Name};

impl Machine {
    /// Begins to prepare a code; what was being prepared is superseded.
    pub fn prepare(&mut self, name: &Name, code: Code) {
        let behaviour = self.behaviour();
        let due = self.now + behaviour.preparation_time(self, name);
        let id = self.new_id();
        let Some(function) = self.functions.get_mut(name) else { return };
        let superseded = function.next.replace(Preparation { id, code, due });
        self.schedule(due, name, Task::Prepare(id));
        if let Some(preparation) = superseded {
            behaviour.superseded(self, name, preparation);
        }
    }

    /// What the image's present condition makes of a preparation that is due.
    #[must_use]
    pub fn judge(&self, preparation: &Preparation) -> Verdict {
        let content = self.content(&preparation.code.image);
        match content.condition {
            Condition::Held => Verdict::Wait,
            Condition::Failing | Condition::Missing => Verdict::Fail,
            // What was recorded is no longer what the tag stands for, so it cannot be pulled by its tag.
            Condition::Ready if preparation.code.digest.is_some() && content.code != preparation.code.digest => {
                Verdict::Fail
            }
            Condition::Ready => Verdict::Succeed,
        }
    }

    /// A preparation is due: it ends, or goes on if its image is held.
    pub fn end_preparation(&mut self, name: &Name, id: u64) {
        let behaviour = self.behaviour();
        let Some(function) = self.functions.get(name) else { return };
        let is_next = function.next.as_ref().is_some_and(|next| next.id == id);
        let found = function.next.iter().chain(&function.older).find(|preparation| preparation.id == id);
        let Some(preparation) = found.cloned() else { return };
        let verdict = behaviour.judge(self, function, &preparation);
        if verdict == Verdict::Wait {
            return;
        }
        let Some(function) = self.functions.get_mut(name) else { return };
        if is_next {
            function.next = None;
        } else {
            function.older.retain(|older| older.id != id);
        }
        match verdict {
            _ if !is_next => behaviour.older_ended(self, name, preparation, verdict),
            Verdict::Succeed => behaviour.succeeded(self, name, preparation),
            Verdict::Fail | Verdict::Wait => behaviour.failed(self, name, preparation),
        }
    }

    /// The code is ready: the function is Active with it.
    pub fn succeed(&mut self, name: &Name, preparation: Preparation) {
        let Preparation { mut code, .. } = preparation;
        let was_unrecorded = code.digest.is_none();
        if was_unrecorded {
            code.digest = self.digest_of(&code.image);
        }
        let now = self.now;
        let Some(function) = self.functions.get_mut(name) else { return };
        function.older.clear();
        function.change(now, |facts| {
            facts.state = State::Active;
            if was_unrecorded {
                facts.latest = code.clone();
            }
            facts.current = Some(code);
            if facts.status == Some(Status::InProgress) {
                facts.status = Some(Status::Successful);
            }
        });
        self.watch(name);
    }

    /// The code cannot be had: what served goes on serving, and what waited falls back.
    pub fn fail(&mut self, name: &Name) {
        let now = self.now;
        let Some(function) = self.functions.get_mut(name) else { return };
        function.older.clear();
        let fallback = function.fallback;
        function.change(now, |facts| {
            if facts.state == State::Pending {
                facts.state = fallback;
            }
            if facts.status == Some(Status::InProgress) {
                facts.status = Some(Status::Failed);
            }
        });
    }

    /// The reference now stands for something else: looks again at everything that uses it.
    pub fn reconsider(&mut self, image: &Name) {
        let mut due = Vec::new();
        let mut watched = Vec::new();
        for (name, function) in &self.functions {
            let under_way = function.next.iter().chain(&function.older);
            if under_way.clone().any(|preparation| preparation.code.image == *image) {
                due.extend(under_way.filter(|other| other.due <= self.now).map(|other| (name.clone(), other.id)));
            }
            if function.facts.current.as_ref().is_some_and(|code| code.image == *image) {
                watched.push(name.clone());
            }
        }
        for (name, id) in due {
            self.schedule(self.now, &name, Task::Prepare(id));
        }
        for name in watched {
            self.watch(&name);
        }
    }

    /// Has the function's image looked at in a while, if it is lost.
    pub fn watch(&mut self, name: &Name) {
        let is_lost = self.functions.get(name).is_some_and(|function| self.is_lost(function));
        if let (true, Some(delay)) = (is_lost, self.behaviour().notice_time(self)) {
            self.schedule(self.now + delay, name, Task::Notice);
        }
    }

    /// Looks at the function's image in the background.
    pub fn notice(&mut self, name: &Name) {
        let behaviour = self.behaviour();
        let Some(function) = self.functions.get(name) else { return };
        if function.facts.state == State::Active && behaviour.is_lost(self, function) {
            behaviour.lost(self, name);
        }
    }

    /// Whether the image of the serving code is gone, or its tag stands for another digest.
    #[must_use]
    pub fn is_lost(&self, function: &Function) -> bool {
        function.facts.current.as_ref().is_some_and(|code| self.content(&code.image).code != code.digest)
    }

    /// A lost image makes an Active function Failed; an update in progress goes on.
    pub fn lose(&mut self, name: &Name) {
        let now = self.now;
        let Some(function) = self.functions.get_mut(name) else { return };
        if function.facts.state == State::Active {
            function.change(now, |facts| facts.state = State::Failed);
        }
    }
}
