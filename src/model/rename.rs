//! The same under other names: the automaton only asks whether two of them are the same.

use super::label::{Invoked, Label, Seen};
use super::world::{Code, Digest, Function, Image, Tag, World};

/// Other names for images and digests. Different ones must stay different.
pub trait Rename {
    /// The image's other name.
    fn image(&mut self, image: Image) -> Image;
    /// The digest's other name.
    fn digest(&mut self, digest: Digest) -> Digest;

    /// A code under other names.
    fn code(&mut self, code: Code) -> Code {
        let image = self.image(code.image);
        Code { image, digest: code.digest.map(|digest| self.digest(digest)) }
    }

    /// A tag under other names.
    fn tag(&mut self, tag: Tag) -> Tag {
        Tag { digest: tag.digest.map(|digest| self.digest(digest)), ..tag }
    }

    /// A world under other names.
    fn world(&mut self, world: &World) -> World {
        let function = world.function.as_ref().map(|function| self.function(function));
        let mut images: Vec<_> = world.images.iter().map(|(image, tag)| (self.image(*image), self.tag(*tag))).collect();
        images.sort_unstable();
        World { function, images }
    }

    /// A function under other names.
    fn function(&mut self, function: &Function) -> Function {
        let current = function.current.map(|code| self.code(code));
        let next = function.next.map(|code| self.code(code));
        let latest = self.code(function.latest);
        let mut older: Vec<_> = function.older.iter().map(|code| self.code(*code)).collect();
        older.sort_unstable();
        Function { current, next, latest, older, ..*function }
    }

    /// A label under other names.
    fn label(&mut self, label: Label) -> Label {
        match label {
            Label::Create(image, outcome) => Label::Create(self.image(image), outcome),
            Label::Update(image, outcome) => Label::Update(self.image(image), outcome),
            Label::Get(Some(Seen { digest: Some(digest), state, status })) => {
                Label::Get(Some(Seen { digest: Some(self.digest(digest)), state, status }))
            }
            Label::Invoke(Invoked::Served(Some(digest))) => Label::Invoke(Invoked::Served(Some(self.digest(digest)))),
            Label::Image(image, tag) => {
                let image = self.image(image);
                Label::Image(image, self.tag(tag))
            }
            Label::Delete(_) | Label::Get(_) | Label::Invoke(_) | Label::Idle | Label::Settle => label,
        }
    }
}
