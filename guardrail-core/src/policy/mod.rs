//! The rules: who may do what, who must agree, and who the people are, read from `guardrail.toml`.
//!
//! A [`PolicySet`] is pure and never changes: an [`Intent`](crate::model::Intent) in, a
//! [`Verdict`](crate::model::Verdict) out. A file with a mistake makes no set at all, so whoever
//! reloads keeps the set they have.

mod directory;
mod error;
mod likely;
mod load;
mod named;
mod person;
mod read;
mod report;
mod section;
mod set;
mod side;

pub use directory::{Directory, Resolution};
pub use error::{Mistake, PolicyError};
pub use load::FILE_LIMIT;
pub use named::{Effect, Policy};
pub use person::{Kind, Person};
pub use section::Section;
pub use set::PolicySet;

#[cfg(test)]
mod tests;
