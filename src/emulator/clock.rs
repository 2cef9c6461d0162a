//! The emulator's clock: real time, counted from when the endpoint was started.
//!
//! The machine takes the time as a value, so that its tests need no clock. tokio's paused time cannot take this one's
//! place: it jumps ahead while a real socket is waited for.

use std::time::{Duration, Instant};

/// A monotonic clock that begins at zero.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Instant,
}

impl Clock {
    /// A clock that stands at zero now.
    #[must_use]
    pub fn start() -> Self {
        Self { origin: Instant::now() }
    }

    /// The time since the clock was started.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// How long it is until the clock shows `at`; zero when it is past.
    #[must_use]
    pub fn until(&self, at: Duration) -> Duration {
        at.saturating_sub(self.now())
    }
}
