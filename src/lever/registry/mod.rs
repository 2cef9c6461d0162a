//! The hosted registry: the suite itself is where an endpoint pulls its images from.
//!
//! ```text
//! Images ── Registry ── shelf    repositories, conditions, what is answered; no I/O
//!               │         ├── route   from paths to what is asked for
//!               │         └── image   a revision as manifest, config and layers
//!               └────── server   the shelf behind HTTP; holds back inside of answers
//! ```
//!
//! An endpoint that pulls over HTTP is thereby driven without a line of test code in it: images are published,
//! overwritten and deleted, and their pulls held back or failed. The reading half of OCI distribution is half a dozen
//! routes over content that is made, not stored, and what is wanted of them (to stall within an answer, to fail one
//! repository and not another) is what a registry that can be embedded does its best to prevent: so they are our own.
//!
//! It must not know what an endpoint should do with what it pulls.

pub mod image;
pub mod route;
mod server;
pub mod shelf;

use super::{Effect, Images, LeverSet, Meanwhile, code};
use crate::driver::RequestTag;
use crate::history::{Content, Name};
use crate::requirement::Lever;
use futures_util::future::{BoxFuture, FutureExt};
pub use image::Architecture;
use shelf::{Binding, Set, Shelf, TAG};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The first part of all repositories.
const NAMESPACE: &str = "fnconform";

/// Why a condition would bind nobody.
const TOO_LATE: &str = "the image was pulled already, or refused to whoever prepares it";

/// A registry that serves until it is stopped or dropped.
pub struct Registry {
    /// Host and port, as endpoints reach it.
    name: String,
    shelf: Arc<Mutex<Shelf>>,
    stop: watch::Sender<bool>,
}

impl Registry {
    /// Starts a registry; port 0 takes a free one. `name` is the host and port under which endpoints reach it, if that is
    /// not the address.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(listen: SocketAddr, name: Option<&str>, architecture: Architecture) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let name =
            name.map_or_else(|| listener.local_addr().map(|address| address.to_string()), |name| Ok(name.into()))?;
        let shelf = Arc::new(Mutex::new(Shelf::new(architecture)?));
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(server::serve(listener, Arc::clone(&shelf), stopped));
        Ok(Self { name, shelf, stop })
    }

    /// Host and port, as endpoints reach it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes no more connections, and breaks off what is held back.
    pub fn stop(&self) {
        self.stop.send_replace(true);
        self.shelf().clear();
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The repository of a reference, if it is one of here.
    fn repository<'a>(&self, reference: &'a str) -> Option<&'a str> {
        let path = reference.strip_prefix(self.name.as_str())?.strip_prefix('/')?;
        path.strip_suffix(TAG)?.strip_suffix(':')
    }
}

impl Images for Registry {
    fn offered(&self) -> LeverSet {
        let levers: &[Lever] = match self.shelf().binding() {
            Binding::All => &[Lever::Publish, Lever::Hold, Lever::Fail, Lever::Delete],
            Binding::NotHeld => &[Lever::Publish, Lever::Delete],
            Binding::Nothing => &[],
        };
        levers.iter().copied().collect()
    }

    /// A repository for each image, in the lower case that repositories are named in.
    fn reference(&self, case: &str, image: &str) -> Name {
        format!("{}/{NAMESPACE}/{}/{}:{TAG}", self.name, case.to_lowercase(), image.to_lowercase()).into()
    }

    fn code(&self, revision: &str) -> Name {
        // An image that could not be made has a digest that nothing has.
        self.shelf().image(revision).map_or_else(|_| revision.into(), |image| image.digest().into())
    }

    /// The program answers with its revision. What stands around it on the way, and a digest in its place, is understood;
    /// all else comes from code that is none of ours.
    fn served(&self, reply: &str) -> Option<Name> {
        let shelf = self.shelf();
        let named = |text: &str| shelf.known(text.trim()).map(|image| Name::from(image.digest()));
        let wrapped = || match serde_json::from_str(reply).ok()? {
            serde_json::Value::String(text) => named(&text),
            body => named(body.get("revision")?.as_str()?),
        };
        Some(named(reply).or_else(wrapped).unwrap_or_else(|| code::cut(reply)))
    }

    /// Some report the digest of another form of the manifest, or that of the config.
    fn reported(&self, digest: &Name) -> Name {
        self.shelf().known(digest).map_or_else(|| digest.clone(), |image| image.digest().into())
    }

    fn set<'a>(
        &'a self,
        image: &'a str,
        content: &'a Content,
        meanwhile: Meanwhile,
        _: &'a RequestTag,
        _: Duration,
    ) -> BoxFuture<'a, Effect> {
        let effect = match self.repository(image).map(|repository| self.shelf().set(repository, content, meanwhile)) {
            Some(Set::Done) => Effect::Done,
            Some(Set::Lingering) => Effect::Lingering,
            Some(Set::TooLate) => Effect::Impossible(TOO_LATE.to_owned()),
            Some(Set::Unknown) => Effect::Refused("there is no image of that digest".to_owned()),
            None => Effect::Refused(format!("{image} is not an image of the registry {}", self.name)),
        };
        std::future::ready(effect).boxed()
    }

    fn seen_prepared(&self, image: &str) {
        if let Some(repository) = self.repository(image) {
            self.shelf().seen_prepared(repository);
        }
    }

    fn was_tried(&self) {
        self.shelf().was_tried();
    }

    fn notes(&self) -> Vec<String> {
        let shelf = self.shelf();
        let asked = shelf.asked();
        let mut notes: Vec<String> = asked
            .clients
            .iter()
            .map(|(client, times)| {
                let client = if client.is_empty() { "a client without a name" } else { client };
                format!("the registry {} was asked {times} times by {client}", self.name)
            })
            .collect();
        match shelf.binding() {
            Binding::All => {}
            Binding::NotHeld => notes.push(
                "the endpoint has functions Active whose images it did not pull before: hold and fail do not bind it and \
                 were not used".to_owned(),
            ),
            Binding::Nothing => notes.push(format!(
                "the endpoint asked the registry for nothing, so no image was published: check that it reaches {}, or \
                 name another HOST:PORT with --registry-name",
                self.name
            )),
        }
        notes
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
    }
}
