//! The terminal approver as a person meets it: at a real pseudo-terminal, its screen read and its
//! keys pressed.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot set itself up should fail"
)]

mod attacks;
mod bench;
mod ends;
mod keyboard;
mod process;
mod pty;
mod robot;
mod suite;
mod votes;
mod window;
