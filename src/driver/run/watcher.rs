//! Who watches a run: what happens in it, and the files that it leaves.

use crate::driver::event::Event;

/// Watches a run as it goes on; both are called in the order in which things happen, and should not take long.
pub trait Watcher: Sync {
    /// Something has happened.
    fn see(&self, event: &Event);

    /// A file of the results is complete; its name is relative to their folder. The event that names it comes later.
    fn keep(&self, file: &str, bytes: &[u8]);
}

/// Nobody.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Watcher for Nobody {
    fn see(&self, _: &Event) {}

    fn keep(&self, _: &str, _: &[u8]) {}
}
