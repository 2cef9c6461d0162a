//! Endpoints whose connections and answers are a little difficult.

use crate::driver::{HttpResponse, ServerCall};
use crate::emulator::behaviour::{Behaviour, Delivery, card};
use crate::emulator::machine::{Machine, Memo, Turn};
use crate::emulator::refusal;

/// The oddities of this file.
pub static LEGAL: &[&dyn Behaviour] =
    &[&ClosesConnections, &Chunks, &Throttles, &BusyNowAndThen, &LosesAnswers, &GatewayTimesOut];

/// Connections are not kept.
pub struct ClosesConnections;

impl Behaviour for ClosesConnections {
    card!("closes-connections", "closes the connection after each answer");

    fn delivery(&self, _number: u64) -> Delivery {
        Delivery::Close
    }
}

/// Bodies come without a length.
pub struct Chunks;

impl Behaviour for Chunks {
    card!("chunks", "sends its answers in chunks");

    fn delivery(&self, _number: u64) -> Delivery {
        Delivery::Chunked
    }
}

/// Too many requests at once are turned away.
pub struct Throttles;

impl Behaviour for Throttles {
    card!("throttles", "turns every ninth call away with 429");

    fn call(&self, machine: &mut Machine, call: &ServerCall, _memo: Memo) -> Turn {
        if machine.calls % 9 == 4 {
            return refusal::other(429, "ResourceExhausted", "there are too many requests.").into();
        }
        machine.perform(call).into()
    }
}

/// The code by which the answers of [`BusyNowAndThen`] are known again.
const BUSY: &str = "ServiceUnavailable";

/// The service asks for patience.
pub struct BusyNowAndThen;

impl Behaviour for BusyNowAndThen {
    card!("busy-now-and-then", "turns some calls away with 503 and Retry-After");

    fn call(&self, machine: &mut Machine, call: &ServerCall, _memo: Memo) -> Turn {
        if machine.calls % 13 == 6 {
            return refusal::other(503, BUSY, "please try again.").into();
        }
        machine.perform(call).into()
    }

    fn shape(&self, _call: &ServerCall, response: &mut HttpResponse) {
        if response.status == 503 {
            response.headers.push(("retry-after".to_owned(), "0".to_owned()));
        }
    }
}

/// A balancer in between restarts.
pub struct LosesAnswers;

impl Behaviour for LosesAnswers {
    card!("loses-answers", "cuts some connections before the answer, with the call done or not");

    fn call(&self, machine: &mut Machine, call: &ServerCall, _memo: Memo) -> Turn {
        match machine.calls % 23 {
            5 => Turn::Cut,
            16 => {
                machine.perform(call);
                Turn::Cut
            }
            _ => machine.perform(call).into(),
        }
    }
}

/// A proxy in between gives up before the call is done.
pub struct GatewayTimesOut;

impl Behaviour for GatewayTimesOut {
    card!("gateway-times-out", "answers some calls with a bare 504 though they were done");

    fn call(&self, machine: &mut Machine, call: &ServerCall, _memo: Memo) -> Turn {
        let reply = machine.perform(call);
        if machine.calls % 23 == 9 {
            return refusal::other(504, "GatewayTimeout", "").into();
        }
        reply.into()
    }

    fn shape(&self, _call: &ServerCall, response: &mut HttpResponse) {
        if response.status == 504 {
            response.headers.retain(|(name, _)| name != "content-type");
            response.body = b"<html>504 Gateway Time-out</html>".to_vec();
        }
    }
}
