//! The hooks on which an endpoint's behaviour hangs.
//!
//! Every hook defaults to what is right, so a fault or a legal oddity overrides the one thing in which it differs. A
//! hook is given the machine and does with it what the machine itself would do, before, after or instead.

use std::time::Duration;

use super::function::{Code, Config, Function, Preparation};
use super::machine::{Machine, Memo, Turn};
use crate::driver::{FunctionView, HttpResponse, ServerCall, ServerReply};
use crate::history::{Condition, Content, Name};

/// What a preparation that is due comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on until the image changes.
    Wait,
    /// The code is ready.
    Succeed,
    /// The code cannot be had.
    Fail,
}

/// How an answer is put on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// With its length, on a connection that is kept.
    Plain,
    /// The same, and the connection is closed after it.
    Close,
    /// In chunks, without a length.
    Chunked,
}

/// How an endpoint behaves: what is right, but for the hooks that are overridden.
pub trait Behaviour: Send + Sync {
    /// The name by which it is selected: lower case, words joined by hyphens, never changed once released.
    fn name(&self) -> &'static str;

    /// One line on what it does.
    fn summary(&self) -> &'static str;

    /// The requirements that may be blamed for it; none for an endpoint that is right.
    fn breaks(&self) -> &'static [&'static str] {
        &[]
    }

    /// A call of the API, from its arrival to its answer. `memo` is what an earlier turn of the same call left.
    fn call(&self, machine: &mut Machine, call: &ServerCall, memo: Memo) -> Turn {
        let _ = memo;
        machine.perform(call).into()
    }

    /// CreateFunction.
    fn create(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        machine.create(name, image, config)
    }

    /// UpdateFunction. An empty `image` means that the reference stays as it is.
    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        machine.update(name, image, config)
    }

    /// GetFunction.
    fn get(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        machine.get(name)
    }

    /// InvokeFunction.
    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        machine.invoke(name)
    }

    /// DeleteFunction.
    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        machine.delete(name)
    }

    /// The lever `idle`, on a function that exists.
    fn idle(&self, machine: &mut Machine, name: &Name) {
        machine.idle(name);
    }

    /// The lever on an image, which stood for `before` until now.
    fn published(&self, machine: &mut Machine, image: &Name, before: &Content) {
        let _ = before;
        machine.reconsider(image);
    }

    /// Whether an update to this image is refused at once (reading R7).
    fn refuses(&self, machine: &Machine, image: &Name) -> bool {
        machine.content(image).condition == Condition::Missing
    }

    /// The digest recorded for an image that is deployed now.
    fn resolve(&self, machine: &Machine, name: &Name, image: &Name) -> Option<Name> {
        let _ = name;
        machine.digest_of(image)
    }

    /// The code that serves an invocation of an Active function.
    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        let _ = machine;
        function.facts.current.clone()
    }

    /// What GetFunction shows.
    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        machine.view(function)
    }

    /// An Inactive function was invoked.
    fn wake(&self, machine: &mut Machine, name: &Name) {
        machine.wake(name);
    }

    /// A preparation was superseded by a later one.
    fn superseded(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        let _ = (machine, name, preparation);
    }

    /// What a preparation that is due comes to under the present condition of its image.
    fn judge(&self, machine: &Machine, function: &Function, preparation: &Preparation) -> Verdict {
        let _ = function;
        machine.judge(preparation)
    }

    /// The preparation under way has succeeded.
    fn succeeded(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        machine.succeed(name, preparation);
    }

    /// The preparation under way has failed.
    fn failed(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        let _ = preparation;
        machine.fail(name);
    }

    /// A superseded preparation that was kept has ended.
    fn older_ended(&self, machine: &mut Machine, name: &Name, preparation: Preparation, verdict: Verdict) {
        let _ = (machine, name, preparation, verdict);
    }

    /// Whether the image of the serving code is found to be lost when one looks.
    fn is_lost(&self, machine: &Machine, function: &Function) -> bool {
        machine.is_lost(function)
    }

    /// The image of an Active function's code was noticed to be lost.
    fn lost(&self, machine: &mut Machine, name: &Name) {
        machine.lose(name);
    }

    /// Something that was put on the agenda of the function with this number is due.
    fn errand(&self, machine: &mut Machine, name: &Name, number: u32) {
        let _ = (machine, name, number);
    }

    /// How long a preparation that begins now takes.
    fn preparation_time(&self, machine: &Machine, name: &Name) -> Duration {
        machine.preparation_time(name)
    }

    /// How long it takes until a lost image is noticed in the background; `None` for never.
    fn notice_time(&self, machine: &Machine) -> Option<Duration> {
        Some(machine.settings.notice_time)
    }

    /// A last change to the answer of a call.
    fn shape(&self, call: &ServerCall, response: &mut HttpResponse) {
        let _ = (call, response);
    }

    /// How the answer to the call of that number is put on the wire.
    fn delivery(&self, number: u64) -> Delivery {
        let _ = number;
        Delivery::Plain
    }
}

/// The first three methods of a behaviour: its name, its summary, and the requirements that may be blamed for it.
macro_rules! card {
    ($name:literal, $summary:literal $(, $breaks:literal)* $(,)?) => {
        fn name(&self) -> &'static str {
            $name
        }

        fn summary(&self) -> &'static str {
            $summary
        }

        fn breaks(&self) -> &'static [&'static str] {
            &[$($breaks),*]
        }
    };
}
pub(super) use card;

/// The endpoint that is right in the usual way.
#[derive(Debug, Clone, Copy, Default)]
pub struct Correct;

impl Behaviour for Correct {
    card!("correct", "keeps every promise in the usual way");
}
