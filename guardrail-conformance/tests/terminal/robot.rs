//! Somebody who sits at a terminal and does as told with every prompt.

use std::sync::{Arc, Mutex, PoisonError};

use guardrail_conformance::approver::Play;

use crate::pty::Pty;

/// Everything a person read at a terminal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<String>>);

impl Memory {
    pub(crate) fn all(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn read(&self, screen: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_str(screen);
        all.push('\n');
    }
}

/// Sits down before the terminal, until its window is closed.
pub(crate) fn sit(pty: &Arc<Pty>, play: Play) -> Memory {
    let memory = Memory::default();
    let (pty, remembered) = (Arc::downgrade(pty), memory.clone());
    std::thread::spawn(move || {
        let (mut seen, mut last) = (0, String::new());
        while let Some(pty) = pty.upgrade() {
            let Some(screen) = pty.next(&mut seen) else { continue };
            // The clock alone is nothing new.
            let screen = screen.lines().filter(|line| !line.contains(" left")).collect::<Vec<_>>();
            let new = screen.join("\n");
            if new != last {
                remembered.read(&new);
                if let Some(key) = answer(&screen, &play) {
                    pty.press(&key);
                }
                last = new;
            }
        }
    });
    memory
}

/// The next key, if there is one to press.
fn answer(screen: &[&str], play: &Play) -> Option<String> {
    let question = screen.get(screen.len().checked_sub(2)?)?;
    let typed = screen.last()?.strip_prefix('>')?.trim_start();
    let asked = |text: &str| question.contains(text);
    let key = match play {
        Play::Nothing => return None,
        Play::Approve if asked("o open all, then y") => "o".to_owned(),
        Play::Approve if asked("space more, then y") => " ".to_owned(),
        Play::Approve if asked("y approve") => "y".to_owned(),
        Play::Approve if asked("Enter approves") => "\r".to_owned(),
        Play::Deny(_) if asked("n deny") => "n".to_owned(),
        Play::Deny(reason) if asked("Why not?") => next(reason, typed),
        _ => return None,
    };
    Some(key)
}

/// The next key of a text of which this much is typed.
fn next(text: &str, typed: &str) -> String {
    match text.strip_prefix(typed).and_then(|rest| rest.chars().next()) {
        Some(key) => key.to_string(),
        None => "\r".to_owned(),
    }
}
