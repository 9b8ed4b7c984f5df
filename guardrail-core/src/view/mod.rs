//! What reviewers see: hostile text made safe to show, and the one list of facts every channel renders.
//!
//! [`visible`] turns any text into text that hides nothing, [`cut`] shortens it without letting the
//! middle disappear in silence; two different values never look the same. [`facts`] lists what is
//! shown of a request, in order and within the [`Limits`] of a channel; [`open`] lists all of it.
//! A channel lays facts out and adds nothing. [`text`] does that for terminals and logs, and
//! [`conversation`] tells a stretch of the audit log; [`within`] breaks its lines for a terminal.

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
mod style;
mod text;
mod visible;
mod warning;
mod within;
mod words;

pub use conversation::{Conversation, Entry, conversation};
pub use cut::{Budget, Cut, Measure, characters, columns, cut};
pub use fact::{Fact, FactKind, Run, Trust};
pub use facts::{Facts, facts, open};
pub use limits::Limits;
pub use style::Style;
pub use text::text;
pub use visible::{Visible, visible};
pub use warning::{Warning, WarningKind};
pub use within::within;

#[cfg(test)]
mod tests;
