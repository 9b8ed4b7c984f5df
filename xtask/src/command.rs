//! A command of another program, run from the root of the workspace and shown as it could be typed.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// One command line: program, arguments, environment and, where the program may hang, a time limit.
#[derive(Debug, Clone)]
pub(crate) struct Cmd {
    program: String,
    args: Vec<String>,
    envs: Vec<(String, String)>,
    folder: PathBuf,
    limit: Option<Duration>,
}

/// Why a step failed, and the command to repeat it with, if it was one.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    command: Option<String>,
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    xtask.parent().map_or_else(|| PathBuf::from("."), PathBuf::from)
}

// ===== impl Cmd =====

impl Cmd {
    pub(crate) fn new(program: impl Into<String>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            envs: Vec::new(),
            folder: root(),
            limit: None,
        }
    }

    /// A cargo command, its arguments split at spaces.
    pub(crate) fn cargo(line: &str) -> Self {
        Self::new("cargo").args(line)
    }

    /// Adds arguments, split at spaces.
    pub(crate) fn args(mut self, line: &str) -> Self {
        self.args.extend(line.split_whitespace().map(str::to_owned));
        self
    }

    /// Adds one argument as it stands.
    pub(crate) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.envs.push((name.to_owned(), value.into()));
        self
    }

    /// Runs it in another folder than the root of the workspace.
    pub(crate) fn inside(mut self, folder: &Path) -> Self {
        self.folder = folder.to_owned();
        self
    }

    /// Puts another command line in front, such as `sudo`.
    pub(crate) fn by(mut self, line: &str) -> Self {
        let mut words = line.split_whitespace().map(str::to_owned);
        if let Some(program) = words.next() {
            let behind = std::mem::replace(&mut self.program, program);
            self.args = words.chain([behind]).chain(self.args).collect();
        }
        self
    }

    /// Ends the program when it has not ended by itself after `limit`, which is a failure.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Runs it with the caller's standard streams.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut child =
            self.build().spawn().map_err(|e| self.failure(format!("cannot start: {e}")))?;
        match self.wait(&mut child)? {
            status if status.success() => Ok(()),
            status => Err(self.failure(format!("ended with {status}"))),
        }
    }

    /// Runs it in silence and gives what it wrote on standard output.
    pub(crate) fn output(&self) -> Result<String, Failure> {
        self.outputs().map(|(output, _)| output)
    }

    /// Runs it in silence and gives what it wrote on standard error, where compilers report.
    pub(crate) fn said(&self) -> Result<String, Failure> {
        self.outputs().map(|(_, said)| said)
    }

    fn outputs(&self) -> Result<(String, String), Failure> {
        let output =
            self.build().output().map_err(|e| self.failure(format!("cannot start: {e}")))?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            return Ok((String::from_utf8_lossy(&output.stdout).into_owned(), said));
        }
        Err(self.failure(format!("ended with {}\n{said}", output.status)))
    }

    fn build(&self) -> Command {
        let program = match self.program.as_str() {
            "cargo" => env::var("CARGO").unwrap_or_else(|_| self.program.clone()),
            other => other.to_owned(),
        };
        let mut command = Command::new(program);
        command.args(&self.args).current_dir(&self.folder);
        // `cargo run` describes xtask itself to us. Passed on, that would make build scripts run again
        // whenever somebody changes between xtask and plain cargo.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&*name);
            }
        }
        command.envs(self.envs.iter().map(|(name, value)| (name, value)));
        command
    }

    fn wait(&self, child: &mut Child) -> Result<ExitStatus, Failure> {
        let started = Instant::now();
        loop {
            let Some(limit) = self.limit else {
                return child.wait().map_err(|e| self.failure(e.to_string()));
            };
            if let Some(status) = child.try_wait().map_err(|e| self.failure(e.to_string()))? {
                return Ok(status);
            }
            if started.elapsed() > limit {
                // It may have ended between the look and this line; either way it is over.
                let _ = child.kill();
                let _ = child.wait();
                return Err(self.failure(format!("did not end within {} s", limit.as_secs())));
            }
            // The standard library has no wait with a limit, so this looks ten times a second.
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn failure(&self, message: String) -> Failure {
        Failure { message, command: Some(self.to_string()) }
    }
}

impl fmt::Display for Cmd {
    /// As a shell would take it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.envs {
            write!(f, "{name}={} ", quoted(value))?;
        }
        write!(f, "{}", quoted(&self.program))?;
        self.args.iter().try_for_each(|arg| write!(f, " {}", quoted(arg)))
    }
}

// ===== impl Failure =====

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), command: None }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        self.command.iter().try_for_each(|command| write!(f, "\n  command: {command}"))
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Cmd;

    #[test]
    fn a_command_is_shown_as_it_could_be_typed() {
        let command = Cmd::cargo("doc --no-deps").arg("a b").env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(command.to_string(), "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps 'a b'");
    }

    #[test]
    fn another_command_can_stand_in_front() {
        assert_eq!(Cmd::new("ls").args("-l").by("sudo -n").to_string(), "sudo -n ls -l");
    }

    #[test]
    fn a_program_that_fails_is_a_failure_with_its_command() {
        let failure = Cmd::cargo("no-such-subcommand").output().map_err(|f| f.to_string());
        assert!(failure.is_err_and(|text| text.contains("command: cargo no-such-subcommand")));
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let failure = Cmd::new("sleep").args("60").limit(Duration::from_millis(50)).run();
        assert!(failure.is_err_and(|f| f.to_string().contains("did not end")));
    }
}
