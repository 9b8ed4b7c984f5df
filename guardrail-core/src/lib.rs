//! The core of guardrail: intents, policies, votes, the audit log and the gate.

pub mod approver;
pub mod audit;
pub mod clock;
pub mod desk;
pub mod gate;
pub mod model;
pub mod policy;
pub mod testing;
pub mod view;

#[doc(hidden)]
pub use gate::private as __private;
