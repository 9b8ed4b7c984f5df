//! The people and the policy of the tests.

use guardrail::PolicySet;

/// Alice, Bob and Carol are of sre, Dave is of security. Alice owns `alices-bot`.
pub(crate) const PEOPLE: &str = r#"
[people.alice]
email = "alice@example.com"
slack = "T0CORP/U0ALICE"
web = "alice"
owns = ["alices-bot"]

[people.bob]
email = "bob@example.com"
slack = "T0CORP/U0BOB"
web = "bob"

[people.carol]
web = "carol"

[people.dave]
web = "dave"

[people.gone]
active = false
web = "gone"

[people.deploy-bot]
kind = "agent"
web = "deploy-bot"

[groups]
sre = ["alice", "bob", "carol", "gone"]
security = ["dave"]
"#;

/// These people, and a policy `deploy` that says this.
pub(crate) fn policies(deploy: &str) -> PolicySet {
    policies_of(PEOPLE, deploy)
}

/// Other people, and a policy `deploy` that says this.
pub(crate) fn policies_of(people: &str, deploy: &str) -> PolicySet {
    let text = format!("{people}\n[policies.deploy]\n{deploy}\n");
    PolicySet::parse(text).unwrap_or_else(|error| panic!("{error}"))
}
