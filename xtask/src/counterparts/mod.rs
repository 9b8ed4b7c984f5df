//! Step `counterparts`: programs of other people that tests talk to, installed once into `target/counterparts`.
//!
//! To add one, add a row to `package.json`, `requirements.txt` or `debian.txt` in `tests/counterparts`, then run
//! `cargo xtask pin`.

mod debian;
mod machine;
mod npm;
mod pypi;

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Failure, root};
use crate::step::{Done, Step};

/// Where tests find the folder. They run without it, and then say aloud what they did not run.
const VARIABLE: &str = "GUARDRAIL_COUNTERPARTS";

/// One registry: the files that pin what comes from it, and how to get it.
struct Registry {
    name: &'static str,
    /// In `tests/counterparts`. A change in one of them installs anew.
    pins: &'static [&'static str],
    /// Installs into an empty folder.
    install: fn(into: &Path) -> Result<(), Failure>,
    /// Writes the exact versions of everything, after a row was added.
    lock: fn() -> Result<(), Failure>,
}

const REGISTRIES: &[Registry] = &[
    Registry {
        name: "npm",
        pins: &["package.json", "package-lock.json"],
        install: npm::install,
        lock: npm::lock,
    },
    Registry {
        name: "pypi",
        pins: &["requirements.txt", "requirements.lock"],
        install: pypi::install,
        lock: pypi::lock,
    },
    Registry { name: "debian", pins: &["debian.txt"], install: debian::install, lock: || Ok(()) },
];

/// The task that installs them and does nothing else.
pub(crate) fn steps() -> Result<Vec<Step>, Failure> {
    Ok(vec![step()])
}

/// The task that writes the exact version of everything, after a row was added or changed.
pub(crate) fn pins() -> Result<Vec<Step>, Failure> {
    Ok(vec![Step::work("pin", lock)])
}

/// The step before the tests that need them.
pub(crate) fn step() -> Step {
    Step::work("counterparts", install)
}

/// Name and value of the variable that tells tests where the counterparts are.
pub(crate) fn variable() -> (&'static str, String) {
    (VARIABLE, folder().to_string_lossy().into_owned())
}

fn install() -> Result<Done, Failure> {
    for registry in REGISTRIES {
        let into = folder().join(registry.name);
        let stamp = folder().join(format!("{}.stamp", registry.name));
        let wanted = registry.pinned()?;
        if into.is_dir() && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            println!("{}: installed already", registry.name);
            continue;
        }
        println!("{}: installed once, into {}", registry.name, into.display());
        // The stamp goes first and comes last: what is half installed has none.
        remove(&stamp)?;
        remove(&into)?;
        fs::create_dir_all(&into).map_err(|e| failed(&into, &e))?;
        (registry.install)(&into)?;
        fs::write(&stamp, wanted).map_err(|e| failed(&stamp, &e))?;
    }
    Ok(Done::Passed)
}

fn lock() -> Result<Done, Failure> {
    REGISTRIES.iter().try_for_each(|registry| (registry.lock)()).map(|()| Done::Passed)
}

fn folder() -> PathBuf {
    root().join("target/counterparts")
}

/// A file of `tests/counterparts`.
fn pin(name: &str) -> PathBuf {
    root().join("tests/counterparts").join(name)
}

/// The rows of a list: neither empty nor a comment.
fn rows(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|row| !row.is_empty() && !row.starts_with('#'))
}

fn read(name: &str) -> Result<String, Failure> {
    let path = pin(name);
    fs::read_to_string(&path).map_err(|e| failed(&path, &e))
}

fn remove(path: &Path) -> Result<(), Failure> {
    match fs::symlink_metadata(path) {
        Err(_) => Ok(()),
        Ok(found) if found.is_dir() => fs::remove_dir_all(path).map_err(|e| failed(path, &e)),
        Ok(_) => fs::remove_file(path).map_err(|e| failed(path, &e)),
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

// ===== impl Registry =====

impl Registry {
    /// The text of its pins.
    fn pinned(&self) -> Result<String, Failure> {
        self.pins.iter().map(|name| read(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{REGISTRIES, rows};

    #[test]
    fn a_row_is_a_line_that_says_something() {
        let list = "# why\n\npostgresql-15\n  chromium \n";
        assert_eq!(rows(list).collect::<Vec<_>>(), ["postgresql-15", "chromium"]);
    }

    #[test]
    fn what_is_pinned_can_be_read_and_names_no_host() {
        for registry in REGISTRIES {
            let pinned = registry.pinned().map_err(|failure| failure.to_string());
            let resolved = pinned.as_ref().is_ok_and(|text| text.contains("\"resolved\""));
            assert!(pinned.is_ok_and(|text| !text.is_empty()), "{}", registry.name);
            assert!(!resolved, "{}: a mirror of one machine is in the lock", registry.name);
        }
    }
}
