//! The glossary: every step that a scenario may have, once.
//!
//! A step may stand behind any keyword. Those that do something say what they do; those that see something do a call
//! and expect an answer, or look until nothing is left that must happen by itself. `features/README.md` is this table
//! as text.
//!
//! To add one: its line here, and a scenario that uses it. A step that says the same as an action of plans names it
//! behind `says`, so that counterexamples can be written with it.

use super::meaning::{Expect, Meaning};
use super::template::{self, Words};
use crate::plan::{Action, Change, Step};
use regex::Regex;
use std::sync::LazyLock;

/// A step that a scenario may have.
pub struct Sentence {
    /// The sentence, with slots.
    pub template: &'static str,
    /// What it does and sees, for people; empty where the sentence says it all.
    pub note: &'static str,
    means: fn(&Words) -> Meaning,
    /// The words by which it says an action of a plan, if it is the way to say it.
    says: fn(&Action) -> Option<Words>,
}

/// The step under which the rows of a table are done at once.
pub const AT_ONCE: &str = "these happen at once";

/// A part of the glossary.
pub struct Part {
    /// What its steps are for.
    pub title: &'static str,
    /// The steps.
    pub sentences: &'static [Sentence],
}

const fn step(template: &'static str, note: &'static str, means: fn(&Words) -> Meaning) -> Sentence {
    Sentence { template, note, means, says: |_| None }
}

/// The way to say an action of plans.
const fn says(
    template: &'static str,
    note: &'static str,
    means: fn(&Words) -> Meaning,
    says: fn(&Action) -> Option<Words>,
) -> Sentence {
    Sentence { template, note, means, says }
}

/// All steps, by what they are for.
pub static PARTS: &[Part] = &[
    Part { title: "Where a scenario begins", sentences: BEGINNINGS },
    Part { title: "What becomes of images", sentences: IMAGES },
    Part { title: "What is done to functions", sentences: DEEDS },
    Part { title: "What is seen", sentences: SIGHTS },
];

static BEGINNINGS: &[Sentence] = &[
    step("{an} Active function running {image}", "creates it, waits, and expects it to be Active", |w| {
        let actions = [Action::Create(w.function, w.image), Action::Await(w.function)];
        Meaning::seeing(&actions, state("Active"))
    }),
    step(
        "{a} Pending function whose {image} is not ready yet",
        "keeps the image from being ready, and creates it",
        |w| {
            let actions = [Action::Image(w.image, Change::Hold), Action::Create(w.function, w.image)];
            Meaning::seeing(&actions, Expect::Accepted)
        },
    ),
    step("{a} Failed function whose {image} cannot be prepared", "breaks the image, creates it, and waits", |w| {
        let actions =
            [Action::Image(w.image, Change::Fail), Action::Create(w.function, w.image), Action::Await(w.function)];
        Meaning::seeing(&actions, state("Failed"))
    }),
    step("{an} Inactive function running {image}", "creates it, waits, leaves it idle, and waits", |w| {
        let f = w.function;
        let actions = [Action::Create(f, w.image), Action::Await(f), Action::Idle(f), Action::Await(f)];
        Meaning::seeing(&actions, state("Inactive"))
    }),
];

static IMAGES: &[Sentence] = &[
    says(
        "{image} is not ready yet",
        "preparations that use it neither complete nor fail",
        |w| Meaning::doing(&[Action::Image(w.image, Change::Hold)]),
        |action| changed(action, Change::Hold),
    ),
    says(
        "{image} cannot be prepared",
        "preparations that use it fail",
        |w| Meaning::doing(&[Action::Image(w.image, Change::Fail)]),
        |action| changed(action, Change::Fail),
    ),
    step("{image} does not exist", "", |w| Meaning::doing(&[Action::Image(w.image, Change::Remove)])),
    says(
        "{image} is deleted",
        "",
        |w| Meaning::doing(&[Action::Image(w.image, Change::Remove)]),
        |action| changed(action, Change::Remove),
    ),
    says(
        "{image} becomes ready",
        "preparations that use it complete; if it was deleted, it is back",
        |w| Meaning::doing(&[Action::Image(w.image, Change::Ready)]),
        |action| changed(action, Change::Ready),
    ),
    says(
        "the tag of {image} is overwritten",
        "from now on it stands for other code",
        |w| Meaning::doing(&[Action::Image(w.image, Change::Publish)]),
        |action| changed(action, Change::Publish),
    ),
    says(
        "the tag of {image} is put back",
        "it stands again for the code that it first stood for",
        |w| Meaning::doing(&[Action::Image(w.image, Change::Restore)]),
        |action| changed(action, Change::Restore),
    ),
];

