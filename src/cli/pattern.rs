//! Patterns over names of requirements: `*` stands for any characters, `?` for one.

use crate::requirement::{Requirement, all};
use std::fmt;
use std::str::FromStr;

/// A pattern over names of requirements.
///
/// Names have one dot, and nothing is gained by letting it stop a star: `*` and `**` mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Whether the name is meant.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        glob(self.0.as_bytes(), name.as_bytes())
    }

    /// Whether any requirement is meant.
    #[must_use]
    pub fn matches_any(&self) -> bool {
        all().any(|requirement| self.matches(requirement.name))
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("a pattern is a name of a requirement, in which `*` stands for anything".to_owned());
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

    /// Whether the requirement of that name is selected.
    #[must_use]
    pub fn selects(&self, name: &str) -> bool {
        let run = self.run.is_empty() || self.run.iter().any(|pattern| pattern.matches(name));
        run && !self.skip.iter().any(|pattern| pattern.matches(name))
    }

    /// The requirements that are selected, in the order of the catalogue.
    pub fn requirements(&self) -> impl Iterator<Item = &'static Requirement> {
        all().filter(|requirement| self.selects(requirement.name))
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
        assert!(selection.selects("update.ends"));
        assert!(!selection.selects("update.known"));
        assert!(!selection.selects("states.stays"));
        assert_eq!(selection.requirements().count(), 7);
        assert_eq!(Selection::default().requirements().count(), all().count());
        assert!(!Selection::default().is_given() && selection.is_given());
    }
}
