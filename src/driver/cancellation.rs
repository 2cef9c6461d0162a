//! Telling a run that it shall end: it sends nothing new, removes what it made, and reports what it saw.

use std::sync::Arc;
use tokio::sync::watch;

/// Whether a run shall end; cheap to clone, and all clones are told together.
#[derive(Debug, Clone)]
pub struct Cancellation {
    told: watch::Receiver<bool>,
    /// Kept so that the channel outlives those who could tell.
    sender: Arc<watch::Sender<bool>>,
}

impl Default for Cancellation {
    fn default() -> Self {
        Self::new()
    }
}

impl Cancellation {
    /// Nobody has told it to end.
    #[must_use]
    pub fn new() -> Self {
        let (sender, told) = watch::channel(false);
        Self { told, sender: Arc::new(sender) }
    }

    /// Tells it to end; telling it again changes nothing.
    pub fn cancel(&self) {
        self.sender.send_replace(true);
    }

    /// Whether it was told to.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.told.borrow()
    }

    /// Returns once it is told to; may be dropped at any await.
    pub async fn cancelled(&self) {
        // The sender lives as long as this does, so waiting cannot fail.
        let _ = self.told.clone().wait_for(|told| *told).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_clones_are_told() {
        let cancellation = Cancellation::new();
        let clone = cancellation.clone();
        assert!(!clone.is_cancelled());
        let waiting = tokio::spawn(async move { clone.cancelled().await });
        cancellation.cancel();
        waiting.await.unwrap();
        assert!(cancellation.is_cancelled());
        cancellation.cancelled().await;
    }
}
