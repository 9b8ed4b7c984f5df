//! Kills: a process with calls in every phase is killed, and what it said it had done is done, once.
//!
//! This program starts itself again as its own child (`child::life`), kills it, or lets it kill
//! itself at a chosen point, and looks at what it left behind.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod child;
mod deed;
mod nest;
mod parent;
mod people;
mod script;
mod site;
