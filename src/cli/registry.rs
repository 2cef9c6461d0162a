//! The flags of the registry that the suite hosts, which pulls levers on images without the endpoint's help.

use super::error::CliError;
use super::serve::address;
use crate::lever::Registry;
use crate::lever::registry::Architecture;
use clap::builder::PossibleValuesParser;
use clap::{Args, builder::TypedValueParser};
use std::net::SocketAddr;
use std::sync::Arc;

/// The registry that the suite hosts.
#[derive(Debug, Args)]
pub(super) struct RegistryArgs {
    /// Serve the images from a registry of its own at this address, for endpoints that pull over HTTP; port 0 takes a
    /// free one
    #[arg(long, value_name = "ADDR")]
    registry: Option<String>,

    /// Host and port under which the endpoint reaches that registry [default: its address]
    #[arg(long, value_name = "HOST:PORT", requires = "registry")]
    registry_name: Option<String>,

    /// The processor that its images are for
    #[arg(long, value_name = "NAME", value_parser = architectures(), default_value = "amd64", requires = "registry")]
    registry_arch: Architecture,
}

fn architectures() -> impl TypedValueParser<Value = Architecture> {
    let names = PossibleValuesParser::new(Architecture::ALL.map(Architecture::as_str));
    let named = |name: String| Architecture::ALL.into_iter().find(|one| one.as_str() == name);
    names.map(move |name| named(name).unwrap_or_default())
}

impl RegistryArgs {
    /// The registry that is to be hosted.
    pub(super) fn hosted(&self) -> Result<Option<Hosted>, CliError> {
        let Some(listen) = &self.registry else { return Ok(None) };
        let listen = address(listen)?;
        if let Some(name) = self.registry_name.as_deref().filter(|name| !is_host(name)) {
            return Err(CliError::usage(format!("`{name}` is not the name of a registry"))
                .hint("--registry-name takes the HOST:PORT that image references begin with"));
        }
        if listen.ip().is_unspecified() && self.registry_name.is_none() {
            return Err(CliError::usage(format!("nobody can pull images from `{listen}`"))
                .hint("say with --registry-name HOST:PORT how the endpoint reaches the registry"));
        }
        Ok(Some(Hosted { listen, name: self.registry_name.clone(), architecture: self.registry_arch }))
    }
}

/// Whether references that begin so name a registry: the host has a dot, a port, or is this machine.
fn is_host(name: &str) -> bool {
    let host = name.split(':').next().unwrap_or_default();
    let named = name.contains(['.', ':']) || name == "localhost";
    named
        && !host.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'))
}

/// A registry that is to be hosted.
#[derive(Debug, Clone)]
pub struct Hosted {
    listen: SocketAddr,
    name: Option<String>,
    architecture: Architecture,
}

impl Hosted {
    /// Starts it.
    pub(super) async fn start(&self) -> Result<Arc<Registry>, CliError> {
        let Self { listen, name, architecture } = self;
        Registry::start(*listen, name.as_deref(), *architecture).await.map(Arc::new).map_err(|error| {
            CliError::setup(format!("cannot serve images at {listen}: {error}"))
                .hint("--registry 127.0.0.1:0 takes a free port")
        })
    }
}
