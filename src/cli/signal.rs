//! Being asked to end: Ctrl-C, and SIGTERM where there is one.

use super::console;
use super::error::{CliError, Exit};
use std::io;
use tokio::sync::watch;

/// The signals that ask to end. They are heard from when this is made.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Hears them from now on.
    pub(super) fn listen() -> Result<Self, CliError> {
        Self::install().map_err(|error| CliError::internal(format!("cannot listen for Ctrl-C: {error}")))
    }

    #[cfg(unix)]
    fn install() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    fn install() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Returns at the next of them.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Returns at the next of them.
    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) {
        // If it cannot be heard, nobody can ask to end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Hands the first signal on to the run, which then cleans up; the second one ends the process at once.
pub(super) async fn stopping(mut signals: Signals, stop: watch::Sender<bool>) {
    signals.next().await;
    stop.send_replace(true);
    console::say("interrupted: removing what the run made; once more to leave it and stop at once");
    signals.next().await;
    std::process::exit(i32::from(Exit::Interrupted.code()));
}
