//! Where the counterparts are installed, and a command for each kind of them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

const VARIABLE: &str = "GUARDRAIL_COUNTERPARTS";

/// The folder they are installed in.
#[derive(Debug, Clone)]
pub struct Counterparts {
    folder: PathBuf,
}

impl Counterparts {
    /// The installed counterparts. Where this run has none, `what` is said on standard error not to have run, past
    /// the harness, which shows nothing of a test that passes.
    #[must_use]
    pub fn find(what: &str) -> Option<Self> {
        match env::var_os(VARIABLE) {
            Some(folder) => Some(Self { folder: folder.into() }),
            None => {
                let line = format!(
                    "\nNOT RUN: {what}: it needs counterparts. `cargo xtask counterparts` installs them; then \
                     {VARIABLE}=$PWD/target/counterparts\n"
                );
                // Nobody is left to tell where standard error is closed.
                let _ = io::stderr().lock().write_all(line.as_bytes());
                None
            }
        }
    }

    /// Those in this folder, `target/counterparts` of a workspace.
    #[must_use]
    pub const fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Node.js running a script, which may `require` every package of `package.json`.
    #[must_use]
    pub fn node(&self, script: impl AsRef<Path>) -> Command {
        let modules = self.folder.join("npm/node_modules");
        let mut command = Command::new(modules.join(".bin/node"));
        command.env("NODE_PATH", &modules).arg(script.as_ref());
        command
    }

    /// A file of an installed npm package, such as `emulate/dist/index.js`.
    #[must_use]
    pub fn npm(&self, file: &str) -> PathBuf {
        self.folder.join("npm/node_modules").join(file)
    }

    /// Python with every package of `requirements.txt`.
    #[must_use]
    pub fn python(&self) -> Command {
        Command::new(self.folder.join("pypi/bin/python"))
    }

    /// A program of an unpacked Debian package, such as `usr/lib/postgresql/15/bin/initdb`, which finds the
    /// libraries that came with it.
    #[must_use]
    pub fn debian(&self, program: &str) -> Command {
        let root = self.folder.join("debian");
        let mut command = Command::new(root.join(program));
        let ours = fs::read_dir(root.join("usr/lib")).into_iter().flatten().flatten();
        let ours =
            ours.map(|entry| entry.path()).filter(|p| p.to_string_lossy().ends_with("-linux-gnu"));
        let theirs = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
        let all: Vec<PathBuf> = ours.chain(env::split_paths(&theirs)).collect();
        command.env("LD_LIBRARY_PATH", env::join_paths(all).unwrap_or_else(|_| OsString::new()));
        command
    }
}
