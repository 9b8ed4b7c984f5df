//! One append: what is written, on which condition, and what came of it.

use std::sync::Arc;

use crate::audit::record::AuditRecord;
use crate::clock::Timestamp;
use crate::model::{AuditEvent, RequestId, Version};

/// A compare-and-set on one stream.
#[derive(Clone, Debug)]
pub struct Append {
    /// The stream: a request, or [`RequestId::LOG`].
    pub id: RequestId,
    /// How many events the stream must hold.
    pub expected: Version,
    /// What is added, in order. At least one.
    pub events: Vec<AuditEvent>,
    /// The log's clock must not have reached this time at commit.
    pub before: Option<Timestamp>,
}

impl Append {
    /// An append without a deadline.
    #[must_use]
    pub fn new(id: RequestId, expected: Version, events: Vec<AuditEvent>) -> Self {
        Self { id, expected, events, before: None }
    }

    /// The same, refused as late from `deadline` on.
    #[must_use]
    pub fn before(mut self, deadline: Timestamp) -> Self {
        self.before = Some(deadline);
        self
    }
}

/// An append that happened and is durable.
#[derive(Clone, Debug)]
pub struct Appended {
    /// What was written, sealed, in order.
    pub records: Vec<Arc<AuditRecord>>,
}
