//! `cargo xtask test`: everything that must hold before a change lands.

use crate::command::{Cmd, Failure};
use crate::step::Step;
use crate::{counterparts, deny, fuzz, house, lints};

/// The steps in order: what fails fast stands first.
///
/// The toolchain is pinned to the oldest one we support, so every step is also the check of that promise.
pub(crate) fn steps() -> Result<Vec<Step>, Failure> {
    let (counterparts, folder) = counterparts::variable();
    Ok(vec![
        Step::command("fmt", Cmd::cargo("fmt --all --check")),
        house::step(),
        Step::command(
            "clippy",
            Cmd::cargo("clippy --workspace --all-targets --all-features --locked -- -D warnings"),
        ),
        lints::step(),
        // Built with the whole workspace a program has every feature of tokio that a test of any crate asks for.
        Step::command("installed", Cmd::cargo("check --package guardrail-cli --locked")),
        counterparts::step(),
        Step::command(
            "tests",
            Cmd::cargo("test --workspace --all-features --locked").env(counterparts, folder),
        ),
        // A stranger's crate may turn these features on for the whole program. Numbers and raw text
        // then come by private ways, and every digest must stay what it was.
        Step::command(
            "unified",
            Cmd::cargo("test --package guardrail-core --lib --locked")
                .arg("--features=serde_json/arbitrary_precision,serde_json/raw_value,serde_json/preserve_order")
                .arg("model::"),
        ),
        Step::command(
            "docs",
            Cmd::cargo("doc --workspace --all-features --no-deps --locked")
                .env("RUSTDOCFLAGS", "-D warnings"),
        ),
        fuzz::step(),
        deny::tree(),
        deny::advisories(),
    ])
}
