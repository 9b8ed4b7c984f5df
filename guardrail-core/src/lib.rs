//! The core of guardrail.

pub mod model;
pub mod view;
