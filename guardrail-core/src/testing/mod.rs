//! A scripted approver for tests: it answers through the same door as everyone.

use std::fmt;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::approver::{Approver, Error, Review};
use crate::audit::MemoryLog;
use crate::gate::{Builder, Guardrail};
use crate::model::{ApprovalRequest, Cast, Identity, Seen, Vote, VoteRefusal};
use crate::policy::PolicySet;

/// What the mock's person does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Approve,
    Deny(String),
    Silent,
}

type Rule = Box<dyn Fn(&ApprovalRequest) -> bool + Send + Sync>;

/// An approver that answers by script, and records what it was asked. Clones share script and
/// record.
///
/// Its answers are votes like all others: refused where the person may not vote. The call then waits
/// on, until its time is up: `tracing` and a line on standard error say why, and so does
/// [`casts`](Self::casts). With a policy file, name a person of it whom the policy asks
/// ([`as_person`](Self::as_person)), and give a reason where it wants one
/// ([`because`](Self::because)).
///
/// ```
/// # async fn example() {
/// use guardrail_core::gate::Guardrail;
/// use guardrail_core::testing::MockApprover;
///
/// let approver = MockApprover::approving();
/// let guardrail = Guardrail::for_tests(approver.clone());
/// guardrail.scope(async { /* call a guarded function */ }).await;
/// assert_eq!(approver.requests().len(), 0);
/// # }
/// ```
#[derive(Clone)]
pub struct MockApprover {
    shared: Arc<Shared>,
}

struct Shared {
    script: Mutex<Script>,
}

struct Script {
    answer: Answer,
    person: Arc<str>,
    reason: Option<String>,
    wait: Duration,
    rules: Vec<(Rule, Answer)>,
    requests: Vec<ApprovalRequest>,
    casts: Vec<Cast>,
}

impl MockApprover {
    /// Approves everything.
    #[must_use]
    pub fn approving() -> Self {
        Self::answering(Answer::Approve)
    }

    /// Denies everything, with this reason.
    #[must_use]
    pub fn denying(reason: impl Into<String>) -> Self {
        Self::answering(Answer::Deny(reason.into()))
    }

    /// Never answers.
    #[must_use]
    pub fn silent() -> Self {
        Self::answering(Answer::Silent)
    }

    fn answering(answer: Answer) -> Self {
        let script = Script {
            answer,
            person: "mock".into(),
            reason: None,
            wait: Duration::ZERO,
            rules: Vec::new(),
            requests: Vec::new(),
            casts: Vec::new(),
        };
        Self { shared: Arc::new(Shared { script: Mutex::new(script) }) }
    }

    /// Votes as this person of the directory; `mock` by default.
    #[must_use]
    pub fn as_person(self, person: impl Into<String>) -> Self {
        self.script().person = person.into().into();
        self
    }

    /// Approves with this reason; with none by default.
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        self.script().reason = Some(reason.into());
        self
    }

    /// Answers after this time, by tokio's clock: where a test pauses it, at once.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        self.script().wait = wait;
        self
    }

    /// An answer of its own for the requests of which `applies` is true. The first rule that
    /// applies wins.
    pub fn when(
        self,
        applies: impl Fn(&ApprovalRequest) -> bool + Send + Sync + 'static,
    ) -> MockRule {
        MockRule { approver: self, applies: Box::new(applies) }
    }

    /// The requests it was asked, oldest first, as they were then.
    #[must_use]
    pub fn requests(&self) -> Vec<ApprovalRequest> {
        self.script().requests.clone()
    }

    /// What became of its votes, oldest first.
    #[must_use]
    pub fn casts(&self) -> Vec<Cast> {
        self.script().casts.clone()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.shared.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MockApprover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let script = self.script();
        f.debug_struct("MockApprover")
            .field("person", &script.person)
            .field("answer", &script.answer)
            .field("requests", &script.requests.len())
            .finish_non_exhaustive()
    }
}

