//! The dependency tree against `deny.toml`: licences, bans, sources, and known vulnerabilities.

use std::time::Duration;

use crate::command::Cmd;
use crate::install::Tool;
use crate::step::{Done, Step};

const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

/// How long the database of vulnerabilities may take to arrive.
const FETCH_LIMIT: Duration = Duration::from_secs(120);

/// Needs nothing but the crates the build has already fetched.
pub(crate) fn tree() -> Step {
    Step::work("deny", || {
        CARGO_DENY.install()?;
        cargo_deny("check --hide-inclusion-graph bans licenses sources")
            .run()
            .map(|()| Done::Passed)
    })
}

/// Known vulnerabilities. Their database is a git repository and the one thing here that no package
/// registry serves, so a machine without the open internet is told that this was not checked.
pub(crate) fn advisories() -> Step {
    Step::work("advisories", || {
        CARGO_DENY.install()?;
        let fetch = cargo_deny("fetch db").env("GIT_TERMINAL_PROMPT", "0").limit(FETCH_LIMIT);
        if let Err(failure) = fetch.run() {
            return Ok(Done::NotRun(format!(
                "the advisory database could not be fetched: {failure}"
            )));
        }
        cargo_deny("check --disable-fetch --hide-inclusion-graph advisories")
            .run()
            .map(|()| Done::Passed)
    })
}

fn cargo_deny(line: &str) -> Cmd {
    Cmd::new(CARGO_DENY.program()).args("--all-features").args(line)
}
