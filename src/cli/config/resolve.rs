//! Puts flags, environment and file together: a flag beats a variable, and a variable the file.
//!
//! What the others say is added to the command line, as if the user had written it there, so that nothing has to be
//! understood twice.

use super::file::{self, File, USUAL};
use super::keys::{KEYS, Key, Shape};
use crate::cli::error::CliError;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use std::ffi::OsString;
use std::path::Path;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Source {
    Flag,
    Variable(String),
    File(String),
    Default,
    Nowhere,
}

/// What a key comes to.
#[derive(Debug)]
pub(in crate::cli) struct Setting {
    pub(super) key: &'static Key,
    pub(super) values: Vec<String>,
    pub(super) source: Source,
}

/// The command line with all that variables and file add to it, and what each key comes to.
#[derive(Debug, Default)]
pub(in crate::cli) struct Resolved {
    pub(in crate::cli) args: Vec<OsString>,
    /// The file that was read though nobody named it.
    pub(in crate::cli) found: Option<&'static str>,
    pub(super) settings: Vec<Setting>,
}

/// Adds to the arguments what the environment and the configuration file say, if the subcommand takes such.
///
/// `variable` gives the value of an environment variable.
///
/// # Errors
/// If the file cannot be read, or says something that its flag does not take.
pub(in crate::cli) fn resolve(
    command: &Command,
    args: Vec<OsString>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Resolved, CliError> {
    let mut resolved = Resolved { args, ..Resolved::default() };
    // What cannot be understood is complained of by the parser proper.
    let Ok(matches) = command.clone().try_get_matches_from(&resolved.args) else { return Ok(resolved) };
    let Some((name, matches)) = matches.subcommand() else { return Ok(resolved) };
    let Some(subcommand) = command.find_subcommand(name).filter(|subcommand| takes_configuration(subcommand)) else {
        return Ok(resolved);
    };
    let file = match matches.get_one::<std::path::PathBuf>("config") {
        Some(path) => Some(file::read(path)?),
        None if Path::new(USUAL).exists() => {
            resolved.found = Some(USUAL);
            Some(file::read(Path::new(USUAL))?)
        }
        None => None,
    };
    for key in KEYS {
        let Some(id) = id_of(subcommand, key.flag) else { continue };
        let setting = setting(key, id, matches, variable, file.as_ref());
        if matches!(setting.source, Source::Variable(_) | Source::File(_)) {
            let added = flags(key, &setting.values);
            check(subcommand, &added, &setting)?;
            resolved.args.extend(added);
        }
        resolved.settings.push(setting);
    }
    Ok(resolved)
}

fn takes_configuration(subcommand: &Command) -> bool {
    id_of(subcommand, "config").is_some()
}

fn id_of<'a>(subcommand: &'a Command, flag: &str) -> Option<&'a str> {
    subcommand.get_arguments().find(|arg| arg.get_long() == Some(flag)).map(|arg| arg.get_id().as_str())
}

fn setting(
    key: &'static Key,
    id: &str,
    matches: &ArgMatches,
    variable: &dyn Fn(&str) -> Option<String>,
    file: Option<&File>,
) -> Setting {
    let on_the_line = on_the_line(key, id, matches);
    let default = matches.value_source(id) == Some(ValueSource::DefaultValue);
    if !on_the_line.is_empty() && !default {
        return Setting { key, values: on_the_line, source: Source::Flag };
    }
    let name = key.variable();
    if let Some(text) = variable(&name) {
        return Setting { key, values: from_variable(key, &text), source: Source::Variable(name) };
    }
    let given = file.and_then(|file| Some((file, file.given.iter().find(|given| std::ptr::eq(given.key, key))?)));
    if let Some((file, given)) = given {
        let source = Source::File(format!("{}:{}", file.path.display(), given.line));
        return Setting { key, values: given.values.clone(), source };
    }
    let source = if on_the_line.is_empty() { Source::Nowhere } else { Source::Default };
    Setting { key, values: on_the_line, source }
}

/// What the flag has already, of a flag that several keys share only what is this key's.
fn on_the_line(key: &Key, id: &str, matches: &ArgMatches) -> Vec<String> {
    if key.shape == Shape::Switch {
        return if matches.get_flag(id) { vec![String::new()] } else { Vec::new() };
    }
    let raw = matches.get_raw(id).into_iter().flatten().map(|value| value.to_string_lossy().into_owned());
    match key.word() {
        Some(word) => raw.filter(|value| value.split_once('=').is_some_and(|(before, _)| before == word)).collect(),
        None => raw.collect(),
    }
}

/// What the flag is given of the text of a variable.
fn from_variable(key: &Key, text: &str) -> Vec<String> {
    match key.shape {
        Shape::Switch if matches!(text, "" | "0" | "false" | "no") => Vec::new(),
        Shape::Switch => vec![String::new()],
        Shape::List | Shape::Pairs(_) => text.split(',').map(|item| item.trim().to_owned()).collect(),
        Shape::Of(word) => vec![format!("{word}={text}")],
        Shape::Variable(word) => vec![format!("{word}={}", text.trim_start_matches('$'))],
        Shape::Text | Shape::Path | Shape::Number | Shape::Duration | Shape::Table => vec![text.to_owned()],
    }
}

fn flags(key: &Key, values: &[String]) -> Vec<OsString> {
    let flag = |value: &String| match key.shape {
        Shape::Switch => format!("--{}", key.flag).into(),
        _ => format!("--{}={value}", key.flag).into(),
    };
    values.iter().map(flag).collect()
}

/// That the flag takes what it is given; said with the place where it stands.
fn check(subcommand: &Command, added: &[OsString], setting: &Setting) -> Result<(), CliError> {
    let mut alone = subcommand.clone();
    for arg in subcommand.get_arguments() {
        alone = alone.mut_arg(arg.get_id().as_str(), |arg| arg.required(false));
    }
    let args = std::iter::once(OsString::from("fnconform")).chain(added.iter().cloned());
    let Err(error) = alone.try_get_matches_from(args) else { return Ok(()) };
    let text = error.to_string();
    let reason = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let place = match &setting.source {
        Source::File(place) => format!("{place}: `{}`", setting.key.path),
        Source::Variable(name) => name.clone(),
        Source::Flag | Source::Default | Source::Nowhere => setting.key.path.to_owned(),
    };
    Err(CliError::usage(format!("{place}: {reason}")).hint("`fnconform run --help` says what each flag takes"))
}
