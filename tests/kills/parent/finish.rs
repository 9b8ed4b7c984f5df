//! A new process over what a kill left: everything is asked, voted and called to its end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::audit::verify;
use guardrail::{AuditRecord, Context, Error, Guardrail, Receipt, Review, State};

use crate::deed::{AGENT, Body, Ended, call};
use crate::parent::after::{Remains, all};
use crate::parent::life::lives;
use crate::people::{CHANNEL, answer, policies};

/// How long a call that must end may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who is asked again, with what they were sent, and which bodies run.
#[derive(Clone, Debug, Default)]
struct Second {
    asked: Arc<Mutex<BTreeMap<String, Vec<Receipt>>>>,
    runs: Arc<Mutex<BTreeMap<String, usize>>>,
}

#[async_trait]
impl Approver for Second {
    fn channel(&self) -> &str {
        CHANNEL
    }

    async fn review(&self, mut review: Review) -> Result<(), ApproverError> {
        let key = review.request().intent().key().unwrap().to_owned();
        let again = self.asked.lock().unwrap().insert(key, review.receipts());
        assert!(again.is_none(), "asked once in a process");
        answer(&review, &[("bob", true), ("carol", true)], || std::future::ready(())).await?;
        review.settled().await.map(|_| ())
    }
}

#[async_trait]
impl Body for Second {
    async fn run(&self, key: &str) -> Result<(), Ended> {
        *self.runs.lock().unwrap().entry(key.to_owned()).or_default() += 1;
        Ok(())
    }
}

/// Starts a guardrail over what is left, and calls with each of these keys: a body that may not have
/// run runs, once; no other does.
pub(crate) async fn finish(remains: Remains, keys: impl IntoIterator<Item = String>) {
    let second = Second::default();
    let before = &remains.lives;
    let guardrail = Guardrail::builder()
        .agent(AGENT)
        .policies(policies())
        .audit_log(Arc::clone(&remains.log))
        .approver(second.clone())
        .build()
        .await
        .unwrap();
    let recovered = all(&*remains.log).await;
    let recovered = lives(&recovered.iter().map(|record| &**record).collect::<Vec<&AuditRecord>>());
    for (key, request) in before.iter().filter(|(_, r)| r.recorded_state() == State::Started) {
        let state = recovered[key].recorded_state();
        assert_eq!(state, State::Unknown, "{key} was started: {request:?}");
    }
    let mut calls = tokio::task::JoinSet::new();
    for key in keys {
        let (body, scope) = (second.clone(), guardrail.clone());
        calls.spawn(async move {
            let called = Context::new().key(&key).scope(scope.scope(call(&body, &key)));
            let ended = tokio::time::timeout(PATIENCE, called).await;
            let ended = ended.unwrap_or_else(|_| panic!("the call of {key} hangs"));
            (key, ended)
        });
    }
    while let Some(called) = calls.join_next().await {
        let (key, ended) = called.unwrap();
        let runs = second.runs.lock().unwrap().get(&key).copied().unwrap_or(0);
        check(&remains, &key, &ended, runs);
    }
    let asked = second.asked.lock().unwrap().clone();
    for (key, request) in before {
        let receipts = asked.get(key).cloned();
        let shown = request.receipts(CHANNEL);
        let expected = match request.recorded_state() {
            State::Pending => Some(shown),
            // Whoever showed it hears that nobody knows how it ended.
            State::Started if !shown.is_empty() => Some(shown),
            _ => None,
        };
        assert_eq!(receipts, expected, "what the approver of {key} is given again");
    }
    verify(&*remains.log).await.unwrap();
}

/// What a call must end with, and how often its body ran now, by where the kill left its request.
fn check(remains: &Remains, key: &str, ended: &Result<(), Ended>, runs: usize) {
    use State as S;
    let state = remains.state(key);
    let says = format!("{key} was {state:?}: {ended:?}, {runs} runs");
    let as_expected = match (state, ended) {
        (None | Some(S::Pending | S::Approved), Ok(())) => runs == 1 && remains.runs(key) == 0,
        (_, Err(Ended::Refused(error))) if runs == 0 => match state {
            Some(S::Started | S::Unknown) => matches!(error, Error::OutcomeUnknown { .. }),
            Some(S::Completed | S::Failed) => matches!(error, Error::AlreadyExecuted { .. }),
            Some(S::Denied) => matches!(error, Error::Denied { .. }),
            Some(S::Withdrawn) => matches!(error, Error::Withdrawn { .. }),
            Some(S::Lapsed | S::Aborted) => matches!(error, Error::Lapsed { .. }),
            _ => false,
        },
        _ => false,
    };
    assert!(as_expected, "{says}");
}
