//! What stands in the registry, under which conditions, and what is answered: a state without I/O.
//!
//! Each image of a case has a repository of its own, so that a condition binds it alone, whatever it shares with others.
//! A condition binds what is needed to run an image and nobody else has: manifests by digest, the config, the layer with
//! the revision. What a tag stands for is told in any case, because a create or an update may wait for that.
//!
//! What was once copied cannot be held back any more: from the first byte of it that went out freely, a repository can
//! be neither held nor failing. Nor can what was once refused be given after all to whoever is preparing it: that one may
//! be about to fail.

use super::image::{Architecture, Blob, Form, Image, Layer, Share};
use super::route::Route;
use crate::history::{Condition, Content};
use crate::lever::Meanwhile;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use tokio::sync::watch;

/// The tag of every image; revisions overwrite it.
pub const TAG: &str = "latest";

/// So many kinds of clients are told apart.
const CLIENTS: usize = 16;

/// Whether bytes are asked for, or only what is known of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `HEAD`.
    Head,
    /// `GET`.
    Get,
}

/// What is answered.
#[derive(Debug)]
pub enum Answer {
    /// That this is a registry.
    Hello,
    /// These bytes.
    Bytes {
        /// Their media type.
        kind: &'static str,
        /// Them, with their digest.
        blob: Blob,
        /// If they are held back: the condition, to be watched.
        held: Option<watch::Receiver<Condition>>,
    },
    /// The tags of this repository.
    Tags(String, Vec<&'static str>),
    /// A refusal.
    Refused(Refusal),
}

/// A refusal in the form of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The code of the specification.
    pub code: &'static str,
    /// A sentence for people.
    pub message: &'static str,
}

const fn refusal(status: u16, code: &'static str, message: &'static str) -> Refusal {
    Refusal { status, code, message }
}

const NO_NAME: Refusal = refusal(404, "NAME_UNKNOWN", "there is no such repository");
const NO_MANIFEST: Refusal = refusal(404, "MANIFEST_UNKNOWN", "there is no such manifest");
const NO_BLOB: Refusal = refusal(404, "BLOB_UNKNOWN", "there is no such blob");
const NOT_OFFERED: Refusal = refusal(405, "UNSUPPORTED", "only reading is supported here");
const NO_API: Refusal = refusal(404, "UNSUPPORTED", "there is nothing here; the API is below /v2/");

/// How a failing image fails: in one of the ways in which registries do, by its revision.
const FAILURES: [Refusal; 3] = [
    refusal(500, "UNKNOWN", "this image fails on purpose"),
    refusal(401, "UNAUTHORIZED", "this image is denied on purpose"),
    refusal(404, "MANIFEST_UNKNOWN", "this image is broken on purpose"),
];

/// What becomes of a wish for a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// It holds.
    Done,
    /// It holds, but somebody was told otherwise since it did last, and may still act on that.
    Lingering,
    /// The image was copied already, so it would bind nobody.
    TooLate,
    /// There is no image of that digest.
    Unknown,
}

/// What the endpoint was found not to do, and so what does not bind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// Everything binds it, as far as is known.
    All,
    /// It had functions Active whose images it had not copied: holding them back does not bind it.
    NotHeld,
    /// It asked for nothing at all.
    Nothing,
}

struct Repository {
    /// What the tag stands for.
    tagged: Option<Arc<Image>>,
    /// All that can be had by digest.
    here: Vec<Arc<Image>>,
    condition: watch::Sender<Condition>,
    /// Whether anything that is an image's own went out freely.
    copied: bool,
    /// Whether anything of it was refused since nobody was known to prepare it.
    refused: bool,
    /// The images that it had and that somebody was told since are not there, or not to be had.
    denied: BTreeSet<String>,
    /// The digests of all that it ever had.
    had: BTreeSet<String>,
}

/// How much was asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Requests for what a tag stands for.
    pub tags: u64,
    /// Requests for manifests by digest and for blobs.
    pub contents: u64,
    /// All requests, by the client's name for itself.
    pub clients: BTreeMap<String, u64>,
}

/// All that stands in the registry.
pub struct Shelf {
    architecture: Architecture,
    program: Arc<Layer>,
    revisions: BTreeMap<String, Arc<Image>>,
    names: BTreeMap<String, Arc<Image>>,
    repositories: BTreeMap<String, Repository>,
    asked: Asked,
    binding: Binding,
}

