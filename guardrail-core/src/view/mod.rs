//! What reviewers see: hostile text made safe to show, and the one list of facts every channel renders.
//!
//! [`visible`] turns any text into text that hides nothing, [`cut`] shortens it without letting the
//! middle disappear in silence. Both are injective: two different values never look the same.

mod codes;
mod cut;
mod piece;
mod visible;
mod warning;
mod words;

pub use cut::{Budget, Cut, Measure, characters, columns, cut};
pub use visible::{Style, Visible, visible};
pub use warning::{Warning, WarningKind};

#[cfg(test)]
mod tests;
