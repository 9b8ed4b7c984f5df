//! Several appends judged and sealed in order, to be written in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use guardrail_core::audit::seal::Sealer;
use guardrail_core::audit::{Append, AuditRecord, Error, Standing};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::RequestId;

use crate::log::row::Row;

/// Most bytes of one append's lines.
const APPEND_LIMIT: usize = 16 * 1024 * 1024;

/// A batch of this many bytes takes no further append.
const BATCH_LIMIT: usize = 8 * 1024 * 1024;

/// Appends that are judged and sealed, each behind the ones before it, but not yet written.
#[derive(Debug)]
pub(crate) struct Batch {
    end: Sealer,
    now: Timestamp,
    standings: HashMap<RequestId, Standing>,
    rows: Vec<Row>,
    bytes: usize,
}

impl Batch {
    /// Behind this end of the log, at this time. A stream that is not among these is new.
    pub(crate) fn new(
        end: Sealer,
        now: Timestamp,
        standings: HashMap<RequestId, Standing>,
    ) -> Self {
        Self { end, now, standings, rows: Vec::new(), bytes: 0 }
    }

    /// What is to be written.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The end behind what is to be written, and where the streams then stand.
    pub(crate) fn into_parts(self) -> (Sealer, HashMap<RequestId, Standing>) {
        (self.end, self.standings)
    }

    /// Whether it takes no further append.
    pub(crate) const fn is_full(&self) -> bool {
        self.bytes >= BATCH_LIMIT
    }

    /// Judges and seals one more append. A refused one leaves no trace.
    pub(crate) fn add(&mut self, append: &Append) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let illegal = |why: String| {
            let event = append.events.first().map_or("", |event| event.name()).into();
            Error::Illegal { event, why: why.into() }
        };
        let mut standing = self.standings.get(&append.id).copied().unwrap_or(Standing::NEW);
        standing.judge(append, self.now)?;
        let mut end = self.end;
        let records = end.append(append.id, standing.version(), self.now, &append.events)?;
        let bytes: usize = records.iter().map(|record| record.line().len()).sum();
        if bytes > APPEND_LIMIT {
            return Err(illegal(format!("one append holds at most {APPEND_LIMIT} bytes")));
        }
        let mut rows = Vec::with_capacity(records.len());
        for record in &records {
            let next = standing
                .after(append.id, record.event())
                .ok_or_else(|| illegal(format!("the request is {}", standing.state())))?;
            rows.push(Row::new(record, standing.state(), next.state()));
            standing = next;
        }
        self.rows.append(&mut rows);
        self.bytes = self.bytes.saturating_add(bytes);
        self.end = end;
        self.standings.insert(append.id, standing);
        Ok(records)
    }
}
