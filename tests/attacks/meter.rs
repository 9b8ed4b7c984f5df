//! What the present process has used: the most memory, and processor time.

use std::fs;
use std::time::Duration;

/// What was used since it was made.
pub(crate) struct Meter {
    memory: u64,
    time: Duration,
}

/// The use of one attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    /// Growth of the most memory ever resident, in bytes.
    pub(crate) memory: u64,
    /// Processor time, of all threads, to the hundredth of a second.
    pub(crate) time: Duration,
}

impl Meter {
    /// Begins to measure. The peak of what came before is forgotten where the system lets us.
    pub(crate) fn start() -> Self {
        let _ = fs::write("/proc/self/clear_refs", "5");
        Self { memory: peak(), time: processor() }
    }

    pub(crate) fn used(&self) -> Used {
        Used {
            memory: peak().saturating_sub(self.memory),
            time: processor().saturating_sub(self.time),
        }
    }
}

/// `VmHWM`, in bytes; 0 where the system does not say.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// User and system time, in ticks of 10 ms as Linux reports them to every program.
fn processor() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = behind_name.split_whitespace().skip(11).take(2);
    Duration::from_millis(ticks.filter_map(|tick| tick.parse::<u64>().ok()).sum::<u64>() * 10)
}
