//! Starts a child and ends it.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::child::{NAME, Orders};

/// How long a child that should say something may say nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// When a child is killed that does not end itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// When nothing more happens.
    Done,
    /// This long after it has recovered.
    Up(Duration),
    /// This long after it was started.
    Begun(Duration),
}

/// How far a child came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct End {
    /// It had recovered.
    pub(crate) up: bool,
    /// Nothing more happened.
    pub(crate) done: bool,
    /// The point at which it ended itself.
    pub(crate) hit: Option<String>,
}

/// Lets a child live until it is killed.
pub(crate) fn live(orders: &Orders, when: When) -> End {
    live_until(orders, when, || {})
}

/// The same; `last` is done just before.
pub(crate) fn live_until(orders: &Orders, when: When, last: impl FnOnce()) -> End {
    live_as(NAME, orders, when, last)
}

/// The same of the child of this name.
pub(crate) fn live_as(name: &str, orders: &Orders, when: When, last: impl FnOnce()) -> End {
    let (mut child, said) = start(name, orders);
    let mut end = End::default();
    let mut deadline = match when {
        When::Begun(wait) => Some(Instant::now() + wait),
        When::Done | When::Up(_) => None,
    };
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        match said.recv_timeout(left.unwrap_or(PATIENCE)) {
            Ok(line) if line == "up" => {
                end.up = true;
                if let When::Up(wait) = when {
                    deadline = Some(Instant::now() + wait);
                }
            }
            Ok(line) if line == "done" => {
                end.done = true;
                break;
            }
            Ok(line) => end.hit = line.strip_prefix("hit ").map(str::to_owned).or(end.hit),
            Err(RecvTimeoutError::Timeout) => {
                assert!(deadline.is_some(), "{orders:?}: the child hangs, {end:?}");
                break;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    last();
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(9), "{orders:?}: it was not killed but ended: {status}");
    end
}

/// Starts the child of this name. Returns it, its input open, and what it says, line by line.
pub(crate) fn start(name: &str, orders: &Orders) -> (Child, Receiver<String>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([name, "--exact", "--nocapture"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    orders.give(&mut command);
    let mut child = command.spawn().unwrap();
    let said = listen(&mut child);
    (child, said)
}

/// What the child says, line by line.
fn listen(child: &mut Child) -> Receiver<String> {
    let (said, heard) = mpsc::channel();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| said.send(line)));
    heard
}
