//! `cargo xtask soak`: the same tests with many more cases, kills and rounds, as users build them.

use std::env;

use crate::command::{Cmd, Failure};
use crate::counterparts;
use crate::step::Step;

/// What the tests read to decide how long they run, and what a soak gives them. A value already in the
/// environment wins, so that one night can be longer than another.
const LONG: &[(&str, &str)] = &[
    // Set: a test that has a long version runs it.
    ("GUARDRAIL_SOAK", "1"),
    // Processes killed, over all crash tests; 2,400 without a soak.
    ("GUARDRAIL_KILLS", "12000"),
    // Sequences of operations done to logs and to the model of their contract, over all kinds of
    // logs; 20,000 without a soak.
    ("GUARDRAIL_SEQUENCES", "400000"),
    // Read by proptest itself: cases of each property.
    ("PROPTEST_CASES", "20000"),
];

pub(crate) fn steps() -> Result<Vec<Step>, Failure> {
    let (counterparts, folder) = counterparts::variable();
    // Release mode, because debug assertions are what `cargo xtask test` already covers.
    let tests =
        Cmd::cargo("test --workspace --all-features --locked --release --lib --bins --tests")
            .env(counterparts, folder);
    let tests = LONG.iter().fold(tests, |command, (name, value)| {
        command.env(name, env::var(name).unwrap_or_else(|_| (*value).to_owned()))
    });
    Ok(vec![counterparts::step(), Step::command("tests", tests)])
}
