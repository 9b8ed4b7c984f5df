//! What Slack delivers, by whatever road: raw bytes that were proven to come from Slack, and the
//! bounded inbox they wait in.

use std::fmt;

use tokio::sync::mpsc;

/// How many deliveries may wait to be read. One that does not fit is not acknowledged, so that
/// Slack delivers it again.
pub(crate) const INBOX: usize = 256;

/// How long a delivery may be, in bytes. A message of the greatest length Slack takes comes back
/// inside each click on it.
pub(crate) const DELIVERY_LIMIT: usize = 1 << 20;

/// Where deliveries are put; always bounded.
pub(crate) type Inbox = mpsc::Sender<Delivery>;

/// One thing Slack told the app. It was acknowledged, and nothing in it was believed yet but that
/// it comes from Slack and is meant for this app.
pub(crate) struct Delivery {
    pub(crate) kind: Kind,
    /// JSON: of an interaction the payload itself, of an event the whole envelope with `event` in it.
    pub(crate) payload: Vec<u8>,
}

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `block_actions`, `view_submission` and other things people did to what they were shown.
    Interaction,
    /// A click by somebody from elsewhere, in a channel that is shared with them: they are told that
    /// it does not count, and that is all.
    Foreign,
    /// `event_callback`: something happened in the workspace.
    Event,
}

/// An inbox and its reader.
pub(crate) fn inbox() -> (Inbox, mpsc::Receiver<Delivery>) {
    mpsc::channel(INBOX)
}

/// Lets a click from elsewhere be answered, where there is room enough for what is for us.
pub(crate) fn pass_on(inbox: &Inbox, payload: Vec<u8>) {
    if inbox.capacity() > inbox.max_capacity() / 2 {
        // One that does not fit is not answered; it was refused anyway.
        drop(inbox.try_send(Delivery { kind: Kind::Foreign, payload }));
    }
}

impl fmt::Debug for Delivery {
    /// Without the payload: people write into it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("kind", &self.kind)
            .field("bytes", &self.payload.len())
            .finish_non_exhaustive()
    }
}
