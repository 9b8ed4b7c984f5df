//! An approver as a guardrail knows it. All requests share it.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use crate::approver::Approver;
use crate::approver::review::channel_name;

/// An approver and the name of its channel.
pub(crate) struct Attendant {
    pub(in crate::approver) approver: Arc<dyn Approver>,
    /// Asked for once: every request records it, and thousands wait at a time.
    pub(in crate::approver) channel: Arc<str>,
}

impl Attendant {
    /// An approver that panics over its name has none.
    pub(crate) fn new(approver: Arc<dyn Approver>) -> Self {
        let name = std::panic::catch_unwind(AssertUnwindSafe(|| channel_name(approver.channel())));
        let channel = name.unwrap_or_else(|_| "unnamed".into());
        Self { approver, channel }
    }
}

impl fmt::Debug for Attendant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.approver.fmt(f)
    }
}
