//! The log in memory beside the model. It is gone with its process, so nothing crashes here.

use std::sync::Arc;

use guardrail_conformance::machine::{Broken, Runs, Site, run};
use guardrail_conformance::{ManualClock, SeededEntropy};
use guardrail_core::audit::{Error, MemoryLog};

struct Memory(u64);

#[async_trait::async_trait]
impl Site for Memory {
    type Log = MemoryLog;

    async fn open(&mut self, clock: Arc<ManualClock>) -> Result<MemoryLog, Error> {
        Ok(MemoryLog::with_clock(clock, &SeededEntropy::new(self.0)))
    }
}

/// Cheap, and the least that can go wrong: most of all sequences.
#[test]
fn the_log_in_memory_does_what_the_model_says() -> Result<(), Broken> {
    run("MemoryLog", Runs::of(13_200, 40), Memory).map(drop)
}
