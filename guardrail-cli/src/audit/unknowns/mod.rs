//! `guardrail audit unknowns`: what was started and has no known outcome, and what people found out.

mod list;
mod resolve;

pub(super) use list::run as list;
pub(super) use resolve::run as resolve;
