//! `fnconform config`: what flags, environment and `fnconform.toml` come to together.
//!
//! To add a setting: its flag, and its line in `keys.rs`.

mod file;
mod keys;
mod resolve;
mod schema;
mod show;

pub(super) use resolve::{Resolved, resolve};

use super::console;
use super::error::{CliError, Exit};
use super::run::Run;
use clap::Args;

/// Show what flags, environment and configuration file come to
///
/// A setting is taken from its flag, or else from its environment variable, or else from `fnconform.toml` in the present
/// folder (--config names another file). The variable of `levers.idle` is FNCONFORM_LEVERS_IDLE, and so on; lists in one
/// are separated by commas. What is shown is a file that says the same; no secret can stand in it.
#[derive(Debug, Args)]
pub(super) struct Config {
    #[command(flatten)]
    run: Run,

    /// Show the JSON Schema of the file instead
    #[arg(long)]
    schema: bool,
}

pub(super) fn run(args: &Config, resolved: &Resolved, command: &clap::Command) -> Result<Exit, CliError> {
    if args.schema {
        let Some(run) = command.find_subcommand("run") else {
            return Err(CliError::internal("there is no subcommand `run`"));
        };
        let schema = serde_json::to_string_pretty(&schema::schema(run))
            .map_err(|error| CliError::internal(format!("cannot write the schema: {error}")))?;
        console::print(&format!("{schema}\n"))?;
        return Ok(Exit::Conformant);
    }
    args.run.options()?;
    console::print(&show::render(&resolved.settings))?;
    Ok(Exit::Conformant)
}

#[cfg(test)]
mod tests;
