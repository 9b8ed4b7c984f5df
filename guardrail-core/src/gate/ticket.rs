//! The two halves of a guarded call: the gate before its body, the ticket behind it.

use std::fmt::Display;
use std::pin::Pin;
use std::sync::Arc;

use crate::gate::attribute::Seal;
use crate::gate::error::Error;
use crate::gate::track::Track;

/// The future that ends in a seal. `Send`, whatever the body is.
pub type Gate = Pin<Box<dyn Future<Output = Seal> + Send>>;

/// The future that makes a preview.
pub type PreviewFuture = Pin<Box<dyn Future<Output = Result<String, String>> + Send>>;

/// Boxes the future of a preview.
pub fn preview_future<E: Display>(
    future: impl Future<Output = Result<String, E>> + Send + 'static,
) -> PreviewFuture {
    Box::pin(async move { future.await.map_err(|error| error.to_string()) })
}

/// The end of a guarded call. Dropped before it is finished, it spawns what puts the legal end on
/// record; nothing rests on that.
#[derive(Debug)]
#[must_use = "a guarded call ends with its ticket"]
pub struct Ticket {
    track: Arc<Track>,
}

impl Ticket {
    pub(crate) fn new(track: Arc<Track>) -> Self {
        Self { track }
    }

    /// Puts the outcome of the body on record. It is stored before the first await: dropped, it is
    /// recorded all the same, as far as that is possible.
    ///
    /// # Errors
    /// When the body has acted and its outcome could not be recorded for 5 seconds.
    #[must_use]
    pub fn finish(self, well: bool) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send>> {
        self.track.end_body(well);
        Box::pin(async move {
            let recorded = self.track.record_outcome().await;
            drop(self);
            recorded
        })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.track.abandon();
    }
}
