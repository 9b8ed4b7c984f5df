//! A process that writes a log, and whether it is gone.

use std::time::Duration;

/// How often a writer says that it is there.
pub(crate) const BEAT: Duration = Duration::from_secs(10);

/// A writer silent for this long is gone.
pub(crate) const SILENCE: Duration = Duration::from_secs(30);

/// A writer heard of so lately is sure that nobody takes it for gone: less than that, since clocks differ
/// and what it does next takes time.
pub(crate) const SURE: Duration = Duration::from_secs(25);

/// A writer heard of this lately need not say again that it is there.
pub(crate) const FRESH: Duration = Duration::from_secs(15);

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

/// A writer that open requests rest on.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    /// The place of its `Opened`.
    pub(crate) writer: i64,
    /// How it was heard of last; nothing where it has left.
    pub(crate) heard: Option<Heard>,
}

/// How a writer was heard of last.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) of: Writer,
    /// When that was, by the clock of the database.
    pub(crate) beat: i64,
    /// How many microseconds ago.
    pub(crate) silent: i64,
}

impl Holder {
    /// Nothing where it is there. Where it is gone: itself, and its last beat, -1 where it has
    /// left. Whoever acts on that asks whether the beat is still that one.
    pub(crate) fn gone(&self, here: &Writer) -> Option<(i64, i64)> {
        let Some(heard) = &self.heard else { return Some((self.writer, -1)) };
        heard.of.is_gone(heard.silent, here).then_some((self.writer, heard.beat))
    }
}

impl Writer {
    /// This process.
    pub(crate) fn this(writer: i64) -> Self {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        // Where a container counts time differently, starts and ticks cannot be compared.
        let time = std::fs::read_link("/proc/self/ns/time").unwrap_or_default();
        let boot = boot.map(|boot| format!("{} {}", boot.trim(), time.display()));
        let space = std::fs::read_link("/proc/self/ns/pid").ok();
        let pid = std::process::id();
        Self {
            writer,
            boot,
            space: space.map(|space| space.to_string_lossy().into_owned()),
            pid: i64::from(pid),
            start: match sign(i64::from(pid)) {
                Sign::Began(start) => start,
                Sign::Gone | Sign::Unseen => 0,
            },
        }
    }

    /// Whether it is gone, having been silent for so many microseconds. Where it ran on this
    /// machine nobody waits to find that out: a process that is killed says nothing more.
    pub(crate) fn is_gone(&self, silent: i64, here: &Self) -> bool {
        let limit = i64::try_from(SILENCE.as_micros()).unwrap_or(i64::MAX);
        let known = self.boot.is_some() && self.space.is_some() && self.start != 0;
        let is_neighbour = known && self.boot == here.boot && self.space == here.space;
        let is_seen_gone = || match sign(self.pid) {
            Sign::Gone => true,
            Sign::Began(start) => start != self.start,
            Sign::Unseen => false,
        };
        silent >= limit || (is_neighbour && is_seen_gone())
    }
}

/// What this process sees of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// There is none of this number.
    Gone,
    /// There is one, which began then.
    Began(i64),
    /// Nobody here can tell: it is hidden from this process, or files cannot be opened.
    Unseen,
}

/// Whether there is a process of this number, and when it began.
fn sign(pid: i64) -> Sign {
    let read = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    match read.ok().as_deref().and_then(began) {
        Some(sign) => sign,
        // A file that is not there proves nothing: processes of others may be hidden (proc(5)).
        None if is_none(pid) => Sign::Gone,
        None => Sign::Unseen,
    }
}

/// Whether the kernel says that there is no process of this number.
#[cfg(unix)]
fn is_none(pid: i64) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    let asked = pid.map(rustix::process::test_kill_process);
    asked == Some(Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_none(_pid: i64) -> bool {
    false
}

/// What the status of a process says.
fn began(stat: &str) -> Option<Sign> {
    // The name, in brackets, may hold anything; the start is the 20th field behind it (proc(5)).
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_whitespace();
    let state = fields.next()?;
    let threads: i64 = fields.nth(16)?.parse().ok()?;
    let start = fields.nth(1)?.parse().ok()?;
    // One that is dead, but not yet buried by its parent, does nothing more; unless it is only its
    // first thread that has ended.
    let is_dead = matches!(state, "Z" | "X") && threads <= 1;
    Some(if is_dead { Sign::Gone } else { Sign::Began(start) })
}

#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "a test that is wrong should fail")]
mod tests {
    use super::{SILENCE, Sign, Writer, began, is_none, sign};

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

    #[test]
    fn what_cannot_be_seen_is_not_gone() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = i64::from(child.id());
        assert!(!is_none(pid), "it is there, whatever can be read of it");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_none(pid));
        assert_eq!(sign(pid), Sign::Gone);
        assert!(!is_none(0), "nobody is asked about nobody");
        assert_eq!(sign(0), Sign::Unseen);
    }

    #[test]
    fn a_process_is_dead_when_its_last_thread_is() {
        let stat = |state: &str, threads: u32| {
            let between = "0 ".repeat(16);
            format!("7 (a ) name) {state} {between}{threads} 0 4711 0 0")
        };
        assert_eq!(began(&stat("S", 1)), Some(Sign::Began(4711)));
        assert_eq!(began(&stat("Z", 1)), Some(Sign::Gone));
        assert_eq!(began(&stat("Z", 2)), Some(Sign::Began(4711)), "its other threads go on");
        assert_eq!(began("7 (cut) S 1"), None);
    }
}
