//! The folder two processes share: the log, and what the child says of itself beside it.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder of one chain of lives.
#[derive(Clone, Debug)]
pub(crate) struct Nest(PathBuf);

impl Nest {
    pub(crate) fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The folder of the audit log.
    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("log")
    }

    /// Every record an append has returned, `sequence leaf`.
    pub(crate) fn acks(&self) -> Notes {
        Notes(self.0.join("acks"))
    }

    /// The key of every body that has begun, before it does anything else.
    pub(crate) fn bodies(&self) -> Notes {
        Notes(self.0.join("bodies"))
    }

    /// What every call ended with, `key answer`.
    pub(crate) fn answers(&self) -> Notes {
        Notes(self.0.join("answers"))
    }
}

/// A file of lines that only grows. A line that is written outlives the process: what is killed is
/// the process, not the system, so nothing here needs a sync.
#[derive(Clone, Debug)]
pub(crate) struct Notes(PathBuf);

impl Notes {
    /// To write.
    pub(crate) fn open(&self) -> Pen {
        Pen(OpenOptions::new().append(true).create(true).open(&self.0).unwrap())
    }

    /// All whole lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(str::to_owned).collect()
    }
}

/// Writes whole lines, each with one call to the system.
#[derive(Debug)]
pub(crate) struct Pen(File);

impl Pen {
    pub(crate) fn write(&self, line: &str) {
        (&self.0).write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}
