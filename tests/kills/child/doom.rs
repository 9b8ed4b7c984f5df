//! Where the child ends itself, or is stopped: at the n-th of all points it passes, or at one of this name.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::{Signal, getpid, kill_process};

/// Where the child ends itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Doom {
    /// Nowhere: it is killed from outside.
    Never,
    /// At the n-th point, from 1.
    Point(u64),
    /// At the first point of this name.
    Named(String),
    /// At the first point of this name it is stopped, until it is told to go on and its input ends.
    Stopped(String),
}

const STOPPED: &str = "stopped ";

impl Doom {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Never => "never".to_owned(),
            Self::Point(n) => n.to_string(),
            Self::Named(name) => name.clone(),
            Self::Stopped(name) => format!("{STOPPED}{name}"),
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        match (text, text.parse()) {
            ("never", _) => Self::Never,
            (_, Ok(n)) => Self::Point(n),
            (name, Err(_)) => match name.strip_prefix(STOPPED) {
                Some(name) => Self::Stopped(name.to_owned()),
                None => Self::Named(name.to_owned()),
            },
        }
    }
}

/// Counts the points the child passes. Clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    doom: Doom,
    passed: Arc<AtomicU64>,
}

impl Path {
    pub(crate) fn new(doom: Doom) -> Self {
        Self { doom, passed: Arc::default() }
    }

    /// Passes a point; where it is the last, the process ends here.
    pub(crate) fn pass(&self, name: &str) {
        self.pass_or(name, |_| {});
    }

    /// The same; where it is the last, this is still done. It is given the point's number.
    pub(crate) fn pass_or(&self, name: &str, last: impl FnOnce(u64)) {
        let number = self.passed.fetch_add(1, Ordering::SeqCst) + 1;
        let is_last = match &self.doom {
            Doom::Never => false,
            Doom::Point(n) => *n == number,
            Doom::Named(doom) | Doom::Stopped(doom) => doom == name,
        };
        if is_last {
            last(number);
            say(&format!("hit {name}"));
            let stops = matches!(self.doom, Doom::Stopped(_));
            let signal = if stops { Signal::STOP } else { Signal::KILL };
            kill_process(getpid(), signal).unwrap();
            if stops {
                // The signal may be taken by another thread, and this one go on until that one runs.
                std::io::stdin().read_line(&mut String::new()).unwrap();
            }
        }
    }
}

/// Tells the parent.
pub(crate) fn say(line: &str) {
    // One write, so that no kill leaves half of it.
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}
