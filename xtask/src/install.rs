//! Tools the steps need, built once into `target/tools` at one exact version each.

use crate::command::{Cmd, Failure, root};

/// A tool from crates.io.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

// ===== impl Tool =====

impl Tool {
    /// The path of its program.
    pub(crate) fn program(self) -> String {
        root().join("target/tools/bin").join(self.name).to_string_lossy().into_owned()
    }

    /// Builds it unless this very version is there.
    pub(crate) fn install(self) -> Result<(), Failure> {
        if self.installed() {
            return Ok(());
        }
        println!("{} {} is not in target/tools yet; it is built once", self.name, self.version);
        // A check runs for less than a second, its build for minutes when optimised and one minute when not.
        Cmd::cargo(&format!("install {} --version ={} --locked --force", self.name, self.version))
            .arg("--root")
            .arg(root().join("target/tools").to_string_lossy())
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .run()
    }

    fn installed(self) -> bool {
        let said = Cmd::new(self.program()).args("--version").output();
        said.is_ok_and(|text| text.split_whitespace().any(|word| word == self.version))
    }
}
