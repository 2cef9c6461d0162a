//! The flags that say what levers are pulled with; `run` and `replay` share them.

use super::duration;
use super::error::CliError;
use super::transport::Transport;
use crate::driver::setup::{Asked, LeverChoice};
use crate::lever::{Command, Commands, Levers, Waiting};
use crate::requirement::Lever;
use clap::Args;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What levers are pulled with.
#[derive(Debug, Args)]
pub(super) struct LeverArgs {
    /// Levers to use: `auto` asks the endpoint, `none` asks nobody, a URL asks there
    #[arg(long, value_name = "auto|none|URL", default_value = "auto")]
    levers: String,

    /// A command that pulls a lever: `idle=./idle.sh {function}`, `publish=./publish.sh {image} {revision}`; hold, fail
    /// and delete are told {image}, too. A command that puts a program under an image writes its digest as its first
    /// line, and the program answers with the revision; or it is told {code}, which becomes the digest. May be repeated
    #[arg(long = "lever", value_name = "LEVER=COMMAND")]
    commands: Vec<String>,

    /// How long a command may take
    #[arg(long, value_name = "DUR", value_parser = duration::parse, default_value = "60s")]
    lever_timeout: Duration,

    /// After being left alone for so long a function is surely idle: waiting is the lever `idle`
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    idle_after: Option<Duration>,
}

impl LeverArgs {
    /// The levers to use: commands first, then waiting, then what the endpoint offers.
    pub(super) fn choice(&self, transport: &Transport) -> Result<LeverChoice, CliError> {
        Ok(LeverChoice { protocol: self.protocol(transport)?, own: self.own()? })
    }

    fn protocol(&self, transport: &Transport) -> Result<Asked, CliError> {
        match self.levers.as_str() {
            "auto" => Ok(Asked::Endpoint),
            "none" => Ok(Asked::Nowhere),
            url => transport.client(url).map(Asked::At).map_err(|_| {
                CliError::usage(format!("levers cannot be had from `{url}`"))
                    .hint("--levers takes `auto`, `none`, or the http://HOST:PORT that offers them")
            }),
        }
    }

    fn own(&self) -> Result<Levers, CliError> {
        let mut commands = BTreeMap::new();
        for text in &self.commands {
            let (lever, command) = command(text)?;
            if commands.insert(lever, command).is_some() {
                return Err(CliError::usage(format!("the lever {lever} has two commands")).hint("give it one"));
            }
        }
        let publishes = commands.contains_key(&Lever::Publish);
        if let Some(lever) = commands.keys().find(|lever| **lever != Lever::Idle && !publishes) {
            return Err(CliError::usage(format!("the lever {lever} has a command, and publish has none"))
                .hint("levers on images begin with publishing one: add --lever 'publish=COMMAND'"));
        }
        let idles = commands.contains_key(&Lever::Idle);
        let commands = Arc::new(Commands::new(commands, self.lever_timeout));
        let mut own = Levers::none();
        if publishes {
            own = own.with_images(Arc::clone(&commands) as _);
        }
        match self.idle_after {
            Some(_) if idles => Err(CliError::usage("the lever idle has a command, and --idle-after")
                .hint("waiting is a way to leave functions idle where there is no other: leave one of them out")),
            Some(alone) => Ok(own.with_idling(Arc::new(Waiting(alone)))),
            None if idles => Ok(own.with_idling(commands)),
            None => Ok(own),
        }
    }
}

/// The command that `LEVER=COMMAND` says.
fn command(text: &str) -> Result<(Lever, Command), CliError> {
    let known: Vec<&str> = Lever::ALL.iter().map(|lever| lever.as_str()).collect();
    let known = format!("levers are {}", known.join(", "));
    let Some((word, command)) = text.split_once('=') else {
        return Err(CliError::usage(format!("`{text}` is no command of a lever"))
            .hint(format!("write LEVER=COMMAND, for example 'idle=./idle.sh {{function}}'; {known}")));
    };
    let lever = Lever::parse(word.trim())
        .ok_or_else(|| CliError::usage(format!("there is no lever named `{}`", word.trim())).hint(known))?;
    let command =
        Command::parse(lever, command).map_err(|error| CliError::usage(error.to_string()).hint(error.hint()))?;
    Ok((lever, command))
}
