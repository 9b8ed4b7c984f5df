//! An audit log beside a model of its contract: random operations, crashes and faults, from a seed.
//!
//! The model is a machine without storage: it knows what every stream holds, by the one table of
//! legal arrows, and what a log must answer. [`run`] makes up sequences of operations (appends
//! alone, at once, and dropped half-way; reads of every kind; restarts; crashes, with appends under
//! way and with recoveries that fail), does each to a log and to the model, and holds the two
//! against each other behind every step. What fails is made shorter while it still fails, and told
//! with its seed: `GUARDRAIL_SEED=SEED GUARDRAIL_SEQUENCES=1` does it again.
//!
//! ```
//! use std::sync::Arc;
//!
//! use guardrail_conformance::machine::{Runs, Site, run};
//! use guardrail_conformance::{ManualClock, SeededEntropy};
//! use guardrail_core::audit::{Error, MemoryLog};
//!
//! struct Memory(u64);
//!
//! #[async_trait::async_trait]
//! impl Site for Memory {
//!     type Log = MemoryLog;
//!
//!     async fn open(&mut self, clock: Arc<ManualClock>) -> Result<MemoryLog, Error> {
//!         Ok(MemoryLog::with_clock(clock, &SeededEntropy::new(self.0)))
//!     }
//! }
//!
//! # fn main() -> Result<(), guardrail_conformance::machine::Broken> {
//! let summary = run("the log in memory", Runs::of(20, 20), Memory)?;
//! assert_eq!(summary.sequences, 20);
//! # Ok(())
//! # }
//! ```

mod account;
mod counts;
mod drive;
mod look;
mod model;
mod operation;
mod runs;
mod sample;
mod together;

use std::sync::Arc;

use async_trait::async_trait;
use guardrail_core::audit::{AuditLog, Error};

pub use crate::broken::Broken;
use crate::clock::ManualClock;
pub use runs::{Runs, Summary, run};

/// What one log stands on: it outlives the log.
#[async_trait]
pub trait Site: Send {
    /// The kind of log.
    type Log: AuditLog;

    /// Opens the log on this clock: the first time a new one, which holds no request.
    ///
    /// # Errors
    /// As opening one has; only where a mishap was planned.
    async fn open(&mut self, clock: Arc<ManualClock>) -> Result<Self::Log, Error>;

    /// Whether a log opened again is the same log. One that is gone with its process is neither
    /// closed nor killed.
    fn is_durable(&self) -> bool {
        false
    }

    /// Closes the log in an orderly way.
    async fn close(&mut self, log: Self::Log) {
        drop(log);
    }

    /// Ends the log as the death of its process does, or of its machine, where this log outlives
    /// that too. Appends may be under way.
    async fn crash(&mut self, log: Self::Log, loss: Loss) {
        let _ = loss;
        drop(log);
    }

    /// Plans a mishap at the `nth` operation of the storage from now on, counted from 1, be it of
    /// an open log or of one that is opened next; `false` where none can be.
    fn plan(&mut self, nth: usize, mishap: Mishap) -> bool {
        let _ = (nth, mishap);
        false
    }

    /// What was planned and has not happened does not.
    fn heal(&mut self) {}

    /// Whether the open log takes nothing more after a mishap, though it does not say so.
    fn is_dead(&self) -> bool {
        false
    }
}

/// What a crash takes away of what was written and not made durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Nothing: the process died, and the machine goes on.
    Nothing,
    /// All of it but so many bytes of each file.
    Behind(usize),
    /// All of it.
    All,
}

/// What goes wrong with one operation of the storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It fails and does nothing.
    Error,
    /// There is no room.
    Full,
    /// So many bytes are written, and then there is no room.
    Short(usize),
    /// The thread that does it panics.
    Panic,
}
