//! How many functions there may be at once, since accounts have quotas.
//!
//! A case asks for all the room it needs at once, so that none waits for another that waits for it. It must not know what
//! the functions are for, nor whether they were really removed: whoever made them says so.

use std::num::NonZeroU32;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Room for functions.
#[derive(Debug)]
pub struct Budget(Option<Shared>);

#[derive(Debug)]
struct Shared {
    free: Arc<Semaphore>,
    /// How many there would be if nobody had any.
    left: Arc<watch::Sender<usize>>,
}

/// Room for some functions, which whoever has it may make. It is free again when this is dropped.
#[derive(Debug)]
#[must_use = "what is dropped is free again"]
pub struct Room(Option<(OwnedSemaphorePermit, Arc<watch::Sender<usize>>)>);

impl Budget {
    /// Room for so many functions at once; for any number if none is given.
    #[must_use]
    pub fn of(functions: Option<NonZeroU32>) -> Self {
        Self(functions.map(|functions| {
            let functions = usize::try_from(functions.get()).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
            Shared { free: Arc::new(Semaphore::new(functions)), left: Arc::new(watch::Sender::new(functions)) }
        }))
    }

    /// Room for so many functions, in the order of asking; `None` if there never will be.
    pub async fn room(&self, functions: u8) -> Option<Room> {
        let Some(Shared { free, left }) = &self.0 else { return Some(Room(None)) };
        let mut shrinking = left.subscribe();
        tokio::select! {
            biased;
            _ = shrinking.wait_for(|left| *left < usize::from(functions)) => None,
            permit = Arc::clone(free).acquire_many_owned(functions.into()) => {
                permit.ok().map(|permit| Room(Some((permit, Arc::clone(left)))))
            }
        }
    }
}

impl Room {
    /// So many functions are still there: their room is never free again.
    pub fn lose(&mut self, functions: usize) {
        let Some((permit, left)) = &mut self.0 else { return };
        if let Some(lost) = permit.split(functions) {
            lost.forget();
            left.send_modify(|left| *left -= functions);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn budget(functions: u32) -> Budget {
        Budget::of(NonZeroU32::new(functions))
    }

    #[test]
    fn what_is_free_is_had_at_once_and_what_is_not_is_waited_for() {
        let budget = budget(3);
        let two = budget.room(2).now_or_never().flatten().unwrap();
        let mut waiting = Box::pin(budget.room(2));
        assert!(waiting.as_mut().now_or_never().is_none());
        // Nobody is passed by who asked for less.
        assert!(budget.room(1).now_or_never().is_none());
        drop(two);
        assert!(waiting.as_mut().now_or_never().flatten().is_some());
    }

    #[test]
    fn more_than_there_is_will_never_be_had() {
        assert!(budget(3).room(4).now_or_never().unwrap().is_none());
        assert!(Budget::of(None).room(u8::MAX).now_or_never().unwrap().is_some());
    }

    #[test]
    fn what_could_not_be_removed_takes_its_room_for_ever_and_who_waits_for_it_is_told() {
        let budget = budget(2);
        let mut room = budget.room(2).now_or_never().flatten().unwrap();
        let mut waiting = Box::pin(budget.room(2));
        assert!(waiting.as_mut().now_or_never().is_none());
        room.lose(1);
        drop(room);
        assert!(waiting.as_mut().now_or_never().unwrap().is_none());
        assert!(budget.room(1).now_or_never().unwrap().is_some());
    }
}
