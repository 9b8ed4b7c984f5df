//! The policies by behaviour: what a file may say, what it means, and who a person is.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod attacks;
mod directory;
mod judge;
mod likely;
mod load;
mod mistakes;
mod properties;
mod section;
mod side;
mod truncation;

use crate::model::{Intent, PolicyName, Verdict};
use crate::policy::PolicySet;

/// A file with everything the grammar has.
const WHOLE: &str = include_str!("whole.toml");

fn set(text: &str) -> PolicySet {
    PolicySet::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

/// All mistakes of the text, a line each.
fn mistakes(text: &str) -> String {
    PolicySet::parse(text).expect_err("there is a mistake in it").to_string()
}

fn name(policy: &str) -> PolicyName {
    PolicyName::new(policy).unwrap()
}

/// A call under `policy` by `deploy-bot`, for `person` where there is one.
fn call(policy: &str, person: Option<&str>) -> Intent {
    intent("deploy-bot", policy, person, &[])
}

fn intent(agent: &str, policy: &str, person: Option<&str>, chain: &[&str]) -> Intent {
    let mut intent = Intent::builder("deploy").policy(policy).agent(agent);
    if let Some(person) = person {
        intent = intent.on_behalf_of(person);
    }
    let mut intent = intent.build().unwrap();
    intent.actor.behind_mut().chain = chain.iter().map(|link| (*link).into()).collect();
    intent
}

/// Why the call is denied.
fn denied(set: &PolicySet, intent: &Intent) -> String {
    match set.judge(intent) {
        Verdict::Deny { reason } => reason.into(),
        other => panic!("not denied: {other:?}"),
    }
}
