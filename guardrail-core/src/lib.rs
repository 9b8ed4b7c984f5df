//! The core of guardrail: intents, policies, votes, the audit log and the gate.

pub mod audit;
pub mod clock;
pub mod model;
pub mod policy;
pub mod view;