impl Shelf {
    /// An empty one, for images of that architecture.
    ///
    /// # Errors
    /// None that can happen in memory.
    pub fn new(architecture: Architecture) -> io::Result<Self> {
        Ok(Self {
            architecture,
            program: Arc::new(Layer::program(architecture)?),
            revisions: BTreeMap::new(),
            names: BTreeMap::new(),
            repositories: BTreeMap::new(),
            asked: Asked::default(),
            binding: Binding::All,
        })
    }

    /// The image of a revision, made if it is asked for the first time.
    ///
    /// # Errors
    /// None that can happen in memory.
    pub fn image(&mut self, revision: &str) -> io::Result<Arc<Image>> {
        if let Some(image) = self.revisions.get(revision) {
            return Ok(Arc::clone(image));
        }
        let image = Arc::new(Image::of(revision, self.architecture, &self.program)?);
        self.revisions.insert(revision.to_owned(), Arc::clone(&image));
        self.names.extend(image.names().map(|name| (name.to_owned(), Arc::clone(&image))));
        Ok(image)
    }

    /// The image that is known by this revision, or by a digest of its manifest or config.
    #[must_use]
    pub fn known(&self, name: &str) -> Option<&Arc<Image>> {
        self.revisions.get(name).or_else(|| self.names.get(name))
    }

    /// Gives a repository this content, while its image may be in use so.
    pub fn set(&mut self, repository: &str, content: &Content, meanwhile: Meanwhile) -> Set {
        if let Some(place) = self.repositories.get_mut(repository) {
            // A preparation that can no longer be kept from succeeding, or from failing.
            let too_late = match content.condition {
                Condition::Missing => place.copied,
                Condition::Ready | Condition::Held => place.refused,
                Condition::Failing => false,
            };
            match meanwhile {
                Meanwhile::Preparation if too_late => return Set::TooLate,
                Meanwhile::Preparation => {}
                Meanwhile::Service | Meanwhile::Nothing => place.refused = false,
            }
        }
        match self.put(repository, content) {
            Set::Lingering if meanwhile == Meanwhile::Nothing => Set::Done,
            set => set,
        }
    }

    fn put(&mut self, repository: &str, content: &Content) -> Set {
        let image = match &content.code {
            None => None,
            Some(code) => match self.names.get(&**code) {
                Some(image) => Some(Arc::clone(image)),
                None => return Set::Unknown,
            },
        };
        let place = self.repositories.entry(repository.to_owned()).or_insert_with(|| Repository {
            tagged: None,
            here: Vec::new(),
            condition: watch::Sender::new(Condition::Missing),
            copied: false,
            refused: false,
            denied: BTreeSet::new(),
            had: BTreeSet::new(),
        });
        match content.condition {
            Condition::Held | Condition::Failing if place.copied => return Set::TooLate,
            // What waits for it goes out now.
            Condition::Ready => place.copied |= place.condition.receiver_count() > 0,
            Condition::Held => {}
            // What waits for it is refused now.
            Condition::Failing => place.refused |= place.condition.receiver_count() > 0,
            // As after a collection of garbage: what no tag needs is gone.
            Condition::Missing => {
                place.refused |= place.condition.receiver_count() > 0;
                place.here.clear();
            }
        }
        if let Some(image) = &image
            && !place.here.iter().any(|other| other.digest() == image.digest())
        {
            place.here.push(Arc::clone(image));
        }
        let denied = image.as_ref().is_some_and(|image| place.denied.remove(image.digest()));
        place.had.extend(image.as_ref().map(|image| image.digest().to_owned()));
        place.tagged = image;
        place.condition.send_replace(content.condition);
        if denied && content.condition == Condition::Ready { Set::Lingering } else { Set::Done }
    }

    /// Whether anything of the repository was copied, which nothing can undo.
    #[must_use]
    pub fn is_copied(&self, repository: &str) -> bool {
        self.repositories.get(repository).is_some_and(|place| place.copied)
    }

    /// A function of an image in this repository, ready all the time, was seen Active.
    pub fn seen_prepared(&mut self, repository: &str) {
        if self.binding == Binding::All && !self.is_copied(repository) {
            self.binding = Binding::NotHeld;
        }
    }

