//! The core of guardrail.

pub mod view;
