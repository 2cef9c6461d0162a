//! Templates of steps: the same text reads a step and writes it.
//!
//! A template is a sentence with slots. Each kind of slot occurs once at the most, so what was read is a plain struct,
//! and a template filled with what it was read as is the sentence again.

use super::meaning::Code;
use crate::driver::case::Version;
use crate::plan::{F, I};
use regex::Regex;

/// What the slots of a template were filled with; what has no slot keeps its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// `{it}`, `{its}`, `{of}`, `{a}`, `{an}`: the function.
    pub function: F,
    /// `{image}`.
    pub image: I,
    /// `{codes}`.
    pub codes: Vec<Code>,
    /// `{states}` or `{statuses}`.
    pub shown: Vec<String>,
    /// `{number}`.
    pub number: u16,
}

impl Default for Words {
    fn default() -> Self {
        Self { function: F(0), image: I(0), codes: Vec::new(), shown: Vec::new(), number: 0 }
    }
}

/// What the functions after the first are called.
const ORDINALS: [&str; 9] = ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
/// What stands between alternatives.
const OR: &str = " or ";
/// What follows an image whose tag was overwritten.
const OVERWRITTEN: &str = " as overwritten";

/// One kind of slot: its name, what it matches, how it is read and how it is written.
struct Slot {
    name: &'static str,
    pattern: &'static str,
    read: fn(&mut Words, &str) -> Option<()>,
    write: fn(&Words) -> String,
}

const SLOTS: &[Slot] = &[
    Slot {
        name: "{it}",
        pattern: "(it|the [a-z]+ function)",
        read: |words, text| fill(&mut words.function, function(text, "it")),
        write: |words| named(words.function, "it", |ordinal| format!("the {ordinal} function")),
    },
    Slot {
        name: "{its}",
        pattern: "(its|the [a-z]+ function's)",
        read: |words, text| fill(&mut words.function, function(text, "its")),
        write: |words| named(words.function, "its", |ordinal| format!("the {ordinal} function's")),
    },
    Slot {
        name: "{of}",
        pattern: "(| of the [a-z]+ function)",
        read: |words, text| fill(&mut words.function, function(text.trim_start_matches(" of "), "")),
        write: |words| named(words.function, "", |ordinal| format!(" of the {ordinal} function")),
    },
    Slot {
        name: "{a}",
        pattern: "(an?|a [a-z]+)",
        read: |words, text| fill(&mut words.function, article(text)),
        write: |words| named(words.function, "a", |ordinal| format!("a {ordinal}")),
    },
    Slot {
        name: "{an}",
        pattern: "(an?|a [a-z]+)",
        read: |words, text| fill(&mut words.function, article(text)),
        write: |words| named(words.function, "an", |ordinal| format!("a {ordinal}")),
    },
    Slot {
        name: "{image}",
        pattern: "image ([A-J])",
        read: |words, text| fill(&mut words.image, letter(text)),
        write: |words| format!("image {}", words.image),
    },
    Slot {
        name: "{codes}",
        pattern: "(image [A-J](?: as overwritten)?(?: or image [A-J](?: as overwritten)?)*)",
        read: |words, text| fill(&mut words.codes, text.split(OR).map(code).collect::<Option<_>>()),
        write: |words| words.codes.iter().map(code_text).collect::<Vec<_>>().join(OR),
    },
    Slot {
        name: "{states}",
        pattern: "((?:Pending|Active|Failed|Inactive)(?: or (?:Pending|Active|Failed|Inactive))*)",
        read: |words, text| fill(&mut words.shown, Some(alternatives(text))),
        write: |words| words.shown.join(OR),
    },
    Slot {
        name: "{statuses}",
        pattern: "((?:InProgress|Successful|Failed|absent)(?: or (?:InProgress|Successful|Failed|absent))*)",
        read: |words, text| fill(&mut words.shown, Some(alternatives(text))),
        write: |words| words.shown.join(OR),
    },
    Slot {
        name: "{number}",
        pattern: "([0-9]+)",
        read: |words, text| fill(&mut words.number, text.parse().ok()),
        write: |words| words.number.to_string(),
    },
];

fn fill<T>(slot: &mut T, read: Option<T>) -> Option<()> {
    *slot = read?;
    Some(())
}

