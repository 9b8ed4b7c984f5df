//! A witness over HTTP, both ends.
//!
//! A head goes as `POST`, `text/plain; charset=utf-8`, the signed note as it is (C2SP
//! `tlog-checkpoint`). Any status from 200 to 299 says that it is kept for good; 409 that it
//! contradicts one that is known, whose three lines are the answer; everything else that it was not
//! taken, and may be sent again.

mod client;
mod server;

pub use client::{HttpWitness, HttpWitnessError};
pub use server::witness_router;

/// How notes and heads are sent.
const TEXT: &str = "text/plain; charset=utf-8";

/// Most bytes of a note: room for a checkpoint and the cosignatures of some dozen witnesses.
const NOTE_LIMIT: usize = 256 * 1024;
