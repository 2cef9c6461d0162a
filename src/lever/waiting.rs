//! The lever `idle` for endpoints whose idle time can be configured: leaving the function alone does it.
//!
//! It must not know what an idle function becomes. That nobody else touches the function meanwhile is for the case to see
//! to.

use super::{Effect, Idling};
use crate::driver::RequestTag;
use futures_util::future::{BoxFuture, FutureExt};
use std::time::Duration;

/// After so long a function that is left alone has surely been idle for long enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting(pub Duration);

impl Idling for Waiting {
    fn leave<'a>(&'a self, _: &'a str, _: &'a RequestTag, _: Duration) -> BoxFuture<'a, Effect> {
        tokio::time::sleep(self.0).map(|()| Effect::Done).boxed()
    }

    fn alone(&self) -> Option<Duration> {
        Some(self.0)
    }
}
