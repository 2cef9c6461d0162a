//! The flags that say how requests go out: whom to trust, where invocations go, and how much at once.
//!
//! It must not know which endpoint is meant; the target does.

use super::console;
use super::error::CliError;
use crate::driver::auth::Signer;
use crate::driver::endpoint::Endpoint;
use crate::driver::rate::Rate;
use crate::driver::{Client, ClientError, Dialect, Trust};
use crate::history::Name;
use clap::Args;
use std::num::NonZeroU32;
use std::path::PathBuf;

/// How requests go out.
#[derive(Debug, Clone, Default, Args)]
pub struct Transport {
    /// Base URL under which functions are invoked, if it is another one
    #[arg(long, value_name = "URL")]
    invoke_endpoint: Option<String>,

    #[command(flatten)]
    trust: TrustFlags,

    /// How many requests a second the endpoint is sent at the most, for example 20 or 0.5; those that pull levers are not
    /// counted
    #[arg(long, value_name = "N", value_parser = Rate::parse)]
    rate: Option<Rate>,

    /// How many functions there are at once at the most; what needs more is not tried, and said so
    #[arg(long, value_name = "N")]
    functions: Option<NonZeroU32>,
}

/// Whom to trust over https.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct TrustFlags {
    /// PEM file with the authorities to trust over https, or with the endpoint's own certificate; by default those that
    /// this machine trusts
    #[arg(long, value_name = "PEM", conflicts_with = "insecure")]
    ca_file: Option<PathBuf>,

    /// Check no certificates over https: whoever answers is taken for the endpoint
    #[arg(long)]
    insecure: bool,
}

impl TrustFlags {
    /// Whom to trust.
    pub(super) fn trust(&self) -> Trust {
        match (&self.ca_file, self.insecure) {
            (_, true) => Trust::Anyone,
            (Some(file), false) => Trust::File(file.clone()),
            (None, false) => Trust::System,
        }
    }

    /// Says once what is given up where nothing is checked.
    pub(super) fn warn(&self) {
        if self.insecure {
            console::say("warning: --insecure: no certificate is checked, so that anybody may pass for the endpoint");
        }
    }
}

impl Transport {
    /// A client of this base URL.
    pub(super) fn client(&self, url: &str) -> Result<Client, CliError> {
        Client::trusting(&self.trust.trust(), url).map_err(unusable)
    }

    /// The endpoint at this base URL, driven as the flags say.
    pub(super) fn endpoint(
        &self,
        url: &str,
        signer: Option<&Signer>,
        dialect: &'static dyn Dialect,
        run: Name,
    ) -> Result<Endpoint, CliError> {
        let client = |url: &str| Ok::<_, CliError>(self.client(url)?.signed_by(signer.cloned()));
        let endpoint = Endpoint::new(client(url)?, dialect, run).at_rate(self.rate).with_functions(self.functions);
        let Some(url) = &self.invoke_endpoint else { return Ok(endpoint) };
        endpoint.note(format!("functions were invoked at {url}"));
        Ok(endpoint.invoking_through(client(url)?))
    }

    /// That clients can be made as the flags say.
    pub(super) fn check(&self) -> Result<(), CliError> {
        self.invoke_endpoint.as_deref().map_or(Ok(()), |url| self.client(url).map(drop))
    }

    /// Says once what is given up.
    pub(super) fn warn(&self) {
        self.trust.warn();
    }
}

/// The error for a base URL that no client can be made for.
pub(super) fn unusable(error: ClientError) -> CliError {
    let hint = error.hint();
    let error = CliError::usage(error.to_string());
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
