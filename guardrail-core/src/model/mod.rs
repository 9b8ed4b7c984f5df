//! The words of guardrail as types: what is asked, by whom, and what became of it.

pub mod canonical;
pub mod secret;

pub use self::canonical::Canonical;
pub use self::secret::Secret;
