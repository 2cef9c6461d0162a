//! A hand to drive a machine in tests, with a clock that stands still unless it is told to go on.

use std::time::Duration;

use super::machine::{Event, Machine, Memo, Turn};
use super::settings::Settings;
use crate::driver::{Request, ServerCall, ServerReply};
use crate::history::{Condition, Content, Name};

/// Longer than anything takes by itself.
const SETTLED: Duration = Duration::from_secs(5);

/// A machine and the time.
pub(super) struct Probe {
    machine: Machine,
    now: Duration,
}

impl Probe {
    pub(super) fn new(settings: Settings) -> Self {
        Self { machine: Machine::new(settings), now: Duration::ZERO }
    }

    pub(super) fn correct() -> Self {
        Self::new(Settings::default())
    }

    /// A function that is Active with `code` under the reference `image`.
    pub(super) fn with_active(mut self, function: &str, image: &str, code: &str) -> Self {
        self.ready(image, code);
        assert!(self.create(function, image));
        self.settle();
        self
    }

    pub(super) fn ready(&mut self, image: &str, code: &str) {
        self.image(image, Some(code), Condition::Ready);
    }

    pub(super) fn held(&mut self, image: &str, code: &str) {
        self.image(image, Some(code), Condition::Held);
    }

    pub(super) fn failing(&mut self, image: &str, code: &str) {
        self.image(image, Some(code), Condition::Failing);
    }

    pub(super) fn missing(&mut self, image: &str) {
        self.image(image, None, Condition::Missing);
    }

    pub(super) fn image(&mut self, image: &str, code: Option<&str>, condition: Condition) {
        let content = Content { code: code.map(Name::from), condition };
        self.machine.step(self.now, Event::Image(image.into(), content));
    }

    pub(super) fn idle(&mut self, function: &str) {
        self.machine.step(self.now, Event::Idle(function.into()));
    }

    pub(super) fn wait(&mut self, millis: u64) {
        self.now += Duration::from_millis(millis);
    }

    pub(super) fn settle(&mut self) {
        self.now += SETTLED;
    }

    /// A call until its answer; `None` if the connection was cut.
    pub(super) fn call(&mut self, request: Request) -> Option<ServerReply> {
        let call = ServerCall { request, config: serde_json::Map::new() };
        let mut memo = Memo::default();
        loop {
            match self.machine.step(self.now, Event::Call(&call, memo)) {
                Turn::Answer(reply) => return Some(*reply),
                Turn::Later(at, left) => {
                    self.now = self.now.max(at);
                    memo = left;
                }
                Turn::Cut | Turn::Done => return None,
            }
        }
    }

    fn is_accepted(&mut self, request: Request) -> bool {
        !matches!(self.call(request), None | Some(ServerReply::Error(_)))
    }

    pub(super) fn create(&mut self, function: &str, image: &str) -> bool {
        self.is_accepted(Request::Create { function: function.into(), image: image.into() })
    }

    pub(super) fn update(&mut self, function: &str, image: &str) -> bool {
        self.is_accepted(Request::Update { function: function.into(), image: image.into() })
    }

    pub(super) fn delete(&mut self, function: &str) -> bool {
        self.is_accepted(Request::Delete { function: function.into() })
    }

    /// `state status digest`, with a hyphen for what is absent; the error code if it was refused.
    pub(super) fn get(&mut self, function: &str) -> String {
        match self.call(Request::Get { function: function.into() }) {
            Some(ServerReply::Function(view)) => [view.state, view.last_update_status, view.digest]
                .map(|field| field.unwrap_or_else(|| "-".to_owned()))
                .join(" "),
            Some(ServerReply::Error(error)) => error.code,
            other => panic!("{other:?}"),
        }
    }

    /// The digest of the code that served; `None` if it was refused.
    pub(super) fn invoke(&mut self, function: &str) -> Option<String> {
        match self.call(Request::Invoke { function: function.into() }) {
            Some(ServerReply::Served { body, .. }) => Some(String::from_utf8_lossy(&body).into_owned()),
            _ => None,
        }
    }

    /// The machine and the time, for steps that have no hand of their own.
    pub(super) fn parts(&mut self) -> (&mut Machine, Duration) {
        (&mut self.machine, self.now)
    }
}
