//! `fnconform run`: drives an endpoint and judges it.

use super::duration;
use super::error::{CliError, Exit};
use super::expectations;
use super::options::{Plans, RunOptions, Shard};
use super::pattern::{Pattern, Selection};
use super::session;
use super::target::Target;
use crate::driver::case::Cleanup;
use crate::driver::result::Profile;
use crate::driver::run::OnViolation;
use clap::{Args, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// Drive an endpoint and judge it
///
/// Without --endpoint the reference emulator is started on a free loopback port and driven. The verdict is the exit
/// code: 0 conformant, 1 not conformant, 5 inconclusive; see the README for the others.
///
/// The scenarios are played first, then the plans that follow from the seed.
///
/// PATTERN is a requirement's name, in which `*` stands for anything: `update.*`, `*-not-invocable`. With `@` before it,
/// it is a tag of scenarios: `@update.ends`, `@lever.hold`, `@*`; where tags alone are named, scenarios alone are played.
#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    target: Target,

    /// Which requirements the verdict is about; by default full if the endpoint offers all levers, else core
    #[arg(long, value_enum)]
    profile: Option<ProfileName>,

    /// Run these requirements only; may be repeated
    #[arg(long, value_name = "PATTERN")]
    run: Vec<Pattern>,

    /// Leave these requirements out; may be repeated
    #[arg(long, value_name = "PATTERN")]
    skip: Vec<Pattern>,

    /// Requirements that are expected to fail, or @FILE with one a line; may be repeated
    #[arg(long, value_name = "PATTERN|@FILE")]
    known_failing: Vec<String>,

    /// What the plans are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// How many cases to draw; by default as many as are needed
    #[arg(long, value_name = "N")]
    cases: Option<usize>,

    /// End after this long, with what was seen until then
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    max_time: Option<Duration>,

    /// How long to wait for what must happen before it is held against the endpoint; by default twenty times what was
    /// measured, and ten seconds at the least
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    patience: Option<Duration>,

    /// How many cases are in flight at once
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// Stop at the first violation
    #[arg(long)]
    fail_fast: bool,

    /// Run only what failed in the run whose results are here
    #[arg(long, value_name = "DIR")]
    last_failed: Option<PathBuf>,

    /// Where the results go
    #[arg(long, value_name = "DIR", default_value = "fnconform-results")]
    out: PathBuf,

    /// Leave what the run made, instead of removing it
    #[arg(long)]
    keep: bool,

    /// Run one of several parts of the plans
    #[arg(long, value_name = "I/N", value_parser = Shard::parse, default_value = "1/1")]
    shard: Shard,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ProfileName {
    /// All that need no lever
    Core,
    /// All
    Full,
}

pub(super) fn run(args: &Run) -> Result<Exit, CliError> {
    session::run(args.options()?)
}

impl Run {
    /// The command line, with its defaults filled in and its words understood.
    pub(super) fn options(&self) -> Result<RunOptions, CliError> {
        let dialect = self.target.dialect_or(None);
        Ok(RunOptions {
            plans: Plans::Drawn,
            endpoint: self.target.endpoint()?,
            transport: self.target.transport.clone(),
            dialect,
            signer: self.target.access.signer(dialect)?,
            levers: self.target.levers()?,
            registry: self.target.hosted()?,
            profile: self.profile.map(|profile| match profile {
                ProfileName::Core => Profile::Core,
                ProfileName::Full => Profile::Full,
            }),
            selection: Selection { run: self.run.clone(), skip: self.skip.clone() },
            known_failing: expectations::patterns(&self.known_failing)?,
            seed: self.seed,
            cases: self.cases,
            max_time: self.max_time,
            patience: self.patience,
            jobs: self.jobs,
            on_violation: if self.fail_fast { OnViolation::Stop } else { OnViolation::GoOn },
            last_failed: self.last_failed.clone(),
            wait_for_endpoint: self.target.wait_for_endpoint,
            out: Some(self.out.clone()),
            cleanup: if self.keep { Cleanup::Keep } else { Cleanup::Remove },
            shard: self.shard,
        })
    }
}
