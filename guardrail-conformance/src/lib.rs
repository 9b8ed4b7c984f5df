//! One test suite per pluggable trait of guardrail, and the doubles to test with.
//!
//! Whoever writes an audit log runs every rule of its contract with a few lines:
//!
//! ```
//! use std::sync::Arc;
//!
//! use guardrail_conformance::audit_log::AuditLogFactory;
//! use guardrail_conformance::{ManualClock, SeededEntropy};
//! use guardrail_core::audit::MemoryLog;
//!
//! struct Memory;
//!
//! #[async_trait::async_trait]
//! impl AuditLogFactory for Memory {
//!     type Log = MemoryLog;
//!
//!     async fn fresh(&self, clock: Arc<ManualClock>) -> MemoryLog {
//!         MemoryLog::with_clock(clock, &SeededEntropy::new(1))
//!     }
//! }
//!
//! guardrail_conformance::audit_log_suite!(Memory);   // one #[test] a rule
//! # fn main() {}
//! ```

pub mod approver;
pub mod audit_log;
mod broken;
mod clock;
pub mod disk;
mod entropy;
pub mod events;
mod faulty;
pub mod machine;
pub mod sidecar;

pub use broken::Broken;
pub use clock::ManualClock;
pub use entropy::SeededEntropy;
pub use faulty::{Call, FaultyLog, Trouble, When};
