//! The flags that say which endpoint is driven and how; `run` and `replay` share them.

use super::access::Access;
use super::duration;
use super::error::CliError;
use super::levers::LeverArgs;
use super::registry::{Hosted, RegistryArgs};
use super::transport::Transport;
use crate::driver::setup::LeverChoice;
use crate::driver::{DIALECTS, Dialect};
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;
use std::time::Duration;

/// Which endpoint is driven, and how.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// Read settings from this file instead of `fnconform.toml`; `fnconform config` shows what they come to
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Base URL of the endpoint
    #[arg(long, value_name = "URL")]
    pub(super) endpoint: Option<String>,

    /// The API that the endpoint speaks
    #[arg(long, value_name = "NAME", value_parser = dialect_names())]
    pub(super) dialect: Option<String>,

    #[command(flatten)]
    levers: LeverArgs,

    #[command(flatten)]
    pub(super) transport: Transport,

    #[command(flatten)]
    registry: RegistryArgs,

    /// How long to wait for an endpoint that is still starting
    #[arg(long, value_name = "DUR", value_parser = duration::parse, default_value = "0s")]
    pub(super) wait_for_endpoint: Duration,

    #[command(flatten)]
    pub(super) access: Access,
}

/// The names of all dialects, for the parser of the command line.
pub(super) fn dialect_names() -> PossibleValuesParser {
    PossibleValuesParser::new(DIALECTS.iter().map(|dialect| dialect.name()))
}

/// The dialect of that name.
pub(super) fn dialect(name: &str) -> Option<&'static dyn Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.name() == name)
}

impl Target {
    /// The endpoint that was named, once it is known that it can be one.
    pub(super) fn endpoint(&self) -> Result<Option<String>, CliError> {
        self.transport.check()?;
        self.endpoint.as_deref().map(|url| self.base_url(url)).transpose()
    }

    /// The URL, if a client can be made for it.
    pub(super) fn base_url(&self, url: &str) -> Result<String, CliError> {
        self.transport.client(url).map(|_| url.to_owned())
    }

    /// The dialect that was named, or else `fallback`, or else the first one.
    pub(super) fn dialect_or(&self, fallback: Option<&str>) -> &'static dyn Dialect {
        let named = self.dialect.as_deref().or(fallback).and_then(dialect);
        named.unwrap_or(DIALECTS[0])
    }

    /// The levers to use.
    pub(super) fn levers(&self) -> Result<LeverChoice, CliError> {
        self.levers.choice(&self.transport)
    }

    /// The registry that is to be hosted.
    pub(super) fn hosted(&self) -> Result<Option<Hosted>, CliError> {
        self.registry.hosted()
    }
}
