//! Names as numbers: operations in, labels out.

use crate::history::{Answer, Call, Content, Event, Name, Report};
use crate::model::label::{Invoked, Label, Outcome, Seen, SeenStatus};
use crate::model::open;
use crate::model::world::{Code, Digest, Image, State, Status, Tag};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// The names met so far.
#[derive(Debug, Default, Clone)]
pub(crate) struct Names {
    images: IndexSet<Name, FxBuildHasher>,
    digests: IndexSet<Name, FxBuildHasher>,
}

impl Names {
    pub(crate) fn image(&mut self, name: &Name) -> Image {
        Image(insert(&mut self.images, name))
    }

    pub(crate) fn digest(&mut self, name: &Name) -> Digest {
        Digest(insert(&mut self.digests, name))
    }

    /// The image's name.
    pub(crate) fn image_name(&self, image: Image) -> &str {
        self.images.get_index(image.0 as usize).map_or("?", |name| name)
    }

    /// The digest itself.
    pub(crate) fn digest_name(&self, digest: Digest) -> &str {
        self.digests.get_index(digest.0 as usize).map_or("?", |name| name)
    }

    /// The code, as people call it.
    pub(crate) fn code(&self, code: Code) -> String {
        match code.digest {
            Some(digest) if open::is_unseen(digest) && code.image == open::UNNAMED => {
                "what was deployed before the history began".to_owned()
            }
            Some(digest) if open::is_unseen(digest) => format!("{} (digest not seen yet)", self.image_name(code.image)),
            Some(digest) if code.image == open::UNNAMED => self.digest_name(digest).to_owned(),
            Some(digest) => format!("{}@{}", self.image_name(code.image), self.digest_name(digest)),
            None => format!("{} (no digest yet)", self.image_name(code.image)),
        }
    }

    pub(crate) fn tag(&mut self, content: &Content) -> Tag {
        Tag::new(content.code.as_ref().map(|code| self.digest(code)), content.condition)
    }

    pub(crate) fn seen(&mut self, report: &Report) -> Seen {
        Seen {
            state: State::parse(&report.state),
            status: match report.status.as_deref() {
                None | Some("") => SeenStatus::Known(Status::None),
                Some(word) => Status::parse(word).map_or(SeenStatus::Other, SeenStatus::Known),
            },
            digest: report.digest.as_ref().filter(|digest| !digest.is_empty()).map(|digest| self.digest(digest)),
        }
    }

    /// The label of an event; `None` for a GetFunction without an answer, which tells nothing.
    pub(crate) fn label(&mut self, event: &Event) -> Option<Label> {
        Some(match event {
            Event::Image { image, content } => Label::Image(self.image(image), self.tag(content)),
            Event::Idle { .. } => Label::Idle,
            Event::Settle { .. } => Label::Settle,
            Event::Call { call, .. } => match call {
                Call::Create { image, answer } => Label::Create(self.image(image), outcome(answer)),
                Call::Update { image, answer } => Label::Update(self.image(image), outcome(answer)),
                Call::Delete { answer } => Label::Delete(outcome(answer)),
                Call::Get { answer: Answer::Accepted(report) } => Label::Get(Some(self.seen(report))),
                Call::Get { answer: Answer::Refused } => Label::Get(None),
                Call::Get { answer: Answer::Unknown } => return None,
                Call::Invoke { answer } => Label::Invoke(match answer {
                    Answer::Accepted(served) => Invoked::Served(served.as_ref().map(|digest| self.digest(digest))),
                    Answer::Refused => Invoked::Refused,
                    Answer::Unknown => Invoked::Unknown,
                }),
            },
        })
    }
}

fn outcome(answer: &Answer<()>) -> Outcome {
    match answer {
        Answer::Accepted(()) => Outcome::Accepted,
        Answer::Refused => Outcome::Refused,
        Answer::Unknown => Outcome::Unknown,
    }
}

fn insert(set: &mut IndexSet<Name, FxBuildHasher>, name: &Name) -> u32 {
    let place = set.get_index_of(name).unwrap_or_else(|| set.insert_full(name.clone()).0);
    u32::try_from(place).unwrap_or(u32::MAX)
}
