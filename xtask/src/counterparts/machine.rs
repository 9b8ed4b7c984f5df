//! What the machine must have before anything can be installed: taken from Debian where it is missing.

use crate::command::{Cmd, Failure};

/// Installs `package` from Debian unless `check` runs.
pub(super) fn need(check: &Cmd, package: &str) -> Result<(), Failure> {
    if check.output().is_ok() {
        return Ok(());
    }
    println!("`{check}` does not run; installing Debian's {package}");
    as_root(&Cmd::new("apt-get").args("update --quiet"))?;
    as_root(
        &Cmd::new("apt-get")
            .args("install --yes --quiet --no-install-recommends")
            .arg(package)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    check.output().map(|_| ())
}

/// Runs a command as root: as we are, or by a `sudo` that asks nothing.
pub(super) fn as_root(command: &Cmd) -> Result<(), Failure> {
    if Cmd::new("id").args("-u").output()?.trim() == "0" {
        return command.run();
    }
    command.clone().by("sudo --non-interactive --preserve-env=DEBIAN_FRONTEND").run()
}
