//! The line that says how far a run is, for whoever watches.

use super::console;
use crate::driver::event::{Event, What};
use crate::requirement::Requirement;
use std::sync::{Mutex, PoisonError};

/// Shows how far a run is; takes the line away when it is dropped.
#[derive(Debug)]
pub(super) struct Line {
    watched: Watched,
    far: Mutex<HowFar>,
}

#[derive(Debug, PartialEq, Eq)]
enum Watched {
    Yes,
    No,
}

impl Line {
    /// A line on the standard error stream, or nothing if that is no terminal.
    pub(super) fn new() -> Self {
        Self { watched: if console::is_watched() { Watched::Yes } else { Watched::No }, far: Mutex::default() }
    }

    /// Shows what has happened.
    pub(super) fn show(&self, event: &Event) {
        if self.watched == Watched::No {
            return;
        }
        let Some(said) = self.far.lock().unwrap_or_else(PoisonError::into_inner).after(event) else { return };
        // What was broken stays in sight, above the line.
        said.news.iter().for_each(|news| console::overwrite(&format!("{news}\n")));
        console::overwrite(&said.line);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.watched == Watched::Yes {
            console::overwrite("");
        }
    }
}

/// How far a run is.
#[derive(Debug, Default)]
struct HowFar {
    cases: usize,
    ended: usize,
    violations: usize,
    broken: Vec<&'static Requirement>,
}

/// What is to be shown: what stays, and the line that says how far it is.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    news: Vec<String>,
    line: String,
}

impl HowFar {
    fn after(&mut self, event: &Event) -> Option<Said> {
        let mut news = Vec::new();
        let line = match &event.what {
            What::EndpointKnown(known) => {
                self.cases = known.cases;
                format!("{} cases, {} levers", known.cases, known.levers.len())
            }
            What::CaseEnded(case) => {
                self.ended += 1;
                self.violations += usize::from(!case.broken.is_empty());
                for broken in &case.broken {
                    if !self.broken.contains(&broken.requirement) {
                        self.broken.push(broken.requirement);
                        let name = broken.requirement.name;
                        news.push(format!("broken: {name} (after {} requests)", broken.found_after));
                    }
                }
                let (ended, cases, requests) = (self.ended, self.cases.max(self.ended), case.requests);
                let broken = match self.violations {
                    0 => String::new(),
                    violations => format!(", {violations} with violations"),
                };
                format!("{ended} of {cases} cases{broken}, {requests} requests")
            }
            What::Shrinking { requirement } => {
                format!("looking for the shortest history that breaks {}", requirement.name)
            }
            What::RunBegan(_) | What::ScenarioEnded(_) | What::CounterexampleFound(_) | What::RunEnded(_) => {
                return None;
            }
        };
        Some(Said { news, line })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::event::{Broken, CaseEnded};
    use crate::requirement::update::ENDS;

    fn ended(requests: u64, broken: Vec<Broken>) -> Event {
        let case = CaseEnded {
            case: "d1".into(),
            sha256: None,
            plan: crate::plan::Plan { steps: Vec::new() },
            operations: 0,
            requests,
            broken,
            exercised: Default::default(),
            refused_updates: 0,
            readings: Default::default(),
            inconclusive: false,
            cut_short: None,
        };
        Event { at_ms: 0, what: What::CaseEnded(case) }
    }

    #[test]
    fn violations_are_named_only_if_there_are_any_and_news_only_once() {
        let mut far = HowFar { cases: 8, ..HowFar::default() };
        let mut after = |event| far.after(&event).expect("it is shown");
        assert_eq!(after(ended(40, Vec::new())).line, "1 of 8 cases, 40 requests");
        let broken = || vec![Broken { requirement: &ENDS, line: 3, explanation: String::new(), found_after: 57 }];
        let said = after(ended(60, broken()));
        assert_eq!(said.news, ["broken: update.ends (after 57 requests)"]);
        assert_eq!(said.line, "2 of 8 cases, 1 with violations, 60 requests");
        assert_eq!(after(ended(70, broken())).news, Vec::<String>::new());
    }
}
