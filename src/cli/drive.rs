//! The one place where a run is handed to the driver.

use super::error::CliError;
use super::options::RunOptions;
use crate::driver::result::{Progress, RunResult};
use tokio::sync::watch;

/// Does what the options say, and says what it came to.
///
/// Once `stop` becomes true, nothing new is begun, what was made is removed, and the result is what was seen so far.
/// Files other than the reports are written to `options.out` as the run goes on.
pub(super) async fn drive(
    options: &RunOptions,
    stop: watch::Receiver<bool>,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<RunResult, CliError> {
    let _ = (options, stop, progress);
    Err(CliError::internal("driving an endpoint is not in this build").hint("judge recorded histories with `check`"))
}
