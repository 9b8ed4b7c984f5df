//! Approve where the team already talks: a request appears in a Slack channel, says exactly what
//! the agent wants, and a click decides.
//!
//! [`SlackApprover`] is one more way to reach people: give it to the builder of a guardrail. Clicks
//! arrive by Socket Mode, which needs no public address, or over HTTP, through
//! [`SlackApprover::router`]. [`Config`] says where from: the environment, `guardrail.toml`, code.

mod address;
mod approver;
mod audience;
mod blocks;
mod client;
mod config;
mod counts;
mod delivery;
mod error;
mod interaction;
mod jitter;
mod object;
mod router;
mod seen;
mod socket;
mod token;
mod verify;
mod witness;

pub use approver::SlackApprover;
pub use client::{BotTokens, BuildError, StoreError, TokenFile, TokenStore};
pub use config::{Arguments, Config, ConfigError, SlackBuilder};
pub use error::Error;
pub use witness::SlackWitness;

#[doc(hidden)]
pub use interaction::decode_any;
