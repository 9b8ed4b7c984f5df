//! The terminal itself: opened apart from stdin and stdout, never blocking, always given back.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::getpgrp;
use rustix::termios::{
    OptionalActions, QueueSelector, Termios, isatty, tcflush, tcgetattr, tcgetpgrp, tcgetwinsize,
    tcsetattr,
};

use super::error::TerminalError;
use super::screen;

/// Most bytes that are read at one time. What is more comes with the next.
const READ: usize = 4 * 1024;

/// Least and most columns and rows that are believed; no window is larger.
const SIZE: std::ops::RangeInclusive<u16> = 1..=512;

/// Columns and rows of a terminal that does not know its size.
const UNKNOWN: (u16, u16) = (80, 24);

/// A terminal that shows the prompt and hands over single keys, until it is dropped: then it is
/// as it was before.
///
/// It is read and written without ever blocking. That needs no thread that could stay behind, no
/// I/O driver of the runtime, and works on systems that cannot wait for `/dev/tty`.
#[derive(Debug)]
pub(super) struct Tty {
    file: File,
    /// How it was set before.
    before: Termios,
    /// What it has not taken yet of the last frame.
    unwritten: Vec<u8>,
}

impl Tty {
    /// Whether somebody could be asked there now.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn probe(device: &Path) -> Result<(), TerminalError> {
        open(device).map(drop)
    }

    /// Takes the terminal: the prompt has a screen of its own, keys come one by one and unseen.
    /// What was typed before is thrown away.
    pub(super) fn take(device: &Path) -> Result<Self, TerminalError> {
        let file = open(device)?;
        let before = tcgetattr(&file)?;
        let mut raw = before.clone();
        raw.make_raw();
        // Others who write to this terminal meanwhile keep their line breaks.
        raw.output_modes = before.output_modes;
        // From here on, drop gives it back.
        let tty = Self { file, before, unwritten: screen::enter() };
        tcsetattr(&tty.file, OptionalActions::Now, &raw)?;
        tcflush(&tty.file, QueueSelector::IFlush)?;
        Ok(tty)
    }

    /// Writes a line to the terminal of a process that is not asking there. What it does not take
    /// at once is lost: nobody waits for a terminal that stands still.
    pub(super) fn say(device: &Path, line: &str) -> Result<(), TerminalError> {
        let mut file = open(device)?;
        Ok(file.write_all(&screen::line(line))?)
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> (u16, u16) {
        match tcgetwinsize(&self.file) {
            Ok(size) if SIZE.contains(&size.ws_col) && SIZE.contains(&size.ws_row) => {
                (size.ws_col, size.ws_row)
            }
            _ => UNKNOWN,
        }
    }

    /// What was typed since; empty where nothing was.
    pub(super) fn read(&mut self) -> Result<Vec<u8>, TerminalError> {
        foreground(&self.file)?;
        let mut typed = vec![0; READ];
        loop {
            match self.file.read(&mut typed) {
                Ok(0) => return Err(TerminalError::HungUp),
                Ok(count) => typed.truncate(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => typed.clear(),
                Err(error) => return Err(hung_up(error)),
            }
            return Ok(typed);
        }
    }

    /// Whether everything that was to be shown is shown.
    pub(super) fn is_shown(&self) -> bool {
        self.unwritten.is_empty()
    }

    /// Shows a frame once the one before is shown; says whether this one is.
    pub(super) fn show(&mut self, frame: &[u8]) -> Result<bool, TerminalError> {
        if self.flush()? {
            self.unwritten.extend_from_slice(frame);
        }
        self.flush()
    }

    /// Writes as much as the terminal takes now; says whether that was all.
    pub(super) fn flush(&mut self) -> Result<bool, TerminalError> {
        while !self.unwritten.is_empty() {
            match self.file.write(&self.unwritten) {
                Ok(count) => drop(self.unwritten.drain(..count)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(hung_up(error)),
            }
        }
        Ok(true)
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        // Who is in the background would be stopped for this, and whoever has the terminal now has
        // set it as they like.
        if foreground(&self.file).is_err() {
            return;
        }
        // What of the last frame is unwritten is of no use any more.
        self.unwritten = screen::leave();
        let _left = self.flush();
        // Keys meant for the prompt are not for what comes after it.
        let _flushed = tcflush(&self.file, QueueSelector::IFlush);
        let _set = tcsetattr(&self.file, OptionalActions::Now, &self.before);
    }
}

/// Opens a terminal for reading and writing that never block, if this process may use it now.
fn open(device: &Path) -> Result<File, TerminalError> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file: File = rustix::fs::open(device, flags, Mode::empty())
        .map_err(|error| TerminalError::Absent { device: device.into(), source: error.into() })?
        .into();
    if !isatty(&file) {
        return Err(TerminalError::NotATerminal { device: device.into() });
    }
    foreground(&file)?;
    Ok(file)
}

/// Whoever reads or sets a terminal from its background is stopped by the system, for good.
fn foreground(file: &File) -> Result<(), TerminalError> {
    match tcgetpgrp(file) {
        Ok(front) if front == getpgrp() => Ok(()),
        // Not the terminal of this process's session: it knows no foreground there.
        Err(Errno::NOTTY) => Ok(()),
        // The foreground is empty, or none that this process can see.
        Ok(_) | Err(Errno::OPNOTSUPP) => Err(TerminalError::Background),
        Err(error) => Err(hung_up(error.into())),
    }
}

fn hung_up(error: io::Error) -> TerminalError {
    if Errno::from_io_error(&error) == Some(Errno::IO) {
        TerminalError::HungUp
    } else {
        TerminalError::Io(error)
    }
}
