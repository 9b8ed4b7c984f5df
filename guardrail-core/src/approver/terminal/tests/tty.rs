//! A real terminal is taken and given back.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::approver::terminal::error::TerminalError;
use crate::approver::terminal::tty::Tty;

/// Both ends of a pseudo-terminal.
fn pty() -> (File, File, PathBuf) {
    let front = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&front).unwrap();
    unlockpt(&front).unwrap();
    let device = PathBuf::from(ptsname(&front, Vec::new()).unwrap().into_string().unwrap());
    let line = rustix::fs::open(&device, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    (front.into(), line.into(), device)
}

#[test]
fn what_was_typed_before_is_thrown_away() {
    let (mut front, _line, device) = pty();
    front.write_all(b"y\r\ny").unwrap();
    let mut tty = Tty::take(&device).unwrap();
    assert_eq!(tty.read().unwrap(), b"");
    front.write_all(b"n").unwrap();
    assert_eq!(tty.read().unwrap(), b"n");
}

#[test]
fn keys_left_over_are_not_for_what_comes_after() {
    let (mut front, _line, device) = pty();
    let tty = Tty::take(&device).unwrap();
    front.write_all(b"rm -rf /\r").unwrap();
    drop(tty);
    let mut after = Tty::take(&device).unwrap();
    assert_eq!(after.read().unwrap(), b"");
}

#[test]
fn a_panic_gives_it_back_as_it_was() {
    let (_front, line, device) = pty();
    let before = format!("{:?}", tcgetattr(&line).unwrap());
    let panicked = std::panic::catch_unwind(|| {
        let _tty = Tty::take(&device).unwrap();
        let modes = tcgetattr(&line).unwrap().local_modes;
        assert!(!modes.intersects(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG));
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(panicked.is_err());
    assert_eq!(format!("{:?}", tcgetattr(&line).unwrap()), before);
}

#[test]
fn a_terminal_that_stands_still_blocks_nobody() {
    let (mut front, _line, device) = pty();
    let mut tty = Tty::take(&device).unwrap();
    let mut frames = 0;
    while tty.show(&[b'x'; 1024]).unwrap() {
        frames += 1;
        assert!(frames < 10_000, "it never stands still");
    }
    assert!(!tty.is_shown());
    let mut read = vec![0; 1 << 20];
    while !tty.flush().unwrap() {
        let _some = front.read(&mut read).unwrap();
    }
    assert!(tty.is_shown(), "it goes on where it stood");
}

#[test]
fn the_other_end_hanging_up_is_told() {
    let (front, _line, device) = pty();
    let mut tty = Tty::take(&device).unwrap();
    drop(front);
    assert!(matches!(tty.read(), Err(TerminalError::HungUp)));
}

#[test]
fn what_is_no_terminal_is_told_apart() {
    let probed = |device: &str| Tty::probe(device.as_ref()).unwrap_err();
    assert!(matches!(probed("/dev/null"), TerminalError::NotATerminal { .. }));
    assert!(matches!(probed("/dev/nothing"), TerminalError::Absent { .. }));
}
