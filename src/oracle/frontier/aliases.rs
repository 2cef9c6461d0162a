//! Short names for the images and digests of one function.
//!
//! Functions that do the same with other images are in the same worlds but for the names. Under short names, given out in
//! the order in which they are met and given anew once most are of the past, they share what was worked out, and a long
//! life comes by the same worlds over and over.

use crate::model::open;
use crate::model::rename::Rename;
use crate::model::world::{Digest, Image};

/// The short names given out so far: a place in a list is a name. As [`Rename`] it gives short names.
#[derive(Debug, Clone, Default)]
pub(super) struct Aliases {
    images: Vec<Image>,
    digests: Vec<Digest>,
    /// How many digests were in use when names were last given anew.
    live: usize,
}

/// The way back: from short names to full ones.
pub(super) struct Full<'a>(&'a Aliases);

/// So many digests may be of the past before names are given anew.
const PAST: usize = 16;

impl Aliases {
    /// Whether most names are of the past.
    pub(super) fn are_stale(&self) -> bool {
        self.digests.len() > 2 * self.live + PAST
    }

    /// From now on all names given out so far count as in use.
    pub(super) fn settle(&mut self) {
        self.live = self.digests.len();
    }

    /// The way back.
    pub(super) fn full(&self) -> Full<'_> {
        Full(self)
    }
}

impl Rename for Aliases {
    fn image(&mut self, image: Image) -> Image {
        if image == open::UNNAMED { image } else { Image(place(&mut self.images, image)) }
    }

    fn digest(&mut self, digest: Digest) -> Digest {
        // What is no digest needs no name.
        if open::is_nobodys(digest) { digest } else { Digest(place(&mut self.digests, digest)) }
    }
}

impl Rename for Full<'_> {
    fn image(&mut self, image: Image) -> Image {
        self.0.images.get(image.0 as usize).copied().unwrap_or(image)
    }

    fn digest(&mut self, digest: Digest) -> Digest {
        self.0.digests.get(digest.0 as usize).copied().unwrap_or(digest)
    }
}

/// Where it stands in the list, put there if it was not.
fn place<T: PartialEq>(list: &mut Vec<T>, one: T) -> u32 {
    // The latest are the likeliest.
    let place = list.iter().rposition(|known| *known == one).unwrap_or_else(|| {
        list.push(one);
        list.len() - 1
    });
    u32::try_from(place).unwrap_or(u32::MAX)
}
