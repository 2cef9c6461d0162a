use super::keys::{KEYS, NO_KEYS};
use super::resolve::{Resolved, resolve};
use crate::cli::Cli;
use clap::CommandFactory;
use std::ffi::OsString;
use std::fs;

fn resolved(args: &[&str], variables: &[(&str, &str)]) -> Result<Resolved, String> {
    let args = std::iter::once("fnconform").chain(args.iter().copied()).map(OsString::from).collect();
    let variable =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    resolve(&Cli::command(), args, &variable).map_err(|error| error.to_string())
}

fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fnconform.toml");
    fs::write(&path, text).expect("written");
    let path = path.display().to_string();
    (folder, path)
}

#[test]
fn every_flag_of_a_run_has_a_key_and_every_key_a_flag() {
    let command = Cli::command();
    let run = command.find_subcommand("run").expect("it is there");
    let flags: Vec<&str> = run.get_arguments().filter_map(clap::Arg::get_long).collect();
    for flag in &flags {
        let has_key = KEYS.iter().any(|key| key.flag == *flag);
        assert!(has_key != NO_KEYS.contains(flag), "--{flag}: a line in KEYS, or one in NO_KEYS");
    }
    for key in KEYS {
        assert!(flags.contains(&key.flag), "{}: there is no --{}", key.path, key.flag);
    }
}

#[test]
fn a_flag_beats_a_variable_and_a_variable_the_file() {
    let (_folder, path) =
        file("endpoint = 'http://file:1'\ndialect = 'fc3'\n[run]\nseed = 7\ncases = 9\nskip = ['api.*']\n");
    let args = ["run", "--config", &path, "--seed", "3"];
    let resolved =
        resolved(&args, &[("FNCONFORM_ENDPOINT", "http://variable:1"), ("FNCONFORM_RUN_SEED", "4")]).unwrap();
    let added: Vec<_> = resolved.args[6..].iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    assert_eq!(added, ["--endpoint=http://variable:1", "--dialect=fc3", "--skip=api.*", "--cases=9"]);
}

#[test]
fn of_a_flag_that_is_shared_only_what_was_not_given_is_added() {
    let (_folder, path) = file("[levers]\nidle = 'i {function}'\npublish = 'p {image}'\n");
    let args = ["run", "--config", &path, "--lever", "idle=mine {function}"];
    let resolved = resolved(&args, &[]).unwrap();
    assert_eq!(resolved.args[6..], ["--lever=publish=p {image}"]);
}

#[test]
fn what_a_flag_does_not_take_is_said_with_its_place() {
    let (_folder, path) = file("\n[run]\ncases = -4\n");
    let error = resolved(&["run", "--config", &path], &[]).expect_err("it is less than none");
    let expected = format!("error: {path}:3: `run.cases`: invalid value '-4' for '--cases <N>'");
    assert!(error.starts_with(&expected), "{error}");
    let error = resolved(&["run"], &[("FNCONFORM_RUN_PROFILE", "most")]).expect_err("there is no such profile");
    assert!(error.starts_with("error: FNCONFORM_RUN_PROFILE: invalid value 'most'"), "{error}");
}

#[test]
fn the_published_schema_is_that_of_the_keys() {
    let command = Cli::command();
    let run = command.find_subcommand("run").expect("it is there");
    let schema = format!("{:#}\n", super::schema::schema(run));
    let published = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/fnconform.toml.json");
    let published = fs::read_to_string(published).expect("it is published");
    assert!(published == schema, "write it: fnconform config --schema > schemas/fnconform.toml.json");
}
