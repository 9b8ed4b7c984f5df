//! A process that writes a log, and whether it is gone.

use std::time::Duration;

/// How often a writer says that it is there.
pub(crate) const BEAT: Duration = Duration::from_secs(10);

/// A writer silent for this long is gone.
pub(crate) const SILENCE: Duration = Duration::from_secs(30);

/// A process that writes a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Writer {
    /// The place of its `Opened`.
    pub(crate) writer: i64,
    /// The boot of its machine, where it is known.
    pub(crate) boot: Option<String>,
    /// The space its number is from: containers on one machine number theirs each from 1.
    pub(crate) space: Option<String>,
    /// Its number.
    pub(crate) pid: i64,
    /// When it began, in ticks of that boot: numbers are used again.
    pub(crate) start: i64,
}

impl Writer {
    /// This process.
    pub(crate) fn this(writer: i64) -> Self {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        let space = std::fs::read_link("/proc/self/ns/pid").ok();
        let pid = std::process::id();
        Self {
            writer,
            boot: boot.map(|boot| boot.trim().to_owned()),
            space: space.map(|space| space.to_string_lossy().into_owned()),
            pid: i64::from(pid),
            start: began(i64::from(pid)).unwrap_or(0),
        }
    }

    /// Whether it is gone, having been silent for so many microseconds. Where it ran on this
    /// machine nobody waits to find that out: a process that is killed says nothing more.
    pub(crate) fn is_gone(&self, silent: i64, here: &Self) -> bool {
        let limit = i64::try_from(SILENCE.as_micros()).unwrap_or(i64::MAX);
        let known = self.boot.is_some() && self.space.is_some() && self.start != 0;
        let is_neighbour = known && self.boot == here.boot && self.space == here.space;
        silent >= limit || (is_neighbour && began(self.pid) != Some(self.start))
    }
}

/// When the process of this number began; nothing where there is none, or nobody can tell.
fn began(pid: i64) -> Option<i64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold anything; the start is the 20th field behind it (proc(5)).
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_whitespace();
    // One that is dead, but not yet buried by its parent, does nothing more.
    if matches!(fields.next(), Some("Z" | "X") | None) {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{SILENCE, Writer};

    #[test]
    fn a_process_that_is_there_is_gone_after_a_silence_only() {
        let here = Writer::this(1);
        let silence = i64::try_from(SILENCE.as_micros()).unwrap_or(0);
        assert!(!here.is_gone(0, &here));
        assert!(!here.is_gone(silence - 1, &here));
        assert!(here.is_gone(silence, &here));
    }

    #[test]
    fn another_that_has_taken_its_number_is_not_it() {
        let here = Writer::this(1);
        let before = Writer { start: here.start - 1, ..here.clone() };
        assert_eq!(before.is_gone(0, &here), here.space.is_some());
        for elsewhere in [
            Writer { boot: Some("other".to_owned()), ..before.clone() },
            Writer { space: Some("other".to_owned()), ..before.clone() },
            Writer { space: None, ..before },
        ] {
            assert!(!elsewhere.is_gone(0, &here), "nobody here can tell: {elsewhere:?}");
        }
    }
}
