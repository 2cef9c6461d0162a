//! The catalogue of requirements: what the documentation promises, by names that never change once released.
//!
//! A requirement is one entry in the file of its section; command line, reports, tests and blame all derive from
//! [`all`]. The catalogue knows words only: what a breach looks like is the business of `model`, and when it was put to
//! the test that of `oracle`.
//!
//! To add one: a static in `<section>.rs` and its line in that file's slice, a fault in `emulator/fault/<section>.rs`.

pub mod api;
pub mod failed;
pub mod image;
pub mod readiness;
pub mod states;
pub mod update;

use std::fmt;

/// One promise of the documentation.
///
/// Requirements are compared by name: there is one static for each.
#[derive(Debug)]
pub struct Requirement {
    /// `section.name`.
    pub name: &'static str,
    /// What must hold, in one sentence without a full stop.
    pub title: &'static str,
    /// At most 15 words of the documentation page; `None` for the wire, of which the page does not speak.
    pub quote: Option<&'static str>,
    /// How firmly the documentation says so.
    pub level: Level,
    /// The levers that make sure that it is exercised.
    pub needs: &'static [Lever],
    /// What else a reader of a failure should know; empty for nothing.
    pub note: &'static str,
}

impl Requirement {
    /// The section: what stands before the dot.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(section, _)| section)
    }
}

impl PartialEq for Requirement {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Requirement {}

/// How firmly the documentation says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The page says so in words.
    Stated,
    /// It follows from what the page says.
    Implied,
    /// The page is silent, but the API's documents and its clients rely on it.
    Wire,
}

impl Level {
    /// The word in lists and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Implied => "implied",
            Self::Wire => "wire",
        }
    }
}

/// A means to cause what happens *to* a function (`lever-protocol`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lever {
    /// Put a program under an image reference.
    Publish,
    /// Keep preparations that use an image from ending.
    Hold,
    /// Make preparations that use an image fail.
    Fail,
    /// Remove an image.
    Delete,
    /// Make a function idle.
    Idle,
}

impl Lever {
    /// All levers, in the order of the protocol.
    pub const ALL: [Self; 5] = [Self::Publish, Self::Hold, Self::Fail, Self::Delete, Self::Idle];

    /// The word of the protocol.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Hold => "hold",
            Self::Fail => "fail",
            Self::Delete => "delete",
            Self::Idle => "idle",
        }
    }

    /// The lever of that name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lever| lever.as_str() == word)
    }
}

impl fmt::Display for Lever {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A section of the catalogue: a part of the page, or the wire.
#[derive(Debug)]
pub struct Section {
    /// What stands before the dot in names.
    pub name: &'static str,
    /// The heading of the page that it reads.
    pub heading: &'static str,
    /// Its requirements, in the order of the page.
    pub requirements: &'static [&'static Requirement],
}

/// All sections, in the order of the page; `api` comes last.
pub static SECTIONS: &[Section] = &[
    Section { name: "states", heading: "Function states", requirements: states::ALL },
    Section { name: "failed", heading: "Failed state", requirements: failed::ALL },
    Section { name: "image", heading: "Failed state: tag and digest", requirements: image::ALL },
    Section { name: "update", heading: "Update states", requirements: update::ALL },
    Section { name: "readiness", heading: "Check state before invoking", requirements: readiness::ALL },
    Section { name: "api", heading: "The wire", requirements: api::ALL },
];

/// All requirements, section by section.
pub fn all() -> impl Iterator<Item = &'static Requirement> {
    SECTIONS.iter().flat_map(|section| section.requirements.iter().copied())
}

/// The requirement of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Requirement> {
    all().find(|requirement| requirement.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_begin_with_their_section() {
        let names: BTreeSet<_> = all().map(|requirement| requirement.name).collect();
        assert_eq!(names.len(), all().count());
        for section in SECTIONS {
            for requirement in section.requirements {
                assert_eq!(requirement.section(), section.name, "{}", requirement.name);
                let word = requirement.name.split_once('.').unwrap().1;
                assert!(word.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", requirement.name);
            }
        }
    }

    #[test]
    fn there_are_as_many_as_the_specification_has() {
        assert_eq!(all().count(), 35);
    }

    #[test]
    fn titles_are_sentences_without_a_full_stop() {
        for requirement in all() {
            assert!(!requirement.title.is_empty() && !requirement.title.ends_with('.'), "{}", requirement.name);
        }
    }

    #[test]
    fn quotes_are_short_and_only_the_wire_has_none() {
        for requirement in all() {
            match requirement.quote {
                Some(quote) => assert!(quote.split_whitespace().count() <= 15, "{}: {quote}", requirement.name),
                None => assert_eq!(requirement.section(), "api", "{}", requirement.name),
            }
            assert_eq!(requirement.level == Level::Wire, requirement.section() == "api", "{}", requirement.name);
        }
    }

    #[test]
    fn levers_are_named_in_the_order_of_the_protocol() {
        for requirement in all() {
            assert!(requirement.needs.is_sorted(), "{}", requirement.name);
        }
    }
}
