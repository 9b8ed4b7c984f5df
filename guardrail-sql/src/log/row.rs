//! A record as a row: its line, and what the rules in the database need to know of it.

use guardrail_core::audit::AuditRecord;
use guardrail_core::model::{AuditEvent, State};

/// A record as a row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) ver: i64,
    pub(crate) event: String,
    pub(crate) was: String,
    pub(crate) became: String,
    pub(crate) digest: Option<String>,
    pub(crate) person: Option<String>,
    pub(crate) time: i64,
    pub(crate) writer: i64,
    pub(crate) prev: String,
    pub(crate) leaf: String,
    pub(crate) line: String,
}

impl Row {
    /// The row of a record that moves its stream from one state to another.
    pub(crate) fn new(record: &AuditRecord, was: State, became: State) -> Self {
        let (digest, person) = match record.event() {
            AuditEvent::Requested(requested) => (Some(requested.intent.digest()), None),
            AuditEvent::Voted(voted) => (Some(voted.digest), Some(voted.person.to_string())),
            AuditEvent::Started { digest, .. } | AuditEvent::Retried { digest, .. } => {
                (Some(*digest), None)
            }
            _ => (None, None),
        };
        Self {
            seq: number(record.sequence().get()),
            id: record.id().to_string(),
            ver: number(record.version().get()),
            event: record.event().name().to_owned(),
            was: was.to_string(),
            became: became.to_string(),
            digest: digest.map(|digest| digest.to_string()),
            person,
            time: record.time().as_micros(),
            writer: number(record.writer().get()),
            prev: record.prev().to_string(),
            leaf: record.leaf().to_string(),
            line: record.line().to_owned(),
        }
    }
}

/// A count as databases hold it. One beyond that would be past the end of every log.
pub(crate) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
