//! What stands around a run, whatever its plans are: the embedded emulator, Ctrl-C, progress, reports, exit code.

use super::console;
use super::drive::drive;
use super::error::{CliError, Exit};
use super::expectations;
use super::options::RunOptions;
use super::progress::Line;
use super::signal::{self, Signals};
use crate::driver::event::What;
use crate::driver::run::RunOutput;
use crate::emulator::registry::Source;
use crate::emulator::{self, Lever, Running, Settings};
use crate::lever::Images;
use crate::report::terminal::{self, View};
use crate::report::{Account, FORMATS};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// Runs what the options say, from the endpoint to the exit code.
pub(super) fn run(options: RunOptions) -> Result<Exit, CliError> {
    selectable(&options)?;
    options.transport.warn();
    if let Some(out) = &options.out {
        fs::create_dir_all(out).map_err(|error| unwritable(out, &error))?;
    }
    runtime()?.block_on(driven(options))
}

/// A runtime with threads of its own, so that the embedded emulator never waits for the run.
pub(super) fn runtime() -> Result<Runtime, CliError> {
    Runtime::new().map_err(|error| CliError::internal(format!("cannot start the runtime: {error}")))
}

/// That something is selected; a pattern that selects nothing beside others is only mentioned.
fn selectable(options: &RunOptions) -> Result<(), CliError> {
    for pattern in options.selection.run.iter().chain(&options.selection.skip) {
        if !pattern.matches_any() {
            console::say(&format!("warning: the pattern `{pattern}` matches no requirement"));
        }
    }
    if options.selection.requirements().next().is_none() {
        return Err(CliError::nothing("no requirement is selected")
            .hint("`fnconform list` shows their names; `*` stands for anything, as in `update.*`"));
    }
    Ok(())
}

async fn driven(mut options: RunOptions) -> Result<Exit, CliError> {
    let registry = match &options.registry {
        None => None,
        Some(hosted) => Some(hosted.start().await?),
    };
    if let Some(registry) = &registry {
        console::say(&format!("images are pulled from {}", registry.name()));
        options.levers.own = options.levers.own.clone().with_images(Arc::clone(registry) as Arc<dyn Images>);
    }
    let emulator = match options.endpoint {
        Some(_) => None,
        None => Some(embedded(&options).await?),
    };
    if let Some(running) = &emulator {
        console::say(&format!("no --endpoint: driving the embedded emulator at {}", running.url()));
        options.endpoint = Some(running.url());
    }
    let (stop, stopped) = watch::channel(false);
    let listening = tokio::spawn(signal::stopping(Signals::listen()?, stop));
    let driven = drive(&options, stopped.clone(), Line::new()).await;
    let interrupted = *stopped.borrow();
    listening.abort();
    if let Some(running) = emulator {
        running.shutdown().await;
    }
    if let Some(registry) = registry {
        registry.stop();
    }
    let exit = driven.and_then(|output| concluded(&options, &output));
    match exit {
        Err(error) if interrupted => {
            console::say(&error.to_string());
            Ok(Exit::Interrupted)
        }
        Ok(_) if interrupted => Ok(Exit::Interrupted),
        exit => exit,
    }
}

async fn embedded(options: &RunOptions) -> Result<Running, CliError> {
    let mut settings = Settings { dialect: options.dialect, ..Settings::default() };
    if options.registry.is_some() {
        settings = Settings { registry: Some(Source::default()), ..settings.with_levers(&[Lever::Idle]) };
    }
    emulator::start(settings, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .await
        .map_err(|error| CliError::setup(format!("cannot start the embedded emulator: {error}")))
}

/// Writes the reports, shows the one for people, and says how the command ends.
fn concluded(options: &RunOptions, output: &RunOutput) -> Result<Exit, CliError> {
    let RunOutput { result, events, counterexamples } = output;
    let histories = counterexamples.iter().map(|(file, _, history)| (file.clone(), history.clone())).collect();
    if let (Some(out), Some(What::RunBegan(began))) = (&options.out, events.first().map(|event| &event.what)) {
        let account = Account { began, result, counterexamples: &histories };
        for format in FORMATS {
            let file = out.join(format.file());
            fs::write(&file, format.render(&account)).map_err(|error| unwritable(&file, &error))?;
        }
    }
    let results = options.out.as_deref().unwrap_or(Path::new(""));
    console::print(&terminal::render(result, &View { colour: console::colour(), results }))?;
    let comparison = expectations::compare(result, &options.known_failing);
    console::say_all(&comparison.remarks());
    Ok(comparison.exit(result))
}

fn unwritable(path: &Path, error: &std::io::Error) -> CliError {
    CliError::usage(format!("cannot write to {}: {error}", path.display())).hint("name another folder with --out DIR")
}
