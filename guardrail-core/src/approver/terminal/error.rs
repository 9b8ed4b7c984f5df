//! Why nobody at a terminal can answer, or not any more.

use std::io;
use std::path::PathBuf;

use crate::approver::Error;
use crate::model::VoteRefusal;

/// Why nobody at a terminal can answer, or not any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TerminalError {
    /// It could not be opened: this process has no terminal.
    #[error("there is no terminal to ask at: `{device}`: {source}")]
    Absent {
        /// What was opened.
        device: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is something else.
    #[error("`{device}` is no terminal")]
    NotATerminal {
        /// What was opened.
        device: PathBuf,
    },
    /// Another job has the terminal.
    #[error("this process is in the background of its terminal and cannot ask there")]
    Background,
    /// The window was closed or the line was lost.
    #[error("the terminal hung up")]
    HungUp,
    /// It could not be read, written or set.
    #[error("the terminal failed: {0}")]
    Io(#[from] io::Error),
    /// Whoever sits there pressed Ctrl-C.
    #[error("whoever sits at the terminal left with Ctrl-C")]
    Left,
    /// Whoever sits there cannot vote on this request.
    #[error("the vote of {who} does not count: {why}")]
    NotTheirs {
        /// Whom the terminal proved.
        who: String,
        /// Why not.
        why: VoteRefusal,
    },
}

impl From<rustix::io::Errno> for TerminalError {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Io(error.into())
    }
}

/// The channel's name, recorded with every vote.
pub(super) const CHANNEL: &str = "terminal";

/// The same as approvers say it: this channel can no longer answer.
pub(super) fn channel(error: TerminalError) -> Error {
    Error::channel(CHANNEL, error)
}
