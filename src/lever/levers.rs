//! The levers of one run, put together of what there is to pull them with.

use super::{Effect, LeverSet, lever_for};
use crate::driver::RequestTag;
use crate::history::{Content, Name};
use crate::requirement::Lever;
use futures_util::future::BoxFuture;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A way to decide what image references stand for.
pub trait Images: Send + Sync {
    /// Which of publish, hold, fail and delete it can do. Fewer, once it turned out that one does not bind the endpoint.
    fn offered(&self) -> LeverSet;

    /// The reference of an image of a case, both of letters, digits, `-`, `_` and `.`.
    fn reference(&self, case: &str, image: &str) -> Name {
        format!("registry.example.com/fnconform/{case}:{image}").into()
    }

    /// The digest of the program of this revision, which is of letters, digits, `-`, `_` and `.`; what stands for it until
    /// it is published, if it is known only then.
    fn code(&self, revision: &str) -> Name;

    /// The digest of the code that answers with this reply, which is trimmed.
    fn served(&self, reply: &str) -> Option<Name>;

    /// From now on the reference stands for this, whose code [`Self::code`] named; `meanwhile` is for ways that cannot stop
    /// what has begun.
    fn set<'a>(
        &'a self,
        image: &'a str,
        content: &'a Content,
        meanwhile: Meanwhile,
        tag: &'a RequestTag,
        timeout: Duration,
    ) -> BoxFuture<'a, Effect>;

    /// The digest of the code for one that the endpoint reports: an image may have several.
    fn reported(&self, digest: &Name) -> Name {
        digest.clone()
    }

    /// A function of this image, ready when it was deployed and since, was seen Active: a way that can tell how it came to
    /// the image learns what binds the endpoint.
    fn seen_prepared(&self, _image: &str) {}

    /// Functions of images that were ready were created, and it was waited for them.
    fn was_tried(&self) {}

    /// What is worth telling about it at the end, a sentence each.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Whether a preparation of an image may be under way while a lever on it is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meanwhile {
    /// Nothing.
    Nothing,
    /// A function that was deployed with it may be in service: what was told of the image may still be acted on.
    Service,
    /// A preparation of it may be under way, and have all that it needs to succeed or to fail.
    Preparation,
}

/// A way to leave a function idle for long enough.
pub trait Idling: Send + Sync {
    /// Leaves it so; to be over within the time-out, unless it is waiting that does it.
    fn leave<'a>(&'a self, function: &'a str, tag: &'a RequestTag, timeout: Duration) -> BoxFuture<'a, Effect>;

    /// How long a function must be left alone, if nothing else is done to it; it may then become idle whenever it is left
    /// alone, asked for or not.
    fn alone(&self) -> Option<Duration> {
        None
    }
}

/// The levers of a run.
#[derive(Clone, Default)]
pub struct Levers {
    images: Option<Arc<dyn Images>>,
    idling: Option<Arc<dyn Idling>>,
}

impl Levers {
    /// No levers at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The same, with this way to images.
    #[must_use]
    pub fn with_images(self, images: Arc<dyn Images>) -> Self {
        Self { images: Some(images), ..self }
    }

    /// The same, with this way to leave functions idle.
    #[must_use]
    pub fn with_idling(self, idling: Arc<dyn Idling>) -> Self {
        Self { idling: Some(idling), ..self }
    }

    /// The same, and for what it cannot do those others.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self { images: self.images.or(others.images), idling: self.idling.or(others.idling) }
    }

    /// Which levers there are. Those on images begin with publishing one.
    #[must_use]
    pub fn offered(&self) -> LeverSet {
        let mut offered = self.images().map_or(LeverSet::NONE, Images::offered);
        offered.remove(Lever::Idle);
        if self.idling.is_some() {
            offered.insert(Lever::Idle);
        }
        offered
    }

    /// The way to images, if one can be published.
    #[must_use]
    pub fn images(&self) -> Option<&dyn Images> {
        self.images.as_deref().filter(|images| images.offered().contains(Lever::Publish))
    }

    /// Learns from functions that were created of images that were ready: some were seen Active, of these images.
    pub fn learn<'a>(&self, seen_prepared: impl Iterator<Item = &'a str>) {
        let Some(images) = &self.images else { return };
        seen_prepared.for_each(|image| images.seen_prepared(image));
        images.was_tried();
    }

    /// What is worth telling about them, a sentence each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.images.as_ref().map(|images| images.notes()).unwrap_or_default()
    }

    /// The way to leave functions idle.
    #[must_use]
    pub fn idling(&self) -> Option<&dyn Idling> {
        self.idling.as_deref()
    }

    /// After how long a function that is left alone has surely been idle for long enough, where that is what makes it so.
    #[must_use]
    pub fn alone(&self) -> Option<Duration> {
        self.idling()?.alone()
    }

    /// From now on the reference stands for this.
    pub async fn set_image(
        &self,
        image: &str,
        content: &Content,
        meanwhile: Meanwhile,
        tag: &RequestTag,
        timeout: Duration,
    ) -> Effect {
        match self.images() {
            Some(images) if images.offered().contains(lever_for(content)) => {
                images.set(image, content, meanwhile, tag, timeout).await
            }
            _ => Effect::Impossible(format!("the lever {} is not offered", lever_for(content))),
        }
    }

    /// The function is left idle for long enough.
    pub async fn idle(&self, function: &str, tag: &RequestTag, timeout: Duration) -> Effect {
        match self.idling() {
            Some(idling) => idling.leave(function, tag, timeout).await,
            None => Effect::Impossible("the lever idle is not offered".to_owned()),
        }
    }
}

impl fmt::Debug for Levers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Levers({})", self.offered())
    }
}