    /// Functions were deployed, and it was waited for them: who has not asked by now never will.
    pub fn was_tried(&mut self) {
        if self.asked.clients.is_empty() {
            self.binding = Binding::Nothing;
        }
    }

    /// What binds the endpoint.
    #[must_use]
    pub const fn binding(&self) -> Binding {
        self.binding
    }

    /// How much was asked for.
    #[must_use]
    pub const fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Takes everything away; what is held back ends.
    pub fn clear(&mut self) {
        self.repositories.clear();
    }

    /// Notes who asks.
    pub fn heard(&mut self, client: &str) {
        let clients = &mut self.asked.clients;
        let known = clients.len() < CLIENTS || clients.contains_key(client);
        *clients.entry(if known { client } else { "others" }.to_owned()).or_default() += 1;
    }

    /// Answers a request; `accept` is what its headers of that name say, joined.
    pub fn answer(&mut self, method: Method, route: &Route<'_>, accept: &str) -> Answer {
        match *route {
            Route::Root => Answer::Hello,
            Route::Nothing => Answer::Refused(NO_API),
            Route::Other => Answer::Refused(NOT_OFFERED),
            Route::Tags { repository } => match self.repositories.get(repository) {
                None => Answer::Refused(NO_NAME),
                Some(place) => Answer::Tags(repository.to_owned(), place.tagged.iter().map(|_| TAG).collect()),
            },
            Route::Manifest { repository, reference } if reference.contains(':') => {
                self.asked.contents += 1;
                let Some(place) = self.repositories.get_mut(repository) else { return Answer::Refused(NO_NAME) };
                place.is_told();
                let found = place.here.iter().find_map(|image| Some((image, image.manifest_of(reference)?)));
                let answer = match found {
                    None => Answer::Refused(NO_MANIFEST),
                    Some((image, (form, blob))) => place.content(method, image, form.media_types()[0], blob),
                };
                place.refused |= matches!(answer, Answer::Refused(_));
                answer
            }
            Route::Manifest { repository, reference } => {
                self.asked.tags += 1;
                let Some(place) = self.repositories.get_mut(repository) else { return Answer::Refused(NO_NAME) };
                place.is_told();
                match &place.tagged {
                    Some(image) if reference == TAG => {
                        let form = form_for(accept);
                        let (kind, blob) = (form.media_types()[0], image.manifest(form).clone());
                        Answer::Bytes { kind, blob, held: None }
                    }
                    _ => {
                        place.refused = true;
                        Answer::Refused(NO_MANIFEST)
                    }
                }
            }
            Route::Blob { repository, digest } => {
                self.asked.contents += 1;
                let Some(place) = self.repositories.get_mut(repository) else { return Answer::Refused(NO_NAME) };
                place.is_told();
                let found = place.here.iter().find_map(|image| Some((image, image.blob(digest)?)));
                let kind = "application/octet-stream";
                match found {
                    None => {
                        place.refused = true;
                        Answer::Refused(NO_BLOB)
                    }
                    Some((_, (Share::Common, blob))) => Answer::Bytes { kind, blob: blob.clone(), held: None },
                    Some((image, (Share::Own, blob))) => {
                        let answer = place.content(method, image, kind, blob);
                        let freely = matches!(answer, Answer::Bytes { held: None, .. });
                        let refused = matches!(answer, Answer::Refused(_));
                        place.copied |= freely && method == Method::Get;
                        place.refused |= refused;
                        answer
                    }
                }
            }
        }
    }
}

impl Repository {
    /// Somebody was told what stands here now: whatever else stood here is not there for that one.
    fn is_told(&mut self) {
        let now = self.tagged.as_ref().map(|image| image.digest());
        let gone = self.had.iter().filter(|digest| now != Some(digest.as_str()));
        self.denied.extend(gone.cloned());
    }

    /// What is an image's own, as the condition has it.
    fn content(&self, method: Method, image: &Image, kind: &'static str, blob: &Blob) -> Answer {
        let held = match *self.condition.borrow() {
            Condition::Failing => {
                let way = image.revision.bytes().map(usize::from).sum::<usize>() % FAILURES.len();
                return Answer::Refused(FAILURES[way]);
            }
            // That something is there may be known.
            Condition::Held if method == Method::Get => Some(self.condition.subscribe()),
            _ => None,
        };
        Answer::Bytes { kind, blob: blob.clone(), held }
    }
}

