//! Whoever did something and waits for what became of it: told privately, and never left without a
//! word.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::shared::Shared;
use crate::interaction::Account;

/// Who did something.
#[derive(Debug)]
pub(super) struct Asker<'s> {
    pub(super) shared: &'s Shared,
    pub(super) account: Account,
    /// The channel in which they look; it may be learned later. Without one it is a direct message.
    channel: OnceLock<String>,
    told: AtomicBool,
}

impl<'s> Asker<'s> {
    pub(super) fn new(shared: &'s Shared, account: Account, channel: Option<String>) -> Self {
        let channel = channel.map(OnceLock::from).unwrap_or_default();
        Self { shared, account, channel, told: AtomicBool::new(false) }
    }

    /// They look here, where nothing else is known.
    pub(super) fn looks_at(&self, channel: String) {
        drop(self.channel.set(channel));
    }

    /// Tells this person alone. That they cannot be told changes nothing.
    pub(super) async fn tell(&self, text: &str) {
        let channel = self.channel.get().map(String::as_str);
        self.shared.tell(channel, &self.account.user, text).await;
        self.told.store(true, Ordering::Relaxed);
    }

    /// Tells them unless they were told something before.
    pub(super) async fn tell_at_last(&self, text: &str) {
        if !self.told.load(Ordering::Relaxed) {
            self.tell(text).await;
        }
    }
}
