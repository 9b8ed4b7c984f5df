//! Approve where the team already talks: a request appears in a Slack channel, says exactly what
//! the agent wants, and a click decides.
#![expect(dead_code, unused_imports, reason = "the approver that uses these parts is being built")]

mod address;
mod audience;
mod blocks;
mod client;
mod config;
mod counts;
mod delivery;
mod error;
mod interaction;
mod jitter;
mod router;
mod seen;
mod socket;
mod token;
mod verify;

pub use client::{BotTokens, BuildError, StoreError, TokenFile, TokenStore};
pub use config::{Arguments, Config, ConfigError, SlackBuilder};
pub use error::Error;

#[doc(hidden)]
pub use interaction::decode_any;
