//! The core of guardrail.
