//! What the operations of the API and the idle lever do, done right.

use serde_json::Value;

use super::function::{Code, Config, Function, State, Status};
use super::machine::{Machine, Task};
use super::refusal;
use crate::driver::{Request, ServerReply};
use crate::history::Name;

impl Machine {
    /// CreateFunction: the function is Pending, its digest recorded, its image being prepared.
    pub fn create(&mut self, name: &Name, image: &Name, config: &Config) -> ServerReply {
        if self.functions.contains_key(name) {
            return refusal::exists(name);
        }
        if name.is_empty() || image.is_empty() {
            return refusal::invalid("functionName and customContainerConfig.image are required.".to_owned());
        }
        let digest = self.behaviour().resolve(self, name, image);
        let code = Code { image: image.clone(), digest };
        let id = self.new_id();
        let function = Function::new(id, name.clone(), code.clone(), config.clone(), self.now);
        self.functions.insert(name.clone(), function);
        self.prepare(name, code);
        self.show(name)
    }

    /// UpdateFunction: the digest is recorded anew and the image prepared, while everything else stays as it is.
    pub fn update(&mut self, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let Some(function) = self.functions.get(name) else { return refusal::not_found(name) };
        // A change of the configuration alone is a deployment of the same reference.
        let image = if image.is_empty() { function.facts.latest.image.clone() } else { image.clone() };
        if self.behaviour().refuses(self, &image) {
            return refusal::invalid(format!("the image '{image}' does not exist."));
        }
        let digest = self.behaviour().resolve(self, name, &image);
        self.deploy(name, Code { image, digest }, config);
        self.show(name)
    }

    /// Begins an update that was accepted.
    pub fn deploy(&mut self, name: &Name, code: Code, config: &Config) {
        let now = self.now;
        let Some(function) = self.functions.get_mut(name) else { return };
        merge(&mut function.config, config);
        function.counts.updates += 1;
        function.updated = Some(now);
        if function.facts.state == State::Inactive {
            function.fallback = State::Inactive;
        }
        let latest = code.clone();
        function.change(now, |facts| {
            facts.status = Some(Status::InProgress);
            facts.latest = latest;
            if facts.state == State::Inactive {
                facts.state = State::Pending;
            }
        });
        self.prepare(name, code);
    }

    /// GetFunction.
    pub fn get(&mut self, name: &Name) -> ServerReply {
        if let Some(function) = self.functions.get_mut(name) {
            function.counts.gets += 1;
        }
        self.show(name)
    }

    /// The function as a reply, or the refusal that it does not exist.
    #[must_use]
    pub fn show(&self, name: &Name) -> ServerReply {
        match self.functions.get(name) {
            Some(function) => ServerReply::Function(self.behaviour().view(self, function)),
            None => refusal::not_found(name),
        }
    }

    /// InvokeFunction: Active functions serve, unless their image turns out to be lost; Inactive ones wake.
    pub fn invoke(&mut self, name: &Name) -> ServerReply {
        let behaviour = self.behaviour();
        let Some(function) = self.functions.get_mut(name) else { return refusal::not_found(name) };
        function.counts.invocations += 1;
        let state = function.facts.state;
        match state {
            State::Active => {}
            State::Inactive => {
                behaviour.wake(self, name);
                return refusal::not_invocable(name, state);
            }
            State::Pending | State::Failed => return refusal::not_invocable(name, state),
        }
        let Some(function) = self.functions.get(name) else { return refusal::not_found(name) };
        if behaviour.is_lost(self, function) {
            behaviour.lost(self, name);
            return refusal::image_lost(name);
        }
        match behaviour.route(self, function) {
            Some(code) => self.serve(name, &code),
            None => refusal::not_invocable(name, state),
        }
    }

    /// The code answers with its digest.
    pub fn serve(&mut self, name: &Name, code: &Code) -> ServerReply {
        if let Some(function) = self.functions.get_mut(name) {
            function.counts.served += 1;
        }
        let body = code.digest.as_deref().unwrap_or_default().as_bytes().to_vec();
        ServerReply::Served { body, function_error: None }
    }

    /// DeleteFunction.
    pub fn delete(&mut self, name: &Name) -> ServerReply {
        match self.functions.remove(name) {
            Some(_) => ServerReply::Deleted,
            None => refusal::not_found(name),
        }
    }

    /// The idle lever: an Active function without an update in progress releases its resources.
    pub fn idle(&mut self, name: &Name) {
        let now = self.now;
        let Some(function) = self.functions.get_mut(name) else { return };
        if function.facts.state == State::Active && !function.is_updating() {
            function.counts.releases += 1;
            function.change(now, |facts| facts.state = State::Inactive);
        }
    }

    /// Where being left alone makes a function idle, every use of it begins that time anew; looking at it is none.
    pub(super) fn is_used(&mut self, request: &Request) {
        let Some(alone) = self.settings.idle_after else { return };
        if matches!(request, Request::Get { .. }) {
            return;
        }
        let name = request.function();
        let Some(function) = self.functions.get_mut(name) else { return };
        function.counts.uses += 1;
        let uses = function.counts.uses;
        self.schedule(self.now + alone, name, Task::Release(uses));
    }

    /// Releases a function that was left alone, if it is one that can be; else later.
    pub(super) fn release(&mut self, name: &Name, uses: u64) {
        let Some(alone) = self.settings.idle_after else { return };
        let Some(function) = self.functions.get(name).filter(|function| function.counts.uses == uses) else { return };
        if function.facts.state == State::Active && !function.is_updating() {
            self.behaviour().idle(self, name);
        } else {
            self.schedule(self.now + alone, name, Task::Release(uses));
        }
    }

    /// An Inactive function returns to Pending and prepares its code again.
    pub fn wake(&mut self, name: &Name) {
        let now = self.now;
        let Some(function) = self.functions.get_mut(name) else { return };
        if function.facts.state != State::Inactive {
            return;
        }
        function.fallback = State::Inactive;
        function.change(now, |facts| facts.state = State::Pending);
        if let Some(code) = function.facts.current.clone() {
            self.prepare(name, code);
        }
    }
}

/// Takes over what an update names and keeps the rest, inside nested objects too.
fn merge(config: &mut Config, update: &Config) {
    for (key, value) in update {
        match (config.get_mut(key), value) {
            (Some(Value::Object(kept)), Value::Object(given)) => merge(kept, given),
            (Some(kept), given) => *kept = given.clone(),
            (None, given) => {
                config.insert(key.clone(), given.clone());
            }
        }
    }
}
