//! A Slack for tests: the Web API in memory or in front of the `emulate` counterpart, Socket Mode, and people who
//! read messages and click.
//!
//! Every block and view is held against Slack's limits as it comes in, so that no test passes on a message Slack
//! would refuse.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stand on it: what goes wrong here should fail them"
)]

mod account;
mod emulator;
mod hand;
mod limits;
mod methods;
mod payload;
mod person;
mod screen;
mod server;
mod sign;
mod slack;
mod socket;
mod sockets;
mod start;
mod state;

pub use crate::account::Account;
pub use crate::emulator::Emulator;
pub use crate::hand::{Ack, Hand, Road, form, trigger};
pub use crate::limits::complaints;
pub use crate::person::{Deed, Person};
pub use crate::screen::{buttons, read, texts};
pub use crate::sign::sign;
pub use crate::slack::Slack;
pub use crate::state::{Call, Ephemeral, Fault, Message, State, View};
