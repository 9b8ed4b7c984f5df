//! Reads a file line by line, with bounded memory.

use std::io;

use crate::audit::file::storage::{Storage, read_full};
use crate::audit::line::LINE_LIMIT;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// The lines of a file between two offsets.
#[derive(Debug)]
pub(super) struct Lines<'s> {
    storage: &'s dyn Storage,
    end: u64,
    /// Where in the file the buffer begins.
    base: u64,
    buffer: Vec<u8>,
    /// Where in the buffer the next line begins.
    start: usize,
}

/// What comes next in a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'b> {
    /// A line, without its line feed.
    Line { offset: u64, bytes: &'b [u8] },
    /// More bytes than any line has, and a line feed behind them.
    TooLong { offset: u64 },
    /// Bytes behind the last line feed.
    Rest { offset: u64 },
}

impl<'s> Lines<'s> {
    pub(super) fn new(storage: &'s dyn Storage, from: u64, end: u64) -> Self {
        Self { storage, end, base: from, buffer: Vec::new(), start: 0 }
    }

    /// The next piece; `None` at the end. After anything but a line there is nothing more to ask.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece<'_>>> {
        let mut searched = 0;
        loop {
            let unread = self.buffer.get(self.start..).unwrap_or_default();
            let found = unread.iter().skip(searched).position(|byte| *byte == b'\n');
            if let Some(length) = found.map(|at| at.saturating_add(searched)) {
                let offset = self.base.saturating_add(self.start as u64);
                let from = self.start;
                self.start = from.saturating_add(length).saturating_add(1);
                if length > LINE_LIMIT {
                    return Ok(Some(Piece::TooLong { offset }));
                }
                let bytes = self.buffer.get(from..from.saturating_add(length)).unwrap_or_default();
                return Ok(Some(Piece::Line { offset, bytes }));
            }
            searched = unread.len();
            if searched > LINE_LIMIT {
                let offset = self.base.saturating_add(self.start as u64);
                let ends = self.skip()?;
                return Ok(Some(if ends {
                    Piece::TooLong { offset }
                } else {
                    Piece::Rest { offset }
                }));
            }
            if !self.fill()? {
                let offset = self.base.saturating_add(self.start as u64);
                return Ok((searched > 0).then_some(Piece::Rest { offset }));
            }
        }
    }

    /// Drops what was given out and reads on; whether there was more.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.start.min(self.buffer.len()));
        self.base = self.base.saturating_add(self.start as u64);
        self.start = 0;
        let held = self.buffer.len();
        let left = self.end.saturating_sub(self.base.saturating_add(held as u64));
        let want = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
        self.buffer.resize(held.saturating_add(want), 0);
        let target = self.buffer.get_mut(held..).unwrap_or_default();
        let read = read_full(self.storage, target, self.base.saturating_add(held as u64))?;
        self.buffer.truncate(held.saturating_add(read));
        Ok(read > 0)
    }

    /// Looks for a line feed without keeping what is before it.
    fn skip(&mut self) -> io::Result<bool> {
        loop {
            self.start = self.buffer.len();
            if !self.fill()? {
                return Ok(false);
            }
            if self.buffer.contains(&b'\n') {
                return Ok(true);
            }
        }
    }
}
