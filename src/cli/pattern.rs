//! Patterns over names, mostly of requirements: `*` stands for any characters, `?` for one.

use crate::gherkin::Script;
use crate::requirement::{Requirement, all};
use std::fmt;
use std::str::FromStr;

/// A pattern over names.
///
/// Names of requirements have one dot, and nothing is gained by letting it stop a star: `*` and `**` mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Whether the name is meant.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        glob(self.0.as_bytes(), name.as_bytes())
    }

    /// Whether it is a pattern over tags of scenarios, which begin with `@`.
    #[must_use]
    pub fn is_of_tags(&self) -> bool {
        self.0.starts_with('@')
    }

    /// Whether one of the tags, which are given without their `@`, is meant.
    fn matches_a_tag<'a>(&self, tags: impl IntoIterator<Item = &'a str>) -> bool {
        self.0.strip_prefix('@').is_some_and(|tag| tags.into_iter().any(|name| glob(tag.as_bytes(), name.as_bytes())))
    }

    /// Whether any requirement is meant.
    #[must_use]
    pub fn matches_any(&self) -> bool {
        all().any(|requirement| self.means(requirement))
    }

    /// Whether the requirement is meant, by its name or by a tag of its rule.
    fn means(&self, requirement: &Requirement) -> bool {
        self.matches(requirement.name) || self.matches_a_tag(requirement.tags())
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("a pattern is a name, in which `*` stands for anything".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which requirements the user selected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those that are run; all of the profile if there is no pattern.
    pub run: Vec<Pattern>,
    /// Those that are left out, though they were to be run.
    pub skip: Vec<Pattern>,
}

impl Selection {
    /// Whether the user selected anything, so that the verdict is about a selection only.
    #[must_use]
    pub fn is_given(&self) -> bool {
        !self.run.is_empty() || !self.skip.is_empty()
    }

    /// Whether only tags say what is run, so that it is scenarios and nothing else.
    #[must_use]
    pub fn is_of_scenarios(&self) -> bool {
        !self.run.is_empty() && self.run.iter().all(Pattern::is_of_tags)
    }

    /// Whether the requirement is selected.
    #[must_use]
    pub fn selects(&self, requirement: &Requirement) -> bool {
        let run = self.run.is_empty() || self.run.iter().any(|pattern| pattern.means(requirement));
        run && !self.skip.iter().any(|pattern| pattern.means(requirement))
    }

    /// Whether the scenario is selected: by its requirement, or by a tag of its own.
    #[must_use]
    pub fn selects_scenario(&self, script: &Script) -> bool {
        let meant = |pattern: &Pattern| {
            script.requirement.is_some_and(|requirement| pattern.matches(requirement.name))
                || pattern.matches_a_tag(script.tags.iter().map(String::as_str))
        };
        (self.run.is_empty() || self.run.iter().any(meant)) && !self.skip.iter().any(meant)
    }

    /// The requirements that are selected, in the order of the catalogue.
    pub fn requirements(&self) -> impl Iterator<Item = &'static Requirement> {
        all().filter(|requirement| self.selects(requirement))
    }
}

/// Whether the pattern matches all of the text. Goes back to the last star only: an earlier one can take nothing that
/// the last could not.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((place, taken)) => {
                    star = Some((place, taken + 1));
                    p = place + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::by_name;

    fn pattern(text: &str) -> Pattern {
        text.parse().unwrap()
    }

    #[test]
    fn stars_stand_for_anything() {
        for (text, name, matches) in [
            ("states.known", "states.known", true),
            ("states.*", "states.known", true),
            ("states.*", "update.known", false),
            ("*.known", "update.known", true),
            ("**", "update.known", true),
            ("*-not-*", "states.pending-not-invocable", true),
            ("*-not-", "states.pending-not-invocable", false),
            ("states", "states.known", false),
            ("state?.known", "states.known", true),
            ("*a*b*c", "axbxbxc", true),
            ("*a*b*c", "axbxbx", false),
        ] {
            assert_eq!(pattern(text).matches(name), matches, "{text} {name}");
        }
    }

    #[test]
    fn what_is_skipped_was_to_be_run() {
        let selection = Selection { run: vec![pattern("update.*")], skip: vec![pattern("*.known")] };
        assert!(selection.selects(by_name("update.ends").unwrap()));
        assert!(!selection.selects(by_name("update.known").unwrap()));
        assert!(!selection.selects(by_name("states.known").unwrap()));
        assert_eq!(selection.requirements().count(), 7);
        assert_eq!(Selection::default().requirements().count(), all().count());
        assert!(!Selection::default().is_given() && selection.is_given());
    }
}