/// The form of a manifest for a client that accepts this: OCI's, unless it takes Docker's only.
fn form_for(accept: &str) -> Form {
    let takes = |form: Form| accept.contains(form.media_types()[0]);
    if takes(Form::Docker) && !takes(Form::Oci) { Form::Docker } else { Form::Oci }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Name;

    fn shelf() -> (Shelf, Arc<Image>) {
        let mut shelf = Shelf::new(Architecture::Amd64).unwrap();
        let image = shelf.image("r1").unwrap();
        (shelf, image)
    }

    fn content(image: &Image, condition: Condition) -> Content {
        Content { code: Some(Name::from(image.digest())), condition }
    }

    fn get(shelf: &mut Shelf, path: &str) -> Answer {
        shelf.answer(Method::Get, &Route::of(path), "")
    }

    fn config(image: &Image, repository: &str) -> String {
        format!("/v2/{repository}/blobs/{}", image.names().last().unwrap())
    }

    #[test]
    fn a_condition_binds_one_repository_and_not_the_tag() {
        let (mut shelf, image) = shelf();
        shelf.set("x/a", &content(&image, Condition::Held), Meanwhile::Nothing);
        shelf.set("x/b", &content(&image, Condition::Ready), Meanwhile::Nothing);
        let tag = get(&mut shelf, "/v2/x/a/manifests/latest");
        assert!(matches!(tag, Answer::Bytes { held: None, .. }), "{tag:?}");
        assert!(matches!(get(&mut shelf, &config(&image, "x/a")), Answer::Bytes { held: Some(_), .. }));
        assert!(matches!(get(&mut shelf, &config(&image, "x/b")), Answer::Bytes { held: None, .. }));
        assert_eq!((shelf.is_copied("x/a"), shelf.is_copied("x/b")), (false, true));
    }

    #[test]
    fn what_was_copied_is_held_no_more() {
        let (mut shelf, image) = shelf();
        shelf.set("x/a", &content(&image, Condition::Failing), Meanwhile::Nothing);
        assert!(matches!(get(&mut shelf, &config(&image, "x/a")), Answer::Refused(_)));
        assert_eq!(shelf.set("x/a", &content(&image, Condition::Held), Meanwhile::Nothing), Set::Done);
        let waiting = get(&mut shelf, &config(&image, "x/a"));
        assert_eq!(shelf.set("x/a", &content(&image, Condition::Ready), Meanwhile::Nothing), Set::Done);
        assert_eq!(shelf.set("x/a", &content(&image, Condition::Failing), Meanwhile::Nothing), Set::TooLate);
        drop(waiting);
        assert_eq!(shelf.set("x/a", &content(&image, Condition::Held), Meanwhile::Nothing), Set::TooLate);
    }

    #[test]
    fn an_old_digest_stays_until_the_image_is_gone() {
        let (mut shelf, image) = shelf();
        let newer = shelf.image("r2").unwrap();
        let old = format!("/v2/x/a/manifests/{}", image.digest());
        shelf.set("x/a", &content(&image, Condition::Ready), Meanwhile::Nothing);
        shelf.set("x/a", &content(&newer, Condition::Ready), Meanwhile::Nothing);
        assert!(matches!(get(&mut shelf, &old), Answer::Bytes { .. }));
        shelf.set("x/a", &Content::MISSING, Meanwhile::Nothing);
        for path in [&old, "/v2/x/a/manifests/latest", &config(&newer, "x/a")] {
            assert!(matches!(get(&mut shelf, path), Answer::Refused(Refusal { status: 404, .. })), "{path}");
        }
    }

    #[test]
    fn who_takes_only_one_form_gets_it() {
        let (mut shelf, image) = shelf();
        shelf.set("x/a", &content(&image, Condition::Ready), Meanwhile::Nothing);
        let [oci, docker] = [Form::Oci, Form::Docker].map(|form| form.media_types()[0]);
        for (accept, kind) in [("", oci), ("*/*", oci), (docker, docker), (&format!("{docker}, {oci}"), oci)] {
            let answer = shelf.answer(Method::Head, &Route::of("/v2/x/a/manifests/latest"), accept);
            assert!(matches!(answer, Answer::Bytes { kind: given, .. } if given == kind), "{accept}");
        }
    }
}
