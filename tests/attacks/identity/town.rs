//! A directory made for one pair, a call in somebody's name, and a vote on it.

use guardrail::model::PersonId;
use guardrail::{
    Cast, Context, Error, Guardrail, Identity, MemoryLog, MockApprover, PolicySet, Seen, Vote,
};

use crate::ensure;
use crate::toml::{list, quoted};
use crate::trial::{Taken, intent, read_back};

/// Somebody of the directory.
#[derive(Clone, Debug)]
pub(crate) struct Someone {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) active: bool,
    /// What a channel proves of them, in the realm `web`.
    pub(crate) accounts: Vec<String>,
    pub(crate) owns: Vec<String>,
}

impl Someone {
    pub(crate) fn human(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            kind: "human",
            active: true,
            accounts: Vec::new(),
            owns: Vec::new(),
        }
    }

    pub(crate) fn account(mut self, subject: &str) -> Self {
        self.accounts.push(subject.to_owned());
        self
    }
}

/// The people of one attempt. `judge` may always vote, so that every policy can be met.
pub(crate) fn directory(people: &[Someone]) -> Result<PolicySet, String> {
    let mut text = String::from("[people.judge]\nweb = \"judge\"\n");
    for one in people {
        text.push_str(&format!("[people.{}]\nkind = \"{}\"\n", quoted(&one.id), one.kind));
        text.push_str(&format!("active = {}\n", one.active));
        if one.id.contains('@') {
            text.push_str(&format!("email = {}\n", quoted(&one.id)));
        }
        let accounts: Vec<&str> = one.accounts.iter().map(String::as_str).collect();
        if !accounts.is_empty() {
            text.push_str(&format!("web = {}\n", list(accounts)));
        }
        if !one.owns.is_empty() {
            text.push_str(&format!("owns = {}\n", list(one.owns.iter().map(String::as_str))));
        }
    }
    let humans = people.iter().filter(|one| one.kind == "human").map(|one| one.id.as_str());
    let voters = list(humans.chain(["judge"]));
    text.push_str(&format!("[groups]\nvoters = {voters}\n"));
    text.push_str("[policies.attacks]\napprovers = [\"group:voters\"]\n");
    PolicySet::parse(&text).map_err(|error| error.to_string())
}

/// In whose name the agent calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    pub(crate) agent: Option<String>,
    pub(crate) acts_for: Option<String>,
    pub(crate) chain: Vec<String>,
}

/// What became of the attempt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Met {
    /// The call itself was refused.
    CallRefused,
    /// The vote was cast.
    Vote(Cast),
}

/// Calls in this name, lets this identity approve, and looks what came of it. Whatever the vote,
/// the body runs only where it counted.
pub(crate) async fn attempt(
    people: PolicySet,
    caller: Caller,
    voter: Identity,
) -> Result<Met, String> {
    let (silent, taken) = (MockApprover::silent(), Taken::default());
    let guardrail = Guardrail::builder()
        .policies(people)
        .audit_log(MemoryLog::new())
        .approver(silent.clone())
        .build()
        .await
        .map_err(|error| error.to_string())?;
    let mut context = Context::new();
    if let Some(agent) = &caller.agent {
        context = context.agent(agent);
    }
    if let Some(person) = &caller.acts_for {
        context = context.on_behalf_of(person);
    }
    for link in &caller.chain {
        context = context.delegated_by(link);
    }
    let asked = async {
        let permit = guardrail.authorize(intent("deed", "attacks").arg("value", "x")).await?;
        permit
            .run(async {
                taken.put("x");
                Ok::<(), Error>(())
            })
            .await
    };
    let mut asked = std::pin::pin!(context.scope(asked));
    let mut vote = std::pin::pin!(vote(&guardrail, &silent, &voter));
    let met = tokio::select! {
        biased;
        ended = &mut asked => {
            let error = ended.err().ok_or("it ran before anybody voted")?;
            return refused(&guardrail, &taken, error).await;
        }
        cast = &mut vote => cast?,
    };
    match &met {
        Cast::Counted(_) => {
            asked.await.map_err(|error| error.to_string())?;
            ensure!(taken.all().len() == 1, "a counted vote did not let it run");
        }
        Cast::Refused(_) => {
            let ended = asked.await;
            ensure!(matches!(ended, Err(Error::Expired { .. })), "it did not expire: {ended:?}");
            ensure!(taken.all().is_empty(), "it ran without a vote that counts");
            let refused = read_back(&guardrail).await?;
            let noted = refused.iter().any(|record| record.event().name() == "vote_refused");
            ensure!(noted, "the refused vote is not on record");
        }
    }
    Ok(Met::Vote(met))
}

async fn refused(guardrail: &Guardrail, taken: &Taken, error: Error) -> Result<Met, String> {
    ensure!(taken.all().is_empty(), "a refused call ran");
    ensure!(
        matches!(error, Error::Invalid { .. } | Error::Refused { .. }),
        "the call was refused otherwise: {error}"
    );
    let records = read_back(guardrail).await?;
    let last = records.last().map(|record| record.event().name());
    ensure!(last == Some("requested"), "the refusal is not on record");
    Ok(Met::CallRefused)
}

async fn vote(
    guardrail: &Guardrail,
    asked: &MockApprover,
    voter: &Identity,
) -> Result<Cast, String> {
    loop {
        if let Some(request) = asked.requests().into_iter().next() {
            let review = guardrail.review(request.id(), "web").await.map_err(|e| e.to_string())?;
            let nonce = review.show("").await.map_err(|error| error.to_string())?;
            let seen = Seen::whole(request.intent().digest(), nonce);
            let cast = review.cast(Vote::approve(voter.clone(), seen)).await;
            return cast.map_err(|error| error.to_string());
        }
        tokio::task::yield_now().await;
    }
}

/// Whether a person of the directory can have this id.
pub(crate) fn is_id(text: &str) -> bool {
    PersonId::new(text).is_ok()
}
