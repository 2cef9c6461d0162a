//! The folder of results: events as they happen, histories and counterexamples, each with the plan that it is of.

use super::error::CliError;
use crate::driver::event::{Event, What};
use crate::driver::record;
use crate::driver::run::Watcher;
use crate::gherkin::{Suite, print};
use crate::history::read;
use crate::oracle;
use crate::plan::Plan;
use crate::report::FORMATS;
use crate::requirement::{Requirement, by_name};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The file of the events.
const EVENTS: &str = "events.ndjson";
/// How the names of histories end.
const NDJSON: &str = "ndjson";
/// How the names of scenarios end.
pub(super) const FEATURE: &str = "feature";

/// A folder that results are written to while the run goes on, so that one that is killed leaves what it had.
pub(super) struct Store {
    folder: PathBuf,
    events: File,
    /// The first thing that could not be written.
    failed: Mutex<Option<CliError>>,
}

impl Store {
    /// The folder, without the results of an earlier run.
    pub(super) fn empty(folder: &Path) -> Result<Self, CliError> {
        for part in ["histories", "counterexamples"] {
            let part = folder.join(part);
            for file in [NDJSON, FEATURE].iter().flat_map(|kind| files(&part, kind).unwrap_or_default()) {
                fs::remove_file(&file).map_err(|error| failed_at(&file, &error))?;
            }
            fs::create_dir_all(&part).map_err(|error| failed_at(&part, &error))?;
        }
        for format in FORMATS {
            let file = folder.join(format.file());
            match fs::remove_file(&file) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed_at(&file, &error)),
                _ => {}
            }
        }
        let path = folder.join(EVENTS);
        let events = File::create(&path).map_err(|error| failed_at(&path, &error))?;
        Ok(Self { folder: folder.to_owned(), events, failed: Mutex::default() })
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        let path = self.folder.join(file);
        if let Err(error) = fs::write(&path, bytes) {
            self.fail(&path, &error);
        }
    }

    fn fail(&self, path: &Path, error: &std::io::Error) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| failed_at(path, error));
    }

    /// Says what could not be written, if anything.
    pub(super) fn finish(self) -> Result<(), CliError> {
        self.failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }
}

impl Watcher for Store {
    /// A line in one piece, so that a run that is killed leaves whole lines but the last.
    fn see(&self, event: &Event) {
        let mut line = serde_json::to_vec(event).unwrap_or_default();
        line.push(b'\n');
        if let Err(error) = (&self.events).write_all(&line) {
            self.fail(&self.folder.join(EVENTS), &error);
        }
        if let What::CounterexampleFound(found) = &event.what {
            let name = format!("It breaks {}", found.requirement.name);
            let scenario = Path::new(&found.file).with_extension(FEATURE);
            self.write(&scenario.to_string_lossy(), print::feature(&name, &found.plan).as_bytes());
        }
    }

    fn keep(&self, file: &str, bytes: &[u8]) {
        self.write(file, bytes);
    }
}

/// A counterexample that was kept.
pub(super) struct Kept {
    /// What was done.
    pub(super) plan: Plan,
    /// The requirements that it broke.
    pub(super) breaks: Vec<&'static Requirement>,
}

/// Reads a counterexample.
pub(super) fn read(file: &Path) -> Result<Kept, CliError> {
    let text = fs::read_to_string(file).map_err(|error| failed_at(file, &error))?;
    let plan = record::plan(&text).map_err(|reason| {
        CliError::usage(format!("{}: {reason}", file.display()))
            .hint("a run writes counterexamples, with their plans, to fnconform-results/counterexamples/")
    })?;
    let history =
        read::history(text.as_bytes()).map_err(|error| CliError::usage(format!("{}: {error}", file.display())))?;
    let found = oracle::judge(&history).ok();
    let found = found.as_ref().and_then(|judgement| judgement.first_violation()).map(|finding| finding.requirement);
    // What the form of an answer breaks is not in the history; the file is named for it.
    let named = file.file_stem().and_then(|stem| by_name(&stem.to_string_lossy()));
    Ok(Kept { plan, breaks: named.or(found).into_iter().collect() })
}

/// The scenarios of a feature file.
pub(super) fn scenarios(file: &Path, jobs: usize) -> Result<Suite, CliError> {
    let text = fs::read_to_string(file).map_err(|error| failed_at(file, &error))?;
    let name = file.display().to_string();
    Suite::read([(name.as_str(), text.as_str())], jobs)
        .map_err(|error| CliError::usage(error.to_string()).hint("features/README.md lists the steps that there are"))
}

/// The plans of the counterexamples of an earlier run.
pub(super) fn failed(folder: &Path) -> Result<Vec<Plan>, CliError> {
    let part = folder.join("counterexamples");
    let files = files(&part, NDJSON).map_err(|error| failed_at(&part, &error))?;
    if files.is_empty() {
        return Err(CliError::nothing(format!("nothing failed in {}", folder.display()))
            .hint("without --last-failed everything is run"));
    }
    files.iter().map(|file| read(file).map(|kept| kept.plan)).collect()
}

fn files(folder: &Path, kind: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == kind) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn failed_at(path: &Path, error: &std::io::Error) -> CliError {
    CliError::usage(format!("{}: {error}", path.display())).hint("name another file or folder")
}
