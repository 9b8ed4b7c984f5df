//! What people see in Slack: messages, modals and lines of the thread, laid out from the facts.
//!
//! Text from agents and people stands in rich text, most of it in code blocks, or in plain text;
//! never in a field with markup. The one field with markup holds a time, made of our digits.
//! Slack's limits are kept by construction: see `measure`.

mod error;
mod fallback;
mod forms;
mod layout;
mod measure;
mod message;
mod pack;
mod pages;
mod part;
mod thread;

pub(crate) use error::Error;
pub(crate) use forms::{approve_word, deny};
pub(crate) use message::{Shape, Sheet};
pub(crate) use pages::{Ask, Pages};
pub(crate) use thread::Note;

use serde_json::Value;

/// A message as it goes to Slack.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    /// What notifications say, and clients without blocks show. It is read as markup, so it holds
    /// our words and neutral names only.
    pub(crate) text: String,
    /// At most 50.
    pub(crate) blocks: Vec<Value>,
}

#[cfg(test)]
mod tests;
