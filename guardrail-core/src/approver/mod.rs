//! Ways to reach people: the pluggable trait, the handle on a request, and who attends it.
//!
//! # Contract
//! Whoever implements [`Approver`] promises:
//! - never to cast a vote no person gave;
//! - that `review` is safe to drop at any await, and may be called again for the same request
//!   after a restart: [`Review::receipts`] says what this channel already sent;
//! - to stay until the request is settled. Returning while it is pending, with `Ok`, `Err` or a
//!   panic, means: this channel can no longer answer;
//! - to leave at once where the request is over already. That happens after a restart, for a
//!   request that ended while nobody attended it and that this channel once showed somewhere: so
//!   that it can update what still stands there. It happens as well where nobody knew how a body
//!   ended and a person has looked into it, or it begins again: then until it has ended.
//!
//! guardrail promises: one task per approver and request, on the caller's runtime; panics are
//! caught; a decision that comes from elsewhere is heard through [`Review::changed`]; after it an
//! approver has 30 seconds to update what it showed.
//!
//! ```
//! use guardrail_core::approver::{Approver, Error, Review};
//! use guardrail_core::model::{Identity, Seen, Vote};
//!
//! /// Asks whoever holds the office phone.
//! #[derive(Debug)]
//! struct Phone;
//!
//! #[async_trait::async_trait]
//! impl Approver for Phone {
//!     fn channel(&self) -> &str {
//!         "phone"
//!     }
//!
//!     async fn review(&self, review: Review) -> Result<(), Error> {
//!         let nonce = review.show("").await?;
//!         // ... ring, read the facts aloud, hear the answer of someone the phone knows as 0042 ...
//!         let seen = Seen::whole(review.request().intent().digest(), nonce);
//!         let _heard = review.cast(Vote::approve(Identity::new("phone", "0042"), seen)).await?;
//!         Ok(())
//!     }
//! }
//! ```

mod attend;
mod attendant;
mod door;
mod error;
mod review;
#[cfg(all(feature = "terminal", unix))]
mod terminal;

use std::fmt::Debug;

use async_trait::async_trait;

pub(crate) use attend::{attach, attend, tell};
pub(crate) use attendant::Attendant;
pub use door::Door;
pub use error::Error;
pub use review::Review;
pub(crate) use review::channel_name;
#[cfg(all(feature = "terminal", unix))]
pub use terminal::{TerminalApprover, TerminalError};

/// A way to reach people. See the [module](self) for the contract.
#[async_trait]
pub trait Approver: Debug + Send + Sync + 'static {
    /// The name recorded with every vote: `slack`, `terminal`. The same at every call, at most 64
    /// bytes.
    fn channel(&self) -> &str;

    /// Brings one request before people and stays with it until it is settled.
    ///
    /// # Errors
    /// When this channel can no longer answer.
    ///
    /// # Cancel safety
    /// Dropped at any await, when the process ends or 30 seconds after the request is settled.
    async fn review(&self, review: Review) -> Result<(), Error>;

    /// Called once by each guardrail this approver is built into, before any review: with the door
    /// to all its requests, for a channel that hears people by itself, whether a review runs or
    /// not. It must not block; what it starts, it starts on the present runtime.
    fn attach(&self, door: Door) {
        drop(door);
    }
}

const _: Option<&dyn Approver> = None;