static DEEDS: &[Sentence] = &[
    says(
        "{it} is created with {image}",
        "",
        |w| Meaning::doing(&[Action::Create(w.function, w.image)]),
        |action| match action {
            Action::Create(f, i) => Some(Words { function: *f, image: *i, ..Words::default() }),
            _ => None,
        },
    ),
    says(
        "{it} is updated to {image}",
        "",
        |w| Meaning::doing(&[Action::Update(w.function, w.image)]),
        |action| match action {
            Action::Update(f, i) => Some(Words { function: *f, image: *i, ..Words::default() }),
            _ => None,
        },
    ),
    step("{it} is updated to {image}, which is not ready yet", "keeps the image from being ready first", |w| {
        Meaning::doing(&[Action::Image(w.image, Change::Hold), Action::Update(w.function, w.image)])
    }),
    step("{it} is updated to {image}, which cannot be prepared", "breaks the image first", |w| {
        Meaning::doing(&[Action::Image(w.image, Change::Fail), Action::Update(w.function, w.image)])
    }),
    says(
        "{it} is invoked",
        "",
        |w| Meaning::doing(&[Action::Invoke(w.function)]),
        |action| matches!(action, Action::Invoke(_)).then(|| about(action)),
    ),
    says(
        "{it} is looked at",
        "calls GetFunction",
        |w| Meaning::doing(&[Action::Get(w.function)]),
        |action| matches!(action, Action::Get(_)).then(|| about(action)),
    ),
    says(
        "{it} is deleted",
        "",
        |w| Meaning::doing(&[Action::Delete(w.function)]),
        |action| matches!(action, Action::Delete(_)).then(|| about(action)),
    ),
    says(
        "{it} is left idle",
        "says that it has been idle for long enough to be released",
        |w| Meaning::doing(&[Action::Idle(w.function)]),
        |action| matches!(action, Action::Idle(_)).then(|| about(action)),
    ),
    says(
        "{it} has come to rest",
        "looks until nothing is left that must happen by itself",
        |w| Meaning::doing(&[Action::Await(w.function)]),
        |action| matches!(action, Action::Await(_)).then(|| about(action)),
    ),
    says(
        "{it} is watched until it has come to rest",
        "invokes it and looks at it by turns, as fast as it answers",
        |w| Meaning::doing(&[Action::Watch(w.function)]),
        |action| matches!(action, Action::Watch(_)).then(|| about(action)),
    ),
    says(
        "{it} has been left alone for long enough",
        "until everything that must happen by itself must have happened",
        |w| Meaning::doing(&[Action::Settle(w.function)]),
        |action| matches!(action, Action::Settle(_)).then(|| about(action)),
    ),
    says(
        "{number} % of a preparation's time passes",
        "",
        |w| Meaning::doing(&[Action::Pause(w.number)]),
        |action| match action {
            Action::Pause(number) => Some(Words { number: *number, ..Words::default() }),
            _ => None,
        },
    ),
];

