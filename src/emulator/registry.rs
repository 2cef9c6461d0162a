//! The endpoint as one that pulls its images: what registries are found to hold becomes what happens to images.
//!
//! A tag is resolved when it is deployed, and looked at again all the while it is in use; its image is copied once. For
//! the machine an image is held while it is copied, failing if that failed, and missing when its tag is. It shares no
//! code with the registry of the levers, so that one mistake cannot hide in both.

mod client;
mod reference;

use super::live::Live;
use crate::history::{Condition, Content, Name};
use client::Client;
use futures_util::stream::{self, StreamExt};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex as Turn, watch};

/// How long it is at the least until the tags in use are looked at again.
const INTERVAL: Duration = Duration::from_millis(50);

/// How many tags are looked at side by side.
const AT_ONCE: usize = 4;

/// Where images are pulled from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// The base URL of the one registry that is asked, whatever host a reference names; by default that host, over plain
    /// HTTP.
    pub base: Option<String>,
}

/// What became of the copy of an image.
#[derive(Debug, Clone)]
enum Copied {
    UnderWay,
    Failed,
    /// With the revision that it says it is.
    Done(Option<String>),
}

/// What is known of a reference: the digest of its tag when it was asked for last, and what the machine was told.
#[derive(Debug, Default)]
struct Known {
    digest: Option<Name>,
    told: Option<Content>,
    /// How many copies of what it stood for are under way: whatever its tag is now, those are waited for.
    copying: usize,
}

/// The part of the endpoint that pulls.
pub(super) struct Puller {
    source: Source,
    client: Client,
    live: Arc<Live>,
    /// A reference is asked for by one at a time: who asked later knows better.
    references: Mutex<BTreeMap<Name, Arc<Turn<Known>>>>,
    /// By digest.
    copies: Mutex<BTreeMap<Name, Copied>>,
    /// Ends when the endpoint does.
    end: watch::Receiver<()>,
}

impl Puller {
    pub(super) fn new(source: Source, live: Arc<Live>, end: watch::Receiver<()>) -> Self {
        let (references, copies) = <(Mutex<_>, Mutex<_>)>::default();
        Self { source, client: Client::new(), live, references, copies, end }
    }

    /// An image is deployed now: finds out what its tag stands for, and begins to copy that.
    pub(super) async fn deploy(self: &Arc<Self>, image: &Name) {
        let reference = self.reference(image);
        let mut known = reference.lock().await;
        self.look(image, &mut known).await;
        if let Some(digest) = known.digest.clone() {
            let begun = matches!(self.copies().get(&digest), Some(Copied::UnderWay | Copied::Done(_)));
            if !begun {
                self.copies().insert(digest.clone(), Copied::UnderWay);
                known.copying += 1;
                self.spawn(image.clone(), digest);
            }
        }
        self.tell(image, &mut known);
    }

    /// Looks at all tags in use, again and again, until the endpoint ends.
    pub(super) async fn watch(self: Arc<Self>) {
        let looking = async {
            loop {
                let since = Instant::now();
                let images = self.live.images();
                stream::iter(&images).for_each_concurrent(AT_ONCE, |image| self.look_again(image)).await;
                // Many tags on a busy machine are looked at less often, so that time is left for what is asked here.
                tokio::time::sleep(since.elapsed().max(INTERVAL)).await;
            }
        };
        self.until_the_end(looking).await;
    }

    /// What the code of that digest answers with: its revision, or the digest if it says none.
    pub(super) fn reply(&self, digest: &[u8]) -> Vec<u8> {
        let copies = self.copies();
        let copied = std::str::from_utf8(digest).ok().and_then(|digest| copies.get(digest));
        match copied {
            Some(Copied::Done(Some(revision))) => revision.clone().into_bytes(),
            _ => digest.to_vec(),
        }
    }

    /// Looks at a tag that is in use already.
    pub(super) async fn look_again(&self, image: &Name) {
        let reference = self.reference(image);
        let mut known = reference.lock().await;
        self.look(image, &mut known).await;
        self.tell(image, &mut known);
    }

    /// Asks what the tag stands for. A registry that does not say has not changed it.
    async fn look(&self, image: &Name, known: &mut Known) {
        let Some(place) = reference::place(image, self.source.base.as_deref()) else { return };
        if let Ok(digest) = self.client.resolve(&place).await {
            known.digest = digest.map(Name::from);
        }
    }

    /// Tells the machine what the reference stands for, if that is new to it.
    fn tell(&self, image: &Name, known: &mut Known) {
        let is_copying = known.copying > 0;
        let condition = |digest: &Name| match self.copies().get(digest) {
            _ if is_copying => Condition::Held,
            Some(Copied::UnderWay) => Condition::Held,
            Some(Copied::Failed) => Condition::Failing,
            Some(Copied::Done(_)) | None => Condition::Ready,
        };
        let content = match &known.digest {
            Some(digest) => Content { code: Some(digest.clone()), condition: condition(digest) },
            None => Content::MISSING,
        };
        if known.told.as_ref() != Some(&content) {
            self.live.image(image.clone(), content.clone());
            known.told = Some(content);
        }
    }

    /// Copies an image, and tells what came of it.
    fn spawn(self: &Arc<Self>, image: Name, digest: Name) {
        let puller = Arc::clone(self);
        tokio::spawn(async move {
            let Some(place) = reference::place(&image, puller.source.base.as_deref()) else { return };
            let pulling = puller.client.pull(&place, &digest);
            let Some(pulled) = puller.until_the_end(pulling).await else { return };
            let copied = pulled.map_or(Copied::Failed, Copied::Done);
            let reference = puller.reference(&image);
            let mut known = reference.lock().await;
            puller.copies().insert(digest, copied);
            known.copying -= 1;
            puller.tell(&image, &mut known);
        });
    }

    async fn until_the_end<T>(&self, doing: impl Future<Output = T>) -> Option<T> {
        let mut end = self.end.clone();
        tokio::select! {
            done = doing => Some(done),
            _ = end.changed() => None,
        }
    }

    fn reference(&self, image: &Name) -> Arc<Turn<Known>> {
        let mut references = self.references.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(references.entry(image.clone()).or_default())
    }

    fn copies(&self) -> MutexGuard<'_, BTreeMap<Name, Copied>> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