/// An answer of its own for some requests, not yet said.
#[must_use = "say `approve`, `deny` or `stay_silent`"]
pub struct MockRule {
    approver: MockApprover,
    applies: Rule,
}

impl fmt::Debug for MockRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockRule").finish_non_exhaustive()
    }
}

impl MockRule {
    /// Approves these.
    #[must_use]
    pub fn approve(self) -> MockApprover {
        self.answer(Answer::Approve)
    }

    /// Denies these, with this reason.
    #[must_use]
    pub fn deny(self, reason: impl Into<String>) -> MockApprover {
        self.answer(Answer::Deny(reason.into()))
    }

    /// Does not answer these.
    #[must_use]
    pub fn stay_silent(self) -> MockApprover {
        self.answer(Answer::Silent)
    }

    fn answer(self, answer: Answer) -> MockApprover {
        self.approver.script().rules.push((self.applies, answer));
        self.approver
    }
}

#[async_trait]
impl Approver for MockApprover {
    fn channel(&self) -> &'static str {
        "mock"
    }

    // What `#[async_trait]` makes of an `async fn`, without room for the review twice: thousands wait.
    fn review<'s, 'f>(
        &'s self,
        mut review: Review,
    ) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            // Boxed: a mock that waits holds no room for its answer.
            Box::pin(self.answer(&review)).await?;
            // It stays, as a channel does: others may still answer.
            review.settled().await?;
            Ok(())
        })
    }
}

impl MockApprover {
    async fn answer(&self, review: &Review) -> Result<(), Error> {
        let (answer, person, reason, wait) = {
            let mut script = self.script();
            let request = review.request();
            script.requests.push(request.clone());
            let rule = script.rules.iter().find(|(applies, _)| applies(request));
            let answer = rule.map_or(&script.answer, |(_, answer)| answer).clone();
            (answer, Arc::clone(&script.person), script.reason.clone(), script.wait)
        };
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let identity = Identity::person(&person);
        let (vote, reason) = match answer {
            Answer::Silent => return Ok(()),
            Answer::Approve => (Vote::approve(identity, self.shown(review).await?), reason),
            Answer::Deny(why) => (Vote::deny(identity, self.shown(review).await?), Some(why)),
        };
        let vote = match reason {
            Some(reason) => vote.because(reason),
            None => vote,
        };
        let cast = review.cast(vote).await?;
        if let Cast::Refused(why) = &cast {
            tell_refused(review, &person, why);
        }
        self.script().casts.push(cast);
        Ok(())
    }

    async fn shown(&self, review: &Review) -> Result<Seen, Error> {
        let nonce = review.show("").await?;
        Ok(Seen::whole(review.request().intent().digest(), nonce))
    }
}

/// Says that a vote was refused. Whoever wrote the test sees nothing else but a call that hangs.
fn tell_refused(review: &Review, person: &str, why: &VoteRefusal) {
    // Nothing waits for one that came too late.
    if matches!(why, VoteRefusal::NotPending(_) | VoteRefusal::Expired) {
        return;
    }
    let (request, action) = (review.id(), review.request().intent().action());
    tracing::warn!(%request, action, person, %why, "the vote of a mock was refused; the call waits on");
    // Past the capture of a test, which would show it too late. Where stderr is closed there is nobody
    // to tell.
    let _ = writeln!(
        std::io::stderr(),
        "guardrail: a mock's vote on `{action}`, as `{person}`, was refused: {why}; the call waits \
         on until its time is up"
    );
}

impl Guardrail {
    /// A guardrail for tests: an in-memory log, this approver, and policies of any name, each of
    /// which asks one approval of the mock's person.
    #[must_use]
    pub fn for_tests(approver: MockApprover) -> Self {
        // A name that can be nobody's makes nobody the one who is asked.
        let policies = PolicySet::asking(&approver.script().person).unwrap_or_default();
        Builder::new().approver(approver).unchecked(policies, Arc::new(MemoryLog::new()))
    }
}
