//! A terminal to test at: a pseudo-terminal, its screen, and hands at its keyboard.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};
use vt100::{Parser, Screen};

/// No screen takes as long as this to appear, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the one who watches the screen waits before looking whether there still is one.
const GLANCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// A pseudo-terminal with somebody in front of it.
pub(crate) struct Pty {
    master: Arc<File>,
    /// Held, so that the terminal stays when nobody else has it open.
    line: File,
    device: PathBuf,
    shown: Arc<Shown>,
}

struct Shown {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    parser: Parser,
    raw: Vec<u8>,
}

fn size(length: u16) -> NonZeroU16 {
    NonZeroU16::new(length).unwrap()
}

impl Pty {
    /// A window of 24 rows of 80 columns.
    pub(crate) fn new() -> Self {
        Self::sized(80, 24)
    }

    pub(crate) fn sized(columns: u16, rows: u16) -> Self {
        let master =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let device = PathBuf::from(ptsname(&master, Vec::new()).unwrap().into_string().unwrap());
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let line = File::from(rustix::fs::open(&device, flags, Mode::empty()).unwrap());
        let parser = Parser::new(size(rows), size(columns), 0);
        let state = Mutex::new(State { parser, raw: Vec::new() });
        let shown = Arc::new(Shown { state, changed: Condvar::new() });
        let pty = Self { master: Arc::new(File::from(master)), line, device, shown };
        pty.set_winsize(columns, rows);
        pty.watch();
        pty
    }

    pub(crate) fn device(&self) -> &Path {
        &self.device
    }

    /// Makes the window larger or smaller.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.state().parser.screen_mut().set_size(size(rows), size(columns));
        self.set_winsize(columns, rows);
    }

    /// Presses keys, all at once.
    pub(crate) fn press(&self, keys: &str) {
        (&*self.master).write_all(keys.as_bytes()).unwrap();
    }

    /// Presses one key after the other; the line below shows each before the next.
    pub(crate) fn type_slowly(&self, text: &str) {
        let mut typed = String::from("> ");
        for key in text.chars() {
            typed.push(key);
            self.press(&key.to_string());
            self.until(&typed, |screen| screen.contents().contains(&typed));
        }
    }

    /// Waits until this stands on the screen; returns the screen.
    pub(crate) fn until_shows(&self, text: &str) -> String {
        self.until(text, |screen| screen.contents().contains(text))
    }

    /// Waits until this no longer stands on the screen; returns the screen.
    pub(crate) fn until_hides(&self, text: &str) -> String {
        self.until(text, |screen| !screen.contents().contains(text))
    }

    /// Waits for a screen like this; returns it.
    pub(crate) fn until(&self, what: &str, mut is: impl FnMut(&Screen) -> bool) -> String {
        let start = Instant::now();
        let mut state = self.state();
        while !is(state.parser.screen()) {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let shown = state.parser.screen().contents();
            assert!(!left.is_zero(), "waited in vain for `{what}`; the screen:\n{shown}");
            let waited = self.shown.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.parser.screen().contents()
    }

    /// The screen once more was written to it than `seen`; nothing if that takes a while.
    pub(crate) fn next(&self, seen: &mut usize) -> Option<String> {
        let state = self.state();
        let (state, _) = self
            .shown
            .changed
            .wait_timeout_while(state, Duration::from_millis(50), |state| state.raw.len() == *seen)
            .unwrap_or_else(PoisonError::into_inner);
        let new = std::mem::replace(seen, state.raw.len()) != state.raw.len();
        new.then(|| state.parser.screen().contents())
    }

    /// What stands on the screen now.
    pub(crate) fn screen(&self) -> String {
        self.state().parser.screen().contents()
    }

    /// Every byte that was written so far.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.state().raw.clone()
    }

    /// Closes the window.
    pub(crate) fn close(self) {}

    /// How the terminal is set.
    pub(crate) fn modes(&self) -> Termios {
        tcgetattr(&self.line).unwrap()
    }

    /// Whether a prompt has the terminal: a screen of its own, keys one by one.
    pub(crate) fn is_taken(&self) -> bool {
        use rustix::termios::LocalModes;
        let raw = !self.modes().local_modes.intersects(LocalModes::ICANON | LocalModes::ECHO);
        let state = self.state();
        let screen = state.parser.screen();
        raw || screen.alternate_screen() || screen.bracketed_paste() || screen.hide_cursor()
    }

    fn set_winsize(&self, columns: u16, rows: u16) {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.line, size).unwrap();
    }

    /// Keeps the screen up to date until the terminal is gone.
    fn watch(&self) {
        let shown = Arc::clone(&self.shown);
        let master = Arc::downgrade(&self.master);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The window is closed when nobody holds it any more, so it is not held while waiting.
            while let Some(master) = master.upgrade() {
                let mut ready = [PollFd::new(&*master, PollFlags::IN)];
                if poll(&mut ready, Some(&GLANCE)) == Ok(0) {
                    continue;
                }
                let Ok(count @ 1..) = (&*master).read(&mut bytes) else { return };
                let mut state = shown.state.lock().unwrap_or_else(PoisonError::into_inner);
                state.parser.process(&bytes[..count]);
                state.raw.extend_from_slice(&bytes[..count]);
                shown.changed.notify_all();
            }
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shown.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
