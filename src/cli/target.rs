//! The flags that say which endpoint is driven and how; `run` and `replay` share them.

use super::duration;
use super::error::CliError;
use super::levers::{Hosted, OwnLevers};
use crate::driver::setup::{Asked, LeverChoice};
use crate::driver::{Client, DIALECTS, Dialect};
use crate::lever::Levers;
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::time::Duration;

/// Which endpoint is driven, and how.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// Base URL of the endpoint
    #[arg(long, value_name = "URL")]
    pub(super) endpoint: Option<String>,

    /// The API that the endpoint speaks
    #[arg(long, value_name = "NAME", value_parser = dialect_names())]
    pub(super) dialect: Option<String>,

    /// Levers to use: `auto` asks the endpoint, `none` uses none, a URL asks there
    #[arg(long, value_name = "auto|none|URL", default_value = "auto")]
    levers: String,

    #[command(flatten)]
    own: OwnLevers,

    /// How long to wait for an endpoint that is still starting
    #[arg(long, value_name = "DUR", value_parser = duration::parse, default_value = "0s")]
    pub(super) wait_for_endpoint: Duration,
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
        self.endpoint.as_deref().map(base_url).transpose()
    }

    /// The dialect that was named, or else `fallback`, or else the first one.
    pub(super) fn dialect_or(&self, fallback: Option<&str>) -> &'static dyn Dialect {
        let named = self.dialect.as_deref().or(fallback).and_then(dialect);
        named.unwrap_or(DIALECTS[0])
    }

    /// The levers to use.
    pub(super) fn levers(&self) -> Result<LeverChoice, CliError> {
        let protocol = match self.levers.as_str() {
            "auto" => Ok(Asked::Endpoint),
            "none" => Ok(Asked::Nowhere),
            url => Client::new(url).map(Asked::At).map_err(|_| {
                CliError::usage(format!("levers cannot be had from `{url}`"))
                    .hint("--levers takes `auto`, `none`, or the http://HOST:PORT that offers them")
            }),
        }?;
        Ok(LeverChoice { protocol, own: Levers::none() })
    }

    /// The registry that is to be hosted.
    pub(super) fn hosted(&self) -> Result<Option<Hosted>, CliError> {
        self.own.hosted()
    }
}

/// The URL, if a client can be made for it.
pub(super) fn base_url(url: &str) -> Result<String, CliError> {
    match Client::new(url) {
        Ok(_) => Ok(url.to_owned()),
        Err(error) => {
            let hint = error.hint();
            let error = CliError::usage(error.to_string());
            Err(match hint {
                Some(hint) => error.hint(hint),
                None => error,
            })
        }
    }
}
