//! Packages from PyPI in a virtual environment of their own, exactly as `requirements.lock` says.

use std::fs;
use std::path::Path;

use crate::command::{Cmd, Failure};
use crate::counterparts::{failed, folder, machine, pin, remove};

pub(super) fn install(into: &Path) -> Result<(), Failure> {
    environment(into)?;
    pip(into, "install --quiet --no-deps --requirement")
        .arg(pin("requirements.lock").to_string_lossy())
        .run()?;
    // Nothing is missing from the lock, and nothing in it is at odds with the rest.
    pip(into, "check").run()
}

pub(super) fn lock() -> Result<(), Failure> {
    let fresh = folder().join("pypi.lock");
    remove(&fresh)?;
    environment(&fresh)?;
    pip(&fresh, "install --quiet --requirement")
        .arg(pin("requirements.txt").to_string_lossy())
        .run()?;
    let frozen = pip(&fresh, "freeze").output()?;
    let lock = pin("requirements.lock");
    fs::write(&lock, frozen).map_err(|e| failed(&lock, &e))?;
    remove(&fresh)
}

fn environment(into: &Path) -> Result<(), Failure> {
    let check = Cmd::new("python3").arg("-c").arg("import ensurepip, venv");
    machine::need(&check, "python3-venv")?;
    Cmd::new("python3").args("-m venv").arg(into.to_string_lossy()).run()
}

fn pip(environment: &Path, line: &str) -> Cmd {
    Cmd::new(environment.join("bin/pip").to_string_lossy())
        .arg("--disable-pip-version-check")
        .args(line)
}
