//! `--diagram`: what all the histories together showed, as a drawing.

use super::recorded;
use crate::cli::console;
use crate::cli::error::CliError;
use crate::oracle::observed::Observed;
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

    /// Adds what was observed in one history.
    pub(super) fn add(&mut self, observed: &Observed) {
        self.observed.add(observed);
    }

    /// Draws it.
    pub(super) fn write(self) -> Result<(), CliError> {
        let svg = diagram::render(&self.observed);
        if self.file == recorded::STDIN {
            return console::print(&svg);
        }
        fs::write(self.file, svg).map_err(|error| CliError::usage(format!("--diagram {}: {error}", self.file)))
    }
}
