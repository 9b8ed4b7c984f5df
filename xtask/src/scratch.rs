//! Packages that exist only while a task runs, in `target/scratch`, with the versions of the workspace.

use std::fs;
use std::path::PathBuf;

use crate::command::{Cmd, Failure, root};

/// One package with the facade as `guardrail`.
pub(crate) struct Scratch {
    name: String,
    folder: PathBuf,
}

impl Scratch {
    /// Writes the package: these lines of `[dependencies]`, and this library.
    pub(crate) fn write(name: &str, dependencies: &str, library: &str) -> Result<Self, Failure> {
        let root = root();
        let folder = root.join("target/scratch").join(name);
        let scratch = Self { name: name.to_owned(), folder };
        fs::create_dir_all(scratch.folder.join("src")).map_err(|e| scratch.failure(&e))?;
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [features]\nguarded = []\n\n\
             [dependencies]\nguardrail = {{ path = {root:?} }}\n{dependencies}\n\n[workspace]\n"
        );
        fs::write(scratch.folder.join("Cargo.toml"), manifest).map_err(|e| scratch.failure(&e))?;
        fs::copy(root.join("Cargo.lock"), scratch.folder.join("Cargo.lock"))
            .map_err(|e| scratch.failure(&e))?;
        scratch.touch(library)?;
        Ok(scratch)
    }

    /// Writes the library anew, so that the next command compiles it again and nothing else.
    pub(crate) fn touch(&self, library: &str) -> Result<(), Failure> {
        fs::write(self.folder.join("src/lib.rs"), library).map_err(|e| self.failure(&e))
    }

    /// A cargo command for this package. All scratch packages share one folder of artifacts.
    pub(crate) fn cargo(&self, line: &str) -> Cmd {
        let manifest = self.folder.join("Cargo.toml");
        let artifacts = root().join("target/scratch/target");
        Cmd::cargo(line)
            .arg("--quiet")
            .arg("--offline")
            .arg("--manifest-path")
            .arg(manifest.to_string_lossy())
            .env("CARGO_TARGET_DIR", artifacts.to_string_lossy())
            .env("CARGO_INCREMENTAL", "0")
    }

    fn failure(&self, error: &std::io::Error) -> Failure {
        Failure::new(format!("cannot write the scratch package `{}`: {error}", self.name))
    }
}
