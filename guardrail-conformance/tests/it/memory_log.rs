//! The log in memory keeps the contract of an audit log.

use std::sync::Arc;

use guardrail_conformance::audit_log::AuditLogFactory;
use guardrail_conformance::{ManualClock, SeededEntropy};
use guardrail_core::audit::MemoryLog;

struct Memory;

#[async_trait::async_trait]
impl AuditLogFactory for Memory {
    type Log = MemoryLog;

    async fn fresh(&self, clock: Arc<ManualClock>) -> MemoryLog {
        MemoryLog::with_clock(clock, &SeededEntropy::new(1))
    }
}

guardrail_conformance::audit_log_suite!(Memory);
