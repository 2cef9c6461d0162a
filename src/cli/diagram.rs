//! `fnconform check --diagram`: what all the histories together showed, as a drawing.

use super::console;
use super::error::CliError;
use super::recorded;
use crate::history::read;
use crate::oracle::Judgement;
use crate::oracle::observed::{Observed, observe};
use crate::report::diagram;
use std::fs;

/// What was observed so far, and where it is drawn.
pub(super) struct Diagram<'a> {
    file: &'a str,
    observed: Observed,
}

impl<'a> Diagram<'a> {
    /// A diagram that goes to this file; `-` is the standard output.
    pub(super) fn to(file: &'a str) -> Self {
        Self { file, observed: Observed::default() }
    }

    /// Whether it is printed, so that nothing else may be.
    pub(super) fn is_printed(&self) -> bool {
        self.file == recorded::STDIN
    }

    /// Judges a history, and adds what was observed in it. All of it is in memory for that.
    pub(super) fn judged(&mut self, file: &str) -> Result<Judgement, CliError> {
        let unreadable = |reason: String| CliError::usage(format!("{file}: {reason}"));
        let input = recorded::open(file).map_err(|error| unreadable(error.to_string()))?;
        let history = read::history(input).map_err(|error| unreadable(error.to_string()))?;
        let (judgement, observed) = observe(&history).map_err(|error| unreadable(error.to_string()))?;
        self.observed.add(&observed);
        Ok(judgement)
    }

    /// Draws it.
    pub(super) fn write(self) -> Result<(), CliError> {
        let svg = diagram::render(&self.observed);
        if self.is_printed() {
            return console::print(&svg);
        }
        fs::write(self.file, svg).map_err(|error| CliError::usage(format!("{}: {error}", self.file)))
    }
}
