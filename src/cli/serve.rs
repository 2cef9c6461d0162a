//! `fnconform serve`: the reference emulator.

use super::console;
use super::duration;
use super::error::{CliError, Exit};
use super::nearest;
use super::session;
use super::signal::Signals;
use super::target::{dialect, dialect_names};
use crate::driver::DIALECTS;
use crate::emulator::auth::{Guard, Keys};
use crate::emulator::registry::Source;
use crate::emulator::{self, Behaviour, Correct, Lever, Settings, fault, legal};
use clap::Args;
use std::fs;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

/// Serve the reference emulator
///
/// It keeps every promise, unless --fault or --legal makes it a variant: a fault breaks a promise, a legal oddity keeps
/// all of them in an unusual way. `fnconform list --faults` and `fnconform list --legal` show which there are.
///
/// Once it listens it prints `listening on URL`. Ctrl-C or SIGTERM ends it.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8470")]
    listen: String,

    /// Break a promise in this way
    #[arg(long, value_name = "NAME", conflicts_with = "legal")]
    fault: Option<String>,

    /// Keep all promises in this unusual way
    #[arg(long, value_name = "NAME")]
    legal: Option<String>,

    /// How long the preparation of an image takes [default: 20ms]
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    preparation: Option<Duration>,

    /// How much longer a preparation may take at random [default: 10ms]
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    jitter: Option<Duration>,

    /// Release functions that are left alone for so long [default: never]
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    idle_after: Option<Duration>,

    /// Pull images over HTTP: from the host that a reference names, or all from this registry
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "")]
    registry: Option<String>,

    /// Levers to offer: `publish,hold,fail,delete,idle`, some of them, or `none` [default: all; with --registry none]
    #[arg(long, value_name = "LIST|none")]
    levers: Option<String>,

    /// Ask for signatures: by a scheme, `acs3` or `aws4`, with one of the keys in KEYFILE, which are lines of
    /// `ID SECRET [TOKEN]`; a key with a token is a temporary one. Levers ask for none
    #[arg(long, value_name = "SCHEME:KEYFILE")]
    auth: Option<String>,

    /// The API to speak
    #[arg(long, value_name = "NAME", value_parser = dialect_names(), default_value = DIALECTS[0].name())]
    dialect: String,
}

pub(super) fn run(args: &Serve) -> Result<Exit, CliError> {
    let settings = settings(args)?;
    let address = address(&args.listen)?;
    session::runtime()?.block_on(async {
        let mut signals = Signals::listen()?;
        let running = emulator::start(settings, address).await.map_err(|error| {
            CliError::setup(format!("cannot listen on {address}: {error}"))
                .hint("--listen 127.0.0.1:0 takes a free port")
        })?;
        console::print(&format!("listening on {}\n", running.url()))?;
        signals.next().await;
        running.shutdown().await;
        Ok(Exit::Conformant)
    })
}

fn settings(args: &Serve) -> Result<Settings, CliError> {
    let usual = Settings::default();
    let registry = args.registry.as_deref().map(source).transpose()?;
    let default = if registry.is_some() { &[] } else { &Lever::ALL[..] };
    let levers = args.levers.as_deref().map_or_else(|| Ok(default.to_vec()), levers)?;
    if let (Some(_), Some(lever)) = (&registry, levers.iter().find(|lever| **lever != Lever::Idle)) {
        return Err(CliError::usage(format!("the lever {lever} is not to be had with --registry"))
            .hint("what becomes of images is for the registry to decide; `--levers idle` is the one that is left"));
    }
    Ok(Settings {
        preparation_time: args.preparation.unwrap_or(usual.preparation_time),
        idle_after: args.idle_after,
        jitter: args.jitter.unwrap_or(usual.jitter),
        levers,
        registry,
        dialect: dialect(&args.dialect).unwrap_or(usual.dialect),
        behaviour: behaviour(args)?,
        guard: args.auth.as_deref().map(guard).transpose()?,
        ..usual
    })
}

/// Where images are pulled from; an empty URL leaves that to the references.
fn source(url: &str) -> Result<Source, CliError> {
    let url = url.trim_end_matches('/');
    if url.is_empty() || url.strip_prefix("http://").is_some_and(|rest| !rest.is_empty()) {
        return Ok(Source { base: Some(url.to_owned()).filter(|url| !url.is_empty()) });
    }
    Err(CliError::usage(format!("images cannot be pulled from `{url}`"))
        .hint("--registry takes http://HOST:PORT, or nothing at all"))
}

fn behaviour(args: &Serve) -> Result<&'static dyn Behaviour, CliError> {
    let names = |all: &[&'static dyn Behaviour]| -> Vec<&'static str> { all.iter().map(|one| one.name()).collect() };
    match (&args.fault, &args.legal) {
        (Some(name), _) => {
            fault::by_name(name).ok_or_else(|| nearest::unknown("fault", name, &names(&fault::FAULTS), "list --faults"))
        }
        (None, Some(name)) => legal::by_name(name)
            .ok_or_else(|| nearest::unknown("legal oddity", name, &names(&legal::LEGAL), "list --legal")),
        (None, None) => Ok(&Correct),
    }
}

fn guard(text: &str) -> Result<Guard, CliError> {
    let schemes = Guard::schemes().join(", ");
    let Some((scheme, file)) = text.split_once(':') else {
        return Err(CliError::usage(format!("cannot ask for signatures by `{text}`"))
            .hint(format!("write SCHEME:KEYFILE; schemes are {schemes}")));
    };
    let unusable = |reason: String| {
        CliError::usage(format!("cannot use the keys in {file}: {reason}"))
            .hint("name a file with a line of `ID SECRET [TOKEN]` for each key")
    };
    let asking = Guard::asking_for(scheme).ok_or_else(|| {
        CliError::usage(format!("there is no scheme named `{scheme}` to sign by"))
            .hint(format!("schemes are {schemes}"))
    })?;
    let text = fs::read_to_string(file).map_err(|error| unusable(error.to_string()))?;
    let keys = Keys::parse(&text).map_err(|error| unusable(error.to_string()))?;
    Ok(asking(keys))
}

fn levers(list: &str) -> Result<Vec<Lever>, CliError> {
    if list == "none" {
        return Ok(Vec::new());
    }
    let mut levers = Vec::new();
    for word in list.split(',').map(str::trim) {
        let lever = Lever::parse(word).ok_or_else(|| {
            let known: Vec<&str> = Lever::ALL.iter().map(|lever| lever.as_str()).collect();
            CliError::usage(format!("there is no lever named `{word}`"))
                .hint(format!("levers are {}; `none` offers none", known.join(", ")))
        })?;
        levers.push(lever);
    }
    levers.sort();
    levers.dedup();
    Ok(levers)
}

/// The address that the text names.
pub(super) fn address(listen: &str) -> Result<SocketAddr, CliError> {
    let unusable = |reason: &str| {
        CliError::usage(format!("cannot listen on `{listen}`: {reason}"))
            .hint("write ADDRESS:PORT, for example 127.0.0.1:8470; port 0 takes a free one")
    };
    let mut addresses = listen.to_socket_addrs().map_err(|error| unusable(&error.to_string()))?;
    addresses.next().ok_or_else(|| unusable("that name has no address"))
}
