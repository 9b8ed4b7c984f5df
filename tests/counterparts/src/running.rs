//! A program that serves in the background and ends with the test.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long a program may take until it is ready.
const START: Duration = Duration::from_secs(60);

/// A started program; dropped, it is killed and waited for.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// Starts the program and waits for the first line, of either output, in which `ready` finds what it waits for.
    /// What it says goes on to standard error.
    ///
    /// # Errors
    ///
    /// When it cannot be started, ends, or is not ready within a minute.
    pub fn start<T>(command: Command, ready: impl Fn(&str) -> Option<T>) -> io::Result<(Self, T)> {
        Self::start_as(command, ready, true)
    }

    /// The same for a program that says more than anyone reads.
    ///
    /// # Errors
    ///
    /// As [`Running::start`].
    pub fn start_quietly<T>(
        command: Command,
        ready: impl Fn(&str) -> Option<T>,
    ) -> io::Result<(Self, T)> {
        Self::start_as(command, ready, false)
    }

    fn start_as<T>(
        mut command: Command,
        ready: impl Fn(&str) -> Option<T>,
        is_told: bool,
    ) -> io::Result<(Self, T)> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().map_err(|e| {
            io::Error::new(e.kind(), format!("cannot start {:?}: {e}", command.get_program()))
        })?;
        let mut running = Self { child };
        let (sender, lines) = mpsc::channel();
        if let Some(output) = running.child.stdout.take() {
            forward(output, sender.clone(), is_told);
        }
        if let Some(output) = running.child.stderr.take() {
            forward(output, sender, is_told);
        }
        let until = Instant::now() + START;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = lines.recv_timeout(left).map_err(|_| {
                io::Error::other(format!("{:?} ended or never got ready", command.get_program()))
            })?;
            if let Some(found) = ready(&line) {
                return Ok((running, found));
            }
        }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the output to its end, so that the program never waits for a reader.
fn forward(output: impl Read + Send + 'static, lines: mpsc::Sender<String>, is_told: bool) {
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if is_told {
                let _ = writeln!(io::stderr().lock(), "| {line}");
            }
            // Nobody listens once it is ready.
            let _ = lines.send(line);
        }
    });
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot run should fail")]

    use std::process::Command;

    use super::Running;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_program_is_ready_when_it_says_so_and_ends_with_its_handle() {
        let port = |line: &str| line.strip_prefix("port ")?.parse::<u16>().ok();
        let script = "echo starting; echo port 4003 >&2; exec sleep 60";
        let (running, port) = Running::start(shell(script), port).unwrap();
        assert_eq!(port, 4003);
        let process = format!("/proc/{}", running.id());
        assert!(std::path::Path::new(&process).exists());
        drop(running);
        assert!(!std::path::Path::new(&process).exists());
    }

    #[test]
    fn a_program_that_ends_early_is_an_error() {
        assert!(Running::start(shell("echo no"), |_| None::<()>).is_err());
    }
}
