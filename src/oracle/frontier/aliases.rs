//! Short names for the images and digests of one function.
//!
//! Functions that do the same with other images are in the same worlds but for the names. Under short names, of which one
//! is given out again once nothing goes by it any more, they share what was worked out, and a long life comes by the same
//! worlds over and over.

use crate::model::label::{Invoked, Label, Seen};
use crate::model::open;
use crate::model::rename::Rename;
use crate::model::world::{Digest, Image};

/// The short names given out: a place in a list is a name. As [`Rename`] it gives short names.
#[derive(Debug, Clone, Default)]
pub(super) struct Aliases {
    images: Vec<Image>,
    /// `None` where a name is free.
    digests: Vec<Option<Digest>>,
}

/// The way back: from short names to full ones.
pub(super) struct Full<'a>(&'a Aliases);

/// The digests that something goes by.
#[derive(Default)]
pub(super) struct Used(Vec<Digest>);

impl Aliases {
    /// Whether all digests of the label have names.
    pub(super) fn know(&self, label: Label) -> bool {
        let spoken_of = match label {
            Label::Get(Some(Seen { digest, .. })) | Label::Invoke(Invoked::Served(digest)) => digest,
            Label::Image(_, tag) => tag.digest,
            _ => None,
        };
        spoken_of.is_none_or(|digest| open::is_nobodys(digest) || self.digests.contains(&Some(digest)))
    }

    /// Only these names are in use; all others may be given out again.
    pub(super) fn keep(&mut self, used: &Used) {
        for (name, digest) in (0..).zip(&mut self.digests) {
            if !used.0.contains(&Digest(name)) {
                *digest = None;
            }
        }
    }

    /// The way back.
    pub(super) fn full(&self) -> Full<'_> {
        Full(self)
    }
}

impl Rename for Aliases {
    fn image(&mut self, image: Image) -> Image {
        if image == open::UNNAMED {
            return image;
        }
        let place = self.images.iter().position(|known| *known == image);
        Image(number(place.unwrap_or_else(|| {
            self.images.push(image);
            self.images.len() - 1
        })))
    }

    fn digest(&mut self, digest: Digest) -> Digest {
        // What is no digest needs no name.
        if open::is_nobodys(digest) {
            return digest;
        }
        let known = self.digests.iter().position(|known| *known == Some(digest));
        Digest(number(known.unwrap_or_else(|| {
            let free = self.digests.iter().position(Option::is_none).unwrap_or_else(|| {
                self.digests.push(None);
                self.digests.len() - 1
            });
            self.digests[free] = Some(digest);
            free
        })))
    }
}

impl Rename for Full<'_> {
    fn image(&mut self, image: Image) -> Image {
        self.0.images.get(image.0 as usize).copied().unwrap_or(image)
    }

    fn digest(&mut self, digest: Digest) -> Digest {
        self.0.digests.get(digest.0 as usize).copied().flatten().unwrap_or(digest)
    }
}

impl Rename for Used {
    fn image(&mut self, image: Image) -> Image {
        image
    }

    fn digest(&mut self, digest: Digest) -> Digest {
        if !open::is_nobodys(digest) && !self.0.contains(&digest) {
            self.0.push(digest);
        }
        digest
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
