//! `cargo xtask test`: everything that must hold before a change lands.

use crate::command::{Cmd, Failure};
use crate::step::Step;
use crate::{deny, house};

/// The steps in order: what fails fast stands first.
///
/// The toolchain is pinned to the oldest one we support, so every step is also the check of that promise.
pub(crate) fn steps() -> Result<Vec<Step>, Failure> {
    Ok(vec![
        Step::command("fmt", Cmd::cargo("fmt --all --check")),
        house::step(),
        Step::command(
            "clippy",
            Cmd::cargo("clippy --workspace --all-targets --all-features --locked -- -D warnings"),
        ),
        Step::command("tests", Cmd::cargo("test --workspace --all-features --locked")),
        Step::command(
            "docs",
            Cmd::cargo("doc --workspace --all-features --no-deps --locked")
                .env("RUSTDOCFLAGS", "-D warnings"),
        ),
        deny::tree(),
        deny::advisories(),
    ])
}
