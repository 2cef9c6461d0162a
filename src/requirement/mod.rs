//! The catalogue of requirements: what the documentation promises, by names that never change once released.
//!
//! A requirement is one entry in the file of its section, and a rule in the feature file of the same name, where it is
//! stated ([`rule`]); command line, reports, tests and blame all derive from [`all`]. The catalogue knows words only:
//! what a breach looks like is the business of `model`, and when it was put to the test that of `oracle`.
//!
//! To add one: its line in `<section>.rs`, its rule with scenarios in `features/<section>.feature`, a fault in
//! `emulator/fault/<section>.rs`.

pub mod api;
pub mod failed;
pub mod image;
mod lever;
pub mod named;
pub mod parse;
pub mod readiness;
pub mod reading;
pub mod rule;
pub mod states;
#[cfg(test)]
mod tests;
pub mod update;

pub use lever::Lever;
pub use reading::Reading;
pub use rule::Rule;

/// One promise of the documentation.
///
/// What must hold, and by which words of the page, stands in its [`Rule`]. Requirements are compared by name: there is
/// one static for each.
#[derive(Debug)]
pub struct Requirement {
    /// `section.name`.
    pub name: &'static str,
    /// How firmly the documentation says so.
    pub level: Level,
}

impl Requirement {
    /// The section: what stands before the dot.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(section, _)| section)
    }

    /// Its rule.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        match rule::chapter(self.section()).rules.get(self.name) {
            Some(rule) => rule,
            None => unreachable!("every requirement has its rule: the tests compare them"),
        }
    }

    /// What must hold, in one sentence without a full stop.
    #[must_use]
    pub fn title(&self) -> &'static str {
        &self.rule().title
    }

    /// At most 15 words of the documentation page; `None` for the wire, of which the page does not speak.
    #[must_use]
    pub fn quote(&self) -> Option<&'static str> {
        self.rule().quote.as_deref()
    }

    /// The levers that make sure that it is exercised.
    #[must_use]
    pub fn needs(&self) -> &'static [Lever] {
        &self.rule().needs
    }

    /// What else a reader of a failure should know; empty for nothing.
    #[must_use]
    pub fn note(&self) -> &'static str {
        &self.rule().note
    }

    /// The open points that touch it.
    #[must_use]
    pub fn readings(&self) -> &'static [&'static Reading] {
        &self.rule().readings
    }

    /// The tags of its rule, without `@`.
    pub fn tags(&self) -> impl Iterator<Item = &'static str> {
        self.rule().tags.iter().map(String::as_str)
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

/// A section of the catalogue: a part of the page, or the wire.
#[derive(Debug)]
pub struct Section {
    /// What stands before the dot in names.
    pub name: &'static str,
    /// Its requirements, in the order of the page.
    pub requirements: &'static [&'static Requirement],
}

impl Section {
    /// The heading of the page that it reads.
    #[must_use]
    pub fn heading(&self) -> &'static str {
        &rule::chapter(self.name).heading
    }
}

/// All sections, in the order of the page; `api` comes last.
pub static SECTIONS: &[Section] = &[
    Section { name: "states", requirements: states::ALL },
    Section { name: "failed", requirements: failed::ALL },
    Section { name: "image", requirements: image::ALL },
    Section { name: "update", requirements: update::ALL },
    Section { name: "readiness", requirements: readiness::ALL },
    Section { name: "api", requirements: api::ALL },
];

/// The requirements of a section, in the order of the page: a static for each, and all of them.
macro_rules! catalogue {
    ($($id:ident = $name:literal, $level:ident;)*) => {
        $(
            #[doc = concat!("`", $name, "`: its rule in `features/` says what must hold.")]
            pub static $id: $crate::requirement::Requirement =
                $crate::requirement::Requirement { name: $name, level: $crate::requirement::Level::$level };
        )*

        /// The requirements of this section, in the order of the page.
        pub static ALL: &[&$crate::requirement::Requirement] = &[$(&$id),*];
    };
}
use catalogue;

/// All requirements, section by section.
pub fn all() -> impl Iterator<Item = &'static Requirement> {
    SECTIONS.iter().flat_map(|section| section.requirements.iter().copied())
}

/// A digest of all that the requirements say: results that were judged by other ones are told by it.
#[must_use]
pub fn digest() -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    for requirement in all() {
        let rule = requirement.rule();
        let needs: Vec<&str> = rule.needs.iter().map(|lever| lever.as_str()).collect();
        let quote = rule.quote.as_deref().unwrap_or_default();
        hasher.update(format!(
            "{}\n{}\n{}\n{quote}\n{}\n",
            requirement.name,
            requirement.level.as_str(),
            rule.title,
            needs.join(" ")
        ));
    }
    hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The requirement of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Requirement> {
    all().find(|requirement| requirement.name == name)
}
