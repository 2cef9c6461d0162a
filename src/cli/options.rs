//! What a run is asked to do, as plain data: the command line with its defaults filled in and its words understood.

use super::pattern::{Pattern, Selection};
use super::registry::Hosted;
use super::transport::Transport;
use crate::driver::Dialect;
use crate::driver::auth::Signer;
use crate::driver::case::Cleanup;
use crate::driver::result::Profile;
use crate::driver::run::OnViolation;
use crate::driver::setup::LeverChoice;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// What a run is asked to do.
#[derive(Clone)]
pub struct RunOptions {
    /// Where the plans come from.
    pub plans: Plans,
    /// The endpoint's base URL; `None` for the embedded emulator, until it has started.
    pub endpoint: Option<String>,
    /// How requests go out.
    pub transport: Transport,
    /// The API that is spoken.
    pub dialect: &'static dyn Dialect,
    /// What signs the requests; `None` to sign none.
    pub signer: Option<Signer>,
    /// Which levers to use.
    pub levers: LeverChoice,
    /// The registry that is to be hosted meanwhile.
    pub registry: Option<Hosted>,
    /// Which requirements the verdict is about; `None` to follow from what the endpoint offers.
    pub profile: Option<Profile>,
    /// Which of the requirements are run.
    pub selection: Selection,
    /// The requirements that are expected to fail.
    pub known_failing: Vec<Pattern>,
    /// What the plans are drawn from.
    pub seed: u64,
    /// How many cases to draw; `None` for as many as are needed.
    pub cases: Option<usize>,
    /// After how long to end; `None` for never.
    pub max_time: Option<Duration>,
    /// How long to wait for what must happen; `None` for as long as what was measured asks for.
    pub patience: Option<Duration>,
    /// How many cases are in flight at once; `None` for as many as suit the endpoint.
    pub jobs: Option<NonZeroUsize>,
    /// What to do at the first violation.
    pub on_violation: OnViolation,
    /// The results of an earlier run; only what failed there is run.
    pub last_failed: Option<PathBuf>,
    /// How long an endpoint that does not answer yet is waited for.
    pub wait_for_endpoint: Duration,
    /// The folder that results are written to; `None` to write none.
    pub out: Option<PathBuf>,
    /// What becomes of what the run made.
    pub cleanup: Cleanup,
    /// Which part of the plans to run.
    pub shard: Shard,
}

/// Where the plans of a run come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plans {
    /// From the seed.
    Drawn,
    /// From this counterexample, which is done again.
    Replayed(PathBuf),
    /// None but the scenarios of this feature file.
    Scenarios(PathBuf),
}

/// One of several parts of the plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub index: usize,
    /// How many parts there are.
    pub of: usize,
}

impl Shard {
    /// All of the plans.
    pub const ALL: Self = Self { index: 1, of: 1 };

    /// The part that `I/N` says.
    ///
    /// # Errors
    /// What is wrong with it, as a fragment for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((index, of)) if (1..=of).contains(&index) => Ok(Self { index, of }),
            _ => Err("write I/N, with I from 1 to N, for example `1/4`".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!(Shard::parse("1/1"), Ok(Shard::ALL));
        assert_eq!(Shard::parse("2/4"), Ok(Shard { index: 2, of: 4 }));
        for text in ["0/4", "5/4", "1", "a/b", "1/0", "-1/2", ""] {
            assert!(Shard::parse(text).is_err(), "{text}");
        }
    }
}
