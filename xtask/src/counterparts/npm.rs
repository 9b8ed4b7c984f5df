//! Packages from npm, Node.js among them, exactly as `package-lock.json` says.

use std::fs;
use std::path::Path;

use crate::command::{Cmd, Failure};
use crate::counterparts::{failed, machine, pin};

/// npm reads `.npmrc` beside the manifest: no scripts of packages run, no host stands in the lock.
const FILES: &[&str] = &["package.json", "package-lock.json", ".npmrc"];

pub(super) fn install(into: &Path) -> Result<(), Failure> {
    machine::need(&Cmd::new("npm").args("--version"), "npm")?;
    for name in FILES {
        let (from, to) = (pin(name), into.join(name));
        fs::copy(&from, &to).map_err(|e| failed(&from, &e))?;
    }
    Cmd::new("npm").args("ci --prefix").arg(into.to_string_lossy()).run()
}

pub(super) fn lock() -> Result<(), Failure> {
    machine::need(&Cmd::new("npm").args("--version"), "npm")?;
    Cmd::new("npm")
        .args("install --package-lock-only --prefix")
        .arg(pin("").to_string_lossy())
        .run()
}
