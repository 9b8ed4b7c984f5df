//! Names an agent chooses: of actions, of policies, of requests. Each keeps its rule or is refused.

use guardrail::{Error, Guardrail, MockApprover, PolicySet, RequestId};

use crate::corpus::Entry;
use crate::ensure;
use crate::trial::{Check, ask, intent, read_back};
use crate::words::Expect;

/// The rule of action names, written down a second time.
pub(crate) fn plain(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-'))
}

/// An action name that breaks the rule is refused; one that keeps it is shown as it is.
pub(crate) async fn action(entry: &Entry) -> Check {
    let Some(name) = entry.payload.text() else {
        // Bytes that are no text cannot even be a name in this language.
        ensure!(entry.expect == Expect::Reject, "an action name is text");
        return Ok(());
    };
    let trial = ask(intent(&name, "attacks").arg("value", "x")).await?;
    if entry.expect == Expect::Accept || (entry.expect != Expect::Reject && plain(&name)) {
        trial.ran()?;
        ensure!(trial.recorded()?.action() == name, "another name is on record");
        return Ok(());
    }
    trial.refused()?;
    ensure!(!plain(&name), "the name keeps the rule, so why refuse it");
    ensure!(trial.recorded()?.action() == "invalid", "the broken name is on record as it came");
    Ok(())
}

const POLICIES: &str = r#"
    [people.mock]
    [policies.prod]
    approvers = ["person:mock"]
    [policies.staging]
    approvers = ["person:mock"]
"#;

/// Only the exact name of a policy is that policy. Nothing else has a meaning of its own.
pub(crate) async fn policy(entry: &Entry) -> Check {
    let name = entry.payload.text().ok_or("a policy name is text")?;
    let approver = MockApprover::approving();
    let guardrail = Guardrail::builder()
        .policies(PolicySet::parse(POLICIES).map_err(|error| error.to_string())?)
        .audit_log(guardrail::MemoryLog::new())
        .approver(approver.clone())
        .build()
        .await
        .map_err(|error| error.to_string())?;
    let asked = guardrail.authorize(intent("deed", &name).arg("value", "x")).await;
    let records = read_back(&guardrail).await?;
    let events: Vec<&str> = records.iter().map(|record| record.event().name()).collect();
    if entry.expect == Expect::Accept {
        let permit = asked.map_err(|error| error.to_string())?;
        drop(permit);
        return Ok(());
    }
    ensure!(asked.is_err(), "a call under this policy name was let through");
    ensure!(approver.requests().is_empty(), "somebody was asked");
    let Err(error) = asked else { unreachable!() };
    ensure!(
        matches!(error, Error::Refused { .. } | Error::Invalid { .. }),
        "the refusal is of another kind: {error:?}"
    );
    ensure!(events == ["opened", "policy_loaded", "requested"], "the log holds {events:?}");
    in_a_file(&name)
}

/// As the name of a policy in a file it is either the rule of another policy or a mistake; it
/// never changes what `prod` means.
fn in_a_file(name: &str) -> Check {
    let key = crate::toml::quoted(name);
    let text = format!("{POLICIES}\n[policies.{key}]\neffect = \"allow\"\n");
    let Ok(policies) = PolicySet::parse(&text) else { return Ok(()) };
    ensure!(plain(name), "a name that breaks the rule was loaded");
    let prod = policies.policies().find(|policy| policy.name().as_str() == "prod");
    ensure!(
        name == "prod" || prod.is_some_and(|prod| prod.requirement().is_some()),
        "another name changed what `prod` asks"
    );
    Ok(())
}

/// Text that is no id of ours, and an id nobody has, get one answer; nothing is looked up by text.
pub(crate) async fn request_id(entry: &Entry) -> Check {
    let Some(text) = entry.payload.text() else {
        ensure!(entry.expect != Expect::Accept, "an id is text");
        return Ok(());
    };
    let guardrail = Guardrail::for_tests(MockApprover::approving());
    let before = read_back(&guardrail).await?.len();
    let answer = door(&guardrail, &text).await;
    let unknown = RequestId::keyed(guardrail.audit_log().id(), None, "nobody", "nothing", "k");
    let nobody = door(&guardrail, &unknown.to_string()).await;
    let Err(nobody) = nobody else { return Err("an id nobody has was found".to_owned()) };
    let Err(answer) = answer else { return Err("the text led to a request".to_owned()) };
    ensure!(answer == nobody, "the answers differ: `{answer}` and `{nobody}`");
    ensure!(answer == "no such request", "the answer says more than it should: `{answer}`");
    ensure!(read_back(&guardrail).await?.len() == before, "asking left something on record");
    if entry.expect == Expect::Accept {
        ensure!(RequestId::parse(&text).is_ok(), "the text is taken for no id");
    }
    Ok(())
}

/// What a router does with an id from outside.
async fn door(guardrail: &Guardrail, text: &str) -> Result<(), String> {
    let found = async { guardrail.review(RequestId::parse(text)?, "router").await };
    found.await.map(|_| ()).map_err(|error: Error| error.to_string())
}
