//! Reports: pure functions of what a run came to.
//!
//! A [`Format`] renders an [`Account`] of a run into the text of one file of the results' folder; [`terminal`] renders
//! what it came to for the person who waits. [`diagram`] draws what histories showed, whoever recorded them. Nothing here opens a file,
//! looks at a clock or asks the endpoint again.
//!
//! To add a format: one file here with a unit struct that implements [`Format`], and its line in [`FORMATS`].

pub mod diagram;
pub mod json;
pub mod kill_matrix;
pub mod terminal;
pub mod wrap;

use crate::driver::event::RunBegan;
use crate::driver::result::RunResult;
use crate::history::History;
use std::collections::BTreeMap;

/// All that a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// What the run was asked to do, by which version, and when it began.
    pub began: &'a RunBegan,
    /// What it came to.
    pub result: &'a RunResult,
    /// The histories of the counterexamples, by the files that the result names.
    pub counterexamples: &'a BTreeMap<String, History>,
}

/// One form in which a result is written to a file.
pub trait Format: Sync {
    /// The name by which it is spoken of: lower case, never changed once released.
    fn name(&self) -> &'static str;

    /// Its file in the results' folder; tools that read it rely on the name.
    fn file(&self) -> &'static str;

    /// The whole text of the file.
    fn render(&self, account: &Account<'_>) -> String;
}

/// All formats, in the order in which their files are written.
pub static FORMATS: &[&dyn Format] = &[&json::Json];

#[cfg(test)]
mod samples;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_format_overwrites_another() {
        let names: BTreeSet<_> = FORMATS.iter().map(|format| format.name()).collect();
        let files: BTreeSet<_> = FORMATS.iter().map(|format| format.file()).collect();
        assert_eq!((names.len(), files.len()), (FORMATS.len(), FORMATS.len()));
    }
}