static SIGHTS: &[Sentence] = &[
    step("{it} is {states}", "looks once", |w| {
        Meaning::seeing(&[Action::Get(w.function)], Expect::State(w.shown.clone()))
    }),
    step("{it} is still {states} after a while", "looks once after one and a half times a preparation's time", |w| {
        Meaning::seeing(&[Action::Pause(150), Action::Get(w.function)], Expect::State(w.shown.clone()))
    }),
    step("{it} becomes {states}", "looks until nothing is left that must happen by itself", |w| {
        Meaning::seeing(&[Action::Await(w.function)], Expect::State(w.shown.clone()))
    }),
    step(
        "{it} ends up {states}",
        "leaves it alone until everything that must happen must have happened, and looks",
        |w| Meaning::seeing(&[Action::Settle(w.function)], Expect::State(w.shown.clone())),
    ),
    step("{its} last update status is {statuses}", "looks once; `absent` also stands for empty", |w| {
        Meaning::seeing(&[Action::Get(w.function)], Expect::Status(w.shown.clone()))
    }),
    step("{its} last update becomes {statuses}", "looks until nothing is left that must happen by itself", |w| {
        Meaning::seeing(&[Action::Await(w.function)], Expect::Status(w.shown.clone()))
    }),
    step("{its} digest is that of {codes}", "looks once; `image A` is what the tag first stood for", |w| {
        Meaning::seeing(&[Action::Get(w.function)], Expect::Digest(w.codes.clone()))
    }),
    step("an invocation{of} is served", "", |w| {
        Meaning::seeing(&[Action::Invoke(w.function)], Expect::Served(Vec::new()))
    }),
    step("an invocation{of} is served by {codes}", "`image A as overwritten` is what the tag stands for since", |w| {
        Meaning::seeing(&[Action::Invoke(w.function)], Expect::Served(w.codes.clone()))
    }),
    step("an invocation{of} is refused", "", |w| Meaning::seeing(&[Action::Invoke(w.function)], Expect::Refused)),
    step("{number} invocations{of} are served by {codes}", "one after the other", |w| {
        Meaning::seeing(&invocations(w), Expect::Served(w.codes.clone()))
    }),
    step("{number} invocations{of} are refused", "one after the other", |w| {
        Meaning::seeing(&invocations(w), Expect::Refused)
    }),
    step("an update{of} to {image} is accepted", "", |w| {
        Meaning::seeing(&[Action::Update(w.function, w.image)], Expect::Accepted)
    }),
    step("an update{of} to {image} is refused", "", |w| {
        Meaning::seeing(&[Action::Update(w.function, w.image)], Expect::Refused)
    }),
    step("creating {it} again with {image} is refused", "", |w| {
        Meaning::seeing(&[Action::Create(w.function, w.image)], Expect::Refused)
    }),
    step("{it} is not found", "looks once, and is told that there is no such function", |w| {
        Meaning::seeing(&[Action::Get(w.function)], Expect::NotFound)
    }),
    step("an invocation{of} finds no function", "", |w| {
        Meaning::seeing(&[Action::Invoke(w.function)], Expect::NotFound)
    }),
    step("an update{of} finds no function", "an update to image A", |w| {
        Meaning::seeing(&[Action::Update(w.function, w.image)], Expect::NotFound)
    }),
    step("a deletion{of} finds no function", "", |w| Meaning::seeing(&[Action::Delete(w.function)], Expect::NotFound)),
    step("the refusal has a code and a message", "the answer before it", |_| Meaning::seeing(&[], Expect::WellFormed)),
];

fn state(state: &str) -> Expect {
    Expect::State(vec![state.to_owned()])
}

fn invocations(words: &Words) -> Vec<Action> {
    vec![Action::Invoke(words.function); usize::from(words.number)]
}

fn changed(action: &Action, to: Change) -> Option<Words> {
    match action {
        Action::Image(image, change) if *change == to => Some(Words { image: *image, ..Words::default() }),
        _ => None,
    }
}

fn about(action: &Action) -> Words {
    Words { function: action.function().unwrap_or(Words::default().function), ..Words::default() }
}

/// Every sentence with the expression that recognises it.
static COMPILED: LazyLock<Vec<(&'static Sentence, Regex)>> = LazyLock::new(|| {
    let sentences = PARTS.iter().flat_map(|part| part.sentences);
    sentences.map(|sentence| (sentence, template::regex(sentence.template))).collect()
});

/// The expressions of all steps, for those who register them.
pub(super) fn expressions() -> impl Iterator<Item = Regex> {
    COMPILED.iter().map(|(_, regex)| regex.clone()).chain(Regex::new(&format!("^{AT_ONCE}$")).ok())
}

