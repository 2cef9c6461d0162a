//! What may come before the plans of a run; the driver does not know that it is scenarios.

use super::OnViolation;
use crate::driver::case::Bench;
use crate::driver::judged::JudgedCase;
use crate::driver::result::ScenarioResult;
use futures_util::future::LocalBoxFuture;
use std::sync::Arc;

/// What a scenario came to, with what was seen in it.
pub type Ended = (ScenarioResult, Option<JudgedCase>);

/// What is played before the plans of a run, on the same endpoint: the scenarios.
pub trait Opening {
    /// Plays it, and hands over what is over; nothing is begun after the first violation, if that ends the run.
    fn open<'a>(
        &'a self,
        bench: &'a Arc<Bench>,
        on_violation: OnViolation,
        ended: &'a dyn Fn(Ended),
    ) -> LocalBoxFuture<'a, ()>;
}

/// The opening of a run that has none.
#[derive(Debug, Clone, Copy)]
pub struct NoOpening;

impl Opening for NoOpening {
    fn open<'a>(&'a self, _: &'a Arc<Bench>, _: OnViolation, _: &'a dyn Fn(Ended)) -> LocalBoxFuture<'a, ()> {
        Box::pin(async {})
    }
}
