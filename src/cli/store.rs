//! The folder of results: histories and counterexamples, each with the plan that it is of.
//!
//! The plan stands in the first line of the file, where those that judge the history leave it alone.

use super::error::CliError;
use crate::gherkin::{Suite, print};
use crate::history::{History, read, write};
use crate::oracle;
use crate::plan::Plan;
use crate::requirement::{Requirement, by_name};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// How the names of histories end.
const NDJSON: &str = "ndjson";
/// How the names of scenarios end.
pub(super) const FEATURE: &str = "feature";

/// A folder that results are written to.
pub(super) struct Store {
    folder: PathBuf,
}

impl Store {
    /// The folder, without the histories of an earlier run.
    pub(super) fn empty(folder: &Path) -> Result<Self, CliError> {
        for part in ["histories", "counterexamples"] {
            let part = folder.join(part);
            for file in [NDJSON, FEATURE].iter().flat_map(|kind| files(&part, kind).unwrap_or_default()) {
                fs::remove_file(&file).map_err(|error| failed_at(&file, &error))?;
            }
            fs::create_dir_all(&part).map_err(|error| failed_at(&part, &error))?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Writes a counterexample: its history with its plan, and beside it the plan as a scenario.
    pub(super) fn counterexample(&self, file: &str, plan: &Plan, history: &History) -> Result<(), CliError> {
        self.history(file, plan, history)?;
        let path = self.folder.join(file).with_extension(FEATURE);
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let text = print::feature(&format!("It breaks {name}"), plan);
        fs::write(&path, text).map_err(|error| failed_at(&path, &error))
    }

    /// Writes a history with its plan.
    pub(super) fn history(&self, file: &str, plan: &Plan, history: &History) -> Result<(), CliError> {
        let path = self.folder.join(file);
        let mut bytes = Vec::new();
        write::history(&mut bytes, history).map_err(|error| failed_at(&path, &error))?;
        let text = String::from_utf8_lossy(&bytes);
        let (header, lines) = text.split_once('\n').unwrap_or((&text, ""));
        let steps: Vec<Value> = plan.steps.iter().map(|step| Value::from(step.to_string())).collect();
        let header = header.strip_suffix('}').unwrap_or(header);
        let text = format!("{header},\"plan\":{}}}\n{lines}", Value::from(steps));
        fs::write(&path, text).map_err(|error| failed_at(&path, &error))
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
    let plan = plan(&text).map_err(|reason| {
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

fn plan(text: &str) -> Result<Plan, String> {
    let first = text.lines().next().unwrap_or_default();
    let header: Value = serde_json::from_str(first).map_err(|_| "the first line is not a header".to_owned())?;
    let Some(steps) = header.get("plan").and_then(Value::as_array) else {
        return Err("the first line has no plan, so it cannot be run again".to_owned());
    };
    let lines: Vec<&str> = steps.iter().filter_map(Value::as_str).collect();
    lines.join("\n").parse().map_err(|error| format!("field `plan`: {error}"))
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