/// The regular expression that recognises sentences of this template, and nothing else.
///
/// # Panics
/// Never, for templates of this crate: the glossary's tests compile each of them.
#[must_use]
pub(super) fn regex(template: &str) -> Regex {
    let mut pattern = regex::escape(template);
    for slot in SLOTS {
        pattern = pattern.replace(&regex::escape(slot.name), slot.pattern);
    }
    match Regex::new(&format!("^{pattern}$")) {
        Ok(regex) => regex,
        Err(error) => unreachable!("the slots are regular expressions: {error}"),
    }
}

/// What the slots of the template are filled with in this sentence; `None` if it is no sentence of it.
#[must_use]
pub(super) fn read(template: &str, regex: &Regex, sentence: &str) -> Option<Words> {
    let captures = regex.captures(sentence)?;
    let mut words = Words::default();
    for (slot, text) in slots(template).into_iter().zip(captures.iter().skip(1)) {
        (slot.read)(&mut words, text.map_or("", |text| text.as_str()))?;
    }
    Some(words)
}

/// The sentence of the template that says these words.
#[must_use]
pub(super) fn write(template: &str, words: &Words) -> String {
    slots(template).into_iter().fold(template.to_owned(), |text, slot| text.replace(slot.name, &(slot.write)(words)))
}

/// The slots of a template, in the order in which they stand in it.
fn slots(template: &str) -> Vec<&'static Slot> {
    let mut found: Vec<_> = SLOTS.iter().filter_map(|slot| Some((template.find(slot.name)?, slot))).collect();
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, slot)| slot).collect()
}

/// The function that is called so; `first` is what the first one is called.
fn function(text: &str, first: &str) -> Option<F> {
    if text == first {
        return Some(F(0));
    }
    ordinal(text.trim_start_matches("the ").split(' ').next()?)
}

fn article(text: &str) -> Option<F> {
    match text {
        "a" | "an" => Some(F(0)),
        _ => ordinal(text.trim_start_matches("a ")),
    }
}

fn ordinal(word: &str) -> Option<F> {
    let place = ORDINALS.iter().position(|ordinal| *ordinal == word)?;
    u8::try_from(place + 1).ok().map(F)
}

fn named(function: F, first: &str, later: impl Fn(&str) -> String) -> String {
    match usize::from(function.0).checked_sub(1).and_then(|place| ORDINALS.get(place)) {
        Some(ordinal) => later(ordinal),
        None => first.to_owned(),
    }
}

fn letter(text: &str) -> Option<I> {
    match text.as_bytes() {
        [byte @ b'A'..=b'J'] => Some(I(byte - b'A')),
        _ => None,
    }
}

fn code(text: &str) -> Option<Code> {
    let (image, version) = match text.strip_suffix(OVERWRITTEN) {
        Some(image) => (image, Version::Overwritten),
        None => (text, Version::First),
    };
    Some(Code { image: letter(image.strip_prefix("image ")?)?, version })
}

/// How a code is spoken of.
#[must_use]
pub(super) fn code_text(code: &Code) -> String {
    match code.version {
        Version::First => format!("image {}", code.image),
        Version::Overwritten => format!("image {}{OVERWRITTEN}", code.image),
    }
}

fn alternatives(text: &str) -> Vec<String> {
    text.split(OR).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in(template: &str, sentence: &str) -> Option<Words> {
        read(template, &regex(template), sentence)
    }

    #[test]
    fn what_was_read_is_written_as_it_stood() {
        for (template, sentence) in [
            ("{it} is updated to {image}", "the second function is updated to image J"),
            ("{its} digest is that of {codes}", "its digest is that of image A or image B as overwritten"),
            ("{an} Active function running {image}", "an Active function running image A"),
            ("{an} Active function running {image}", "a tenth Active function running image A"),
            ("an invocation{of} is served", "an invocation is served"),
            ("{number} invocations{of} are refused", "12 invocations of the third function are refused"),
            ("{it} is {states}", "it is Pending or Failed"),
        ] {
            let words = read_in(template, sentence).unwrap_or_else(|| panic!("{sentence}"));
            assert_eq!(write(template, &words), sentence);
        }
    }

    #[test]
    fn what_is_no_sentence_of_it_is_not_read() {
        assert_eq!(read_in("{it} is invoked", "it is invoked twice"), None);
        assert_eq!(read_in("{it} is invoked", "the first function is invoked"), None);
        assert_eq!(read_in("{it} is {states}", "it is Sleeping"), None);
    }
}
