//! Events as labels of the model, for the two searches that the oracle is compared with.
//!
//! It is written a second time on purpose: a mistake in the oracle's own mapping must not hide in what it is compared
//! with.

use fnconform::history::{Answer, Call, Event, History, Name, Operation};
use fnconform::model::label::{Invoked, Label, Outcome, Seen, SeenStatus};
use fnconform::model::world::{Digest, Image, State, Status, Tag};
use std::collections::HashMap;

/// An operation as the model knows it, and the closed interval in which it takes effect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timed {
    /// What was asked and answered.
    pub(crate) label: Label,
    /// When it was sent.
    pub(crate) start: i64,
    /// When its answer came; if none did, it takes effect at any later time, or never.
    pub(crate) end: Option<i64>,
}

/// The operations of a history of one function.
#[must_use]
pub(crate) fn timed(history: &History) -> Vec<Timed> {
    let (mut images, mut digests) = (HashMap::new(), HashMap::new());
    let mut timed = Vec::new();
    for Operation { event, start, end, .. } in &history.operations {
        if let Some(label) = label(event, &mut images, &mut digests) {
            timed.push(Timed { label, start: *start, end: *end });
        }
    }
    timed
}

type Numbers<'a> = HashMap<&'a str, u32>;

fn number<'a>(numbers: &mut Numbers<'a>, name: &'a Name) -> u32 {
    let fresh = u32::try_from(numbers.len()).unwrap();
    *numbers.entry(name).or_insert(fresh)
}

/// `None` for a look without an answer, which tells nothing.
fn label<'a>(event: &'a Event, images: &mut Numbers<'a>, digests: &mut Numbers<'a>) -> Option<Label> {
    let call = match event {
        Event::Image { image, content } => {
            let digest = content.code.as_ref().map(|code| Digest(number(digests, code)));
            return Some(Label::Image(Image(number(images, image)), Tag::new(digest, content.condition)));
        }
        Event::Idle { .. } => return Some(Label::Idle),
        Event::Settle { .. } => return Some(Label::Settle),
        Event::Call { call, .. } => call,
    };
    Some(match call {
        Call::Create { image, answer } => Label::Create(Image(number(images, image)), outcome(answer)),
        Call::Update { image, answer } => Label::Update(Image(number(images, image)), outcome(answer)),
        Call::Delete { answer } => Label::Delete(outcome(answer)),
        Call::Get { answer: Answer::Unknown } => return None,
        Call::Get { answer: Answer::Refused } => Label::Get(None),
        Call::Get { answer: Answer::Accepted(report) } => Label::Get(Some(Seen {
            state: State::ALL.into_iter().find(|state| state.as_str() == &*report.state),
            status: match report.status.as_deref() {
                None | Some("") => SeenStatus::Known(Status::None),
                Some("InProgress") => SeenStatus::Known(Status::InProgress),
                Some("Successful") => SeenStatus::Known(Status::Successful),
                Some("Failed") => SeenStatus::Known(Status::Failed),
                Some(_) => SeenStatus::Other,
            },
            digest: match &report.digest {
                Some(digest) if !digest.is_empty() => Some(Digest(number(digests, digest))),
                _ => None,
            },
        })),
        Call::Invoke { answer: Answer::Unknown } => Label::Invoke(Invoked::Unknown),
        Call::Invoke { answer: Answer::Refused } => Label::Invoke(Invoked::Refused),
        Call::Invoke { answer: Answer::Accepted(served) } => {
            Label::Invoke(Invoked::Served(served.as_ref().map(|code| Digest(number(digests, code)))))
        }
    })
}

fn outcome(answer: &Answer<()>) -> Outcome {
    match answer {
        Answer::Accepted(()) => Outcome::Accepted,
        Answer::Refused => Outcome::Refused,
        Answer::Unknown => Outcome::Unknown,
    }
}