/// What a step says; `None` if it is none of the glossary.
#[must_use]
pub fn meaning(text: &str) -> Option<Meaning> {
    COMPILED.iter().find_map(|(sentence, regex)| {
        let words = template::read(sentence.template, regex, text)?;
        Some((sentence.means)(&words))
    })
}

/// What is done when these are done at once: steps that do a single thing each.
#[must_use]
pub fn at_once(rows: &[String]) -> Option<Meaning> {
    let mut actions = Vec::new();
    for row in rows {
        match meaning(row)? {
            Meaning { steps, expect: None, .. } if steps.len() == 1 => {
                actions.extend(steps.into_iter().flat_map(|s| s.0))
            }
            _ => return None,
        }
    }
    let function = actions.iter().find_map(Action::function)?;
    Some(Meaning { steps: vec![Step(actions)], expect: None, function })
}

/// The step that says an action of a plan.
#[must_use]
pub fn sentence(action: &Action) -> String {
    let said =
        COMPILED.iter().find_map(|(sentence, _)| Some(template::write(sentence.template, &(sentence.says)(action)?)));
    match said {
        Some(said) => said,
        None => unreachable!("every action of plans has its sentence; the tests say each of them"),
    }
}

/// The templates of all steps.
pub fn templates() -> impl Iterator<Item = &'static str> {
    COMPILED.iter().map(|(sentence, _)| sentence.template)
}

/// Whether the step is a sentence of the template.
#[must_use]
pub fn is_said_by(template: &str, step: &str) -> bool {
    COMPILED.iter().any(|(sentence, regex)| sentence.template == template && regex.is_match(step))
}

/// The glossary as text: `features/README.md` behind its mark.
#[must_use]
pub fn text() -> String {
    let mut out = String::new();
    for part in PARTS {
        out.push_str(&format!("## {}\n\n", part.title));
        for Sentence { template, note, .. } in part.sentences {
            let example = template::write(template, &sample());
            let note = if note.is_empty() { String::new() } else { format!(": {note}") };
            out.push_str(&format!("- `{example}`{note}\n"));
        }
        if std::ptr::eq(part.sentences, DEEDS) {
            out.push_str(&format!(
                "- `{AT_ONCE}`: each row of the table below it is a step of this list or of the one above\n"
            ));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Words for examples.
fn sample() -> Words {
    let code = super::meaning::Code { image: Words::default().image, version: crate::driver::case::Version::First };
    Words { codes: vec![code], number: 5, shown: vec!["Failed".to_owned()], ..Words::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{F, I};

    #[test]
    fn a_step_means_one_thing_only() {
        for (sentence, _) in COMPILED.iter() {
            let example = template::write(sentence.template, &sample());
            let meant: Vec<_> = COMPILED.iter().filter(|(_, regex)| regex.is_match(&example)).collect();
            assert_eq!(meant.len(), 1, "{example}");
        }
    }

    #[test]
    fn every_action_of_plans_can_be_said_and_is_understood() {
        let mut actions = vec![Action::Pause(150), Action::Create(F(1), I(2)), Action::Update(F(0), I(9))];
        actions.extend(
            [Action::Get, Action::Invoke, Action::Delete, Action::Idle, Action::Await, Action::Watch, Action::Settle]
                .map(|of| of(F(9))),
        );
        actions.extend(Change::ALL.map(|change| Action::Image(I(3), change)));
        for action in actions {
            let said = sentence(&action);
            assert_eq!(meaning(&said).unwrap().steps, [Step(vec![action])], "{said}");
        }
    }

    #[test]
    fn only_single_deeds_are_done_at_once() {
        let rows = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let burst = at_once(&rows(&["it is invoked", "the second function is deleted"])).unwrap();
        assert_eq!(burst.steps, [Step(vec![Action::Invoke(F(0)), Action::Delete(F(1))])]);
        assert_eq!(at_once(&rows(&["an invocation is served"])), None);
        assert_eq!(at_once(&rows(&["an Active function running image A"])), None);
        assert_eq!(at_once(&[]), None);
    }
}
