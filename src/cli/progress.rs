//! The line that says how far a run is, for whoever watches.

use super::console;
use crate::driver::result::Progress;

/// Shows how far a run is; takes the line away when it is dropped.
#[derive(Debug)]
pub(super) struct Line {
    watched: Watched,
}

#[derive(Debug, PartialEq, Eq)]
enum Watched {
    Yes,
    No,
}

impl Line {
    /// A line on the standard error stream, or nothing if that is no terminal.
    pub(super) fn new() -> Self {
        Self { watched: if console::is_watched() { Watched::Yes } else { Watched::No } }
    }

    /// Shows what has happened.
    pub(super) fn show(&self, progress: &Progress) {
        if self.watched == Watched::Yes {
            match progress {
                // What was broken stays in sight, above the line.
                Progress::Broken { .. } => console::overwrite(&format!("{}\n", describe(progress))),
                _ => console::overwrite(&describe(progress)),
            }
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.watched == Watched::Yes {
            console::overwrite("");
        }
    }
}

fn describe(progress: &Progress) -> String {
    match progress {
        Progress::Ready { cases, levers } => format!("{cases} cases, {} levers", levers.len()),
        Progress::CaseEnded { ended, cases, violations, requests } => {
            let broken = if *violations == 0 { String::new() } else { format!(", {violations} with violations") };
            format!("{ended} of {cases} cases{broken}, {requests} requests")
        }
        Progress::Broken { requirement, found_after } => {
            format!("broken: {} (after {found_after} requests)", requirement.name)
        }
        Progress::Shrinking { requirement } => {
            format!("looking for the shortest history that breaks {}", requirement.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violations_are_named_only_if_there_are_any() {
        let line = |violations| describe(&Progress::CaseEnded { ended: 3, cases: 8, violations, requests: 120 });
        assert_eq!(line(0), "3 of 8 cases, 120 requests");
        assert_eq!(line(1), "3 of 8 cases, 1 with violations, 120 requests");
    }
}
