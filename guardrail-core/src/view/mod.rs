//! What reviewers see: hostile text made safe to show, and the one list of facts every channel renders.
//!
//! [`visible`] turns any text into text that hides nothing, [`cut`] shortens it without letting the
//! middle disappear in silence. Both are injective: two different values never look the same.

mod codes;
mod conversation;
mod cut;
mod fact;
mod facts;
mod fit;
mod item;
mod leaves;
mod limits;
mod piece;
mod say;
mod standing;
mod text;
mod visible;
mod warning;
mod words;

pub use conversation::{Entry, conversation};
pub use cut::{Budget, Cut, Measure, characters, columns, cut};
pub use fact::{Fact, FactKind, Run, Trust};
pub use facts::{Facts, facts, open};
pub use limits::Limits;
pub use text::text;
pub use visible::{Style, Visible, visible};
pub use warning::{Warning, WarningKind};

#[cfg(test)]
mod tests;
