//! The world of one scenario: people and a policy, a log, processes over it, calls and votes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail::approver::{Approver, Review};
use guardrail::audit::{AuditLog, AuditRecord, FileLog, Verifier};
use guardrail::clock::{Clock, SystemEntropy, Timestamp};
use guardrail::{
    ApprovalRequest, Cast, Context, Error, Guardrail, Identity, InContext, MemoryLog, MockApprover,
    PolicySet, RequestId, Seen, Sequence, State, Version, Vote,
};
use tokio::task::JoinHandle;

use super::deed::{Deed, perform};
use super::wire::Wire;
use super::words::PEOPLE;
use crate::trial::Check;

/// How long people have, and an approval waits, where the policy does not say otherwise.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(15 * 60);
pub(crate) const GRANT: Duration = Duration::from_secs(5 * 60);

/// A wall clock that runs with tokio's, and can be set.
#[derive(Debug, Default)]
pub(crate) struct Wall {
    base: Mutex<Option<tokio::time::Instant>>,
    set: AtomicI64,
}

impl Wall {
    pub(crate) fn set_back(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX / 2);
        self.set.fetch_sub(micros, Ordering::SeqCst);
    }
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        let mut base = self.base.lock().unwrap();
        let base = base.get_or_insert_with(tokio::time::Instant::now);
        let start = Timestamp::from_micros(1_790_000_000_000_000 + self.set.load(Ordering::SeqCst));
        start.after(base.elapsed())
    }
}

/// Stays with every request and says nothing: people answer through the other door.
#[derive(Debug)]
struct Desk;

#[async_trait]
impl Approver for Desk {
    fn channel(&self) -> &'static str {
        "desk"
    }

    async fn review(&self, mut review: Review) -> Result<(), guardrail::approver::Error> {
        review.settled().await.map(|_| ())
    }
}

/// Where records are kept.
pub(crate) enum Store {
    Memory(Arc<MemoryLog>),
    File(std::path::PathBuf),
}

/// What the policy says now.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) approvals: u32,
    pub(crate) members: Vec<&'static str>,
    pub(crate) inactive: Vec<String>,
}

/// One process: a guardrail, and its line to the log.
pub(crate) struct Process {
    pub(crate) guardrail: Guardrail,
    pub(crate) wire: Arc<Wire>,
}

/// One guarded call in a task of its own.
type Call = JoinHandle<Result<(), Error>>;

/// A vote as it was cast.
#[derive(Clone, Debug)]
pub(crate) struct Thrown {
    pub(crate) vote: Vote,
    pub(crate) channel: String,
}

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Arc<Wall>,
    pub(crate) rules: Rules,
    pub(crate) processes: Vec<Process>,
    pub(crate) deeds: BTreeMap<String, Deed>,
    /// Calls under way, with the key and the process of each.
    pub(crate) tasks: Vec<(String, usize, Call)>,
    /// How calls ended, oldest first.
    pub(crate) ended: Vec<(String, Result<(), Error>)>,
    pub(crate) by: BTreeMap<String, String>,
    /// Where runs are counted, and the log is kept that is on disk.
    pub(crate) folder: std::path::PathBuf,
}

impl World {
    /// A world in this folder, with its log in memory or on disk, in which no process lives yet.
    pub(crate) fn new(folder: &std::path::Path, file: bool, approvals: u32) -> Self {
        let clock = Arc::new(Wall::default());
        let store = if file {
            Store::File(folder.join("log"))
        } else {
            let clock = Arc::clone(&clock) as Arc<dyn Clock>;
            Store::Memory(Arc::new(MemoryLog::with_clock(clock, &SystemEntropy)))
        };
        let members = PEOPLE.into_iter().filter(|name| *name != "agent").collect();
        let rules = Rules { approvals, members, inactive: Vec::new() };
        Self {
            store,
            clock,
            rules,
            processes: Vec::new(),
            deeds: BTreeMap::new(),
            tasks: Vec::new(),
            ended: Vec::new(),
            by: BTreeMap::new(),
            folder: folder.to_owned(),
        }
    }

    /// One more process begins.
    pub(crate) async fn boot(&mut self, heir: bool) -> Check {
        let mut played = heir;
        let log: Arc<dyn AuditLog> = match &self.store {
            Store::Memory(log) => Arc::clone(log) as Arc<dyn AuditLog>,
            Store::File(folder) => {
                played = false;
                Arc::new(self.open(folder.clone()).await?)
            }
        };
        let wire = Arc::new(Wire::new(log, played));
        let guardrail = Guardrail::builder()
            .agent("bot")
            .policies(self.policies()?)
            .audit_log(Arc::clone(&wire))
            .approver(Desk)
            .build()
            .await
            .map_err(|error| error.to_string())?;
        self.processes.push(Process { guardrail, wire });
        Ok(())
    }

    /// Opens the folder. The lock of a dead process goes with its last open file.
    async fn open(&self, folder: std::path::PathBuf) -> Result<FileLog, String> {
        let mut last = String::new();
        for _ in 0..10_000 {
            let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
            match FileLog::open_with(&folder, clock, &SystemEntropy).await {
                Ok(log) => return Ok(log),
                Err(error) => last = error.to_string(),
            }
            tokio::task::yield_now().await;
        }
        Err(last)
    }

    pub(crate) fn policies(&self) -> Result<PolicySet, String> {
        let mut text = String::from("[people.bot]\nkind = \"agent\"\nweb = \"bot\"\n");
        for name in PEOPLE.iter().filter(|name| **name != "agent") {
            let active = !self.rules.inactive.iter().any(|gone| gone == name);
            text.push_str(&format!(
                "[people.{name}]\nactive = {active}\nslack = \"T0CORP/U{}\"\nteams = \"aad-{name}\"\n\
                 web = \"{name}\"\nterminal = \"{name}\"\n",
                name.to_uppercase()
            ));
        }
        let members = crate::toml::list(self.rules.members.iter().copied());
        text.push_str(&format!("[groups]\nops = {members}\n[policies.deed]\n"));
        text.push_str("approvers = [\"group:ops\"]\ntimeout = \"15m\"\ngrant_ttl = \"5m\"\n");
        text.push_str(&format!("approvals = {}\n", self.rules.approvals));
        PolicySet::parse(text).map_err(|error| error.to_string())
    }

    /// Puts the rules as they are now in force everywhere.
    pub(crate) async fn reload(&self) -> Check {
        for process in self.processes.iter().filter(|process| !process.wire.is_dead()) {
            let reloaded = process.guardrail.reload(self.policies()?).await;
            reloaded.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// The youngest process that lives.
    pub(crate) fn alive(&self) -> Result<usize, String> {
        let living = |at: &usize| !self.processes[*at].wire.is_dead();
        (0..self.processes.len()).rev().find(living).ok_or("no process lives".to_owned())
    }

    /// The agent in this process calls, with this key.
    pub(crate) fn call(&mut self, process: usize, key: &str) {
        let fresh = || Deed::new("p1", None, &self.folder, key);
        let deed = self.deeds.entry(key.to_owned()).or_insert_with(fresh).clone();
        let mut context = Context::new().key(key);
        if let Some(person) = self.by.get(key) {
            context = context.on_behalf_of(person);
        }
        let call = async move { perform(&deed).await };
        let call = self.processes[process].guardrail.scope(context.scope(call));
        self.tasks.push((key.to_owned(), process, tokio::spawn(call.in_context())));
    }

    /// Lets everything that can happen without time passing happen.
    pub(crate) async fn settle(&mut self) {
        let mut quiet = 0;
        while quiet < 3 {
            for _ in 0..64 {
                tokio::task::yield_now().await;
            }
            let busy = self.processes.iter().any(|process| process.wire.is_busy());
            quiet = if busy { 0 } else { quiet + 1 };
        }
        let mut at = 0;
        while at < self.tasks.len() {
            if self.tasks[at].2.is_finished() {
                let (key, _, task) = self.tasks.remove(at);
                // A call that was killed has no end.
                if let Ok(ended) = task.await {
                    self.ended.push((key, ended));
                }
            } else {
                at += 1;
            }
        }
    }

    /// The id every call with this key has.
    pub(crate) fn id(&self, key: &str) -> Result<RequestId, String> {
        let log = self.processes[self.alive()?].guardrail.audit_log().id();
        Ok(RequestId::keyed(log, None, "bot", "perform", key))
    }

    pub(crate) async fn request(&self, key: &str) -> Result<Option<ApprovalRequest>, String> {
        let id = self.id(key)?;
        let records = self.processes[self.alive()?].guardrail.audit_log().clone();
        let records =
            records.stream(id, Version::START).await.map_err(|error| error.to_string())?;
        let mut request = None;
        for record in records {
            ApprovalRequest::fold(&mut request, id, record.time(), record.event())
                .map_err(|error| error.to_string())?;
        }
        Ok(request)
    }

    pub(crate) async fn state(&self, key: &str) -> Result<State, String> {
        let now = self.processes[self.alive()?].guardrail.audit_log().now();
        Ok(self.request(key).await?.map_or(State::New, |request| request.state(now)))
    }

    /// Brings a vote to the door of this channel.
    pub(crate) async fn throw(&self, key: &str, thrown: &Thrown) -> Result<Cast, String> {
        let process = &self.processes[self.alive()?];
        let review = process.guardrail.review(self.id(key)?, &thrown.channel).await;
        let review = review.map_err(|error| error.to_string())?;
        review.cast(thrown.vote.clone()).await.map_err(|error| error.to_string())
    }

    /// A vote on what this person is shown now.
    pub(crate) async fn ballot(
        &self,
        key: &str,
        who: &str,
        channel: Option<&str>,
        other: Option<&str>,
        deny: bool,
    ) -> Result<Thrown, String> {
        let channel = channel.unwrap_or("web").to_owned();
        let process = &self.processes[self.alive()?];
        let review = process.guardrail.review(self.id(key)?, &channel).await;
        let review = review.map_err(|error| error.to_string())?;
        let nonce = review.show("").await.map_err(|error| error.to_string())?;
        let digest = match other {
            Some(args) => digest_of(args).await?,
            None => review.request().intent().digest(),
        };
        let identity = match (who, channel.as_str()) {
            ("agent", _) => Identity::new("web", "bot"),
            (who, "slack") => Identity::new("slack", &format!("T0CORP/U{}", who.to_uppercase())),
            (who, "teams") => Identity::new("teams", &format!("aad-{who}")),
            (who, "web" | "terminal") => Identity::new(&channel, who),
            (who, _) => Identity::person(who),
        };
        let seen = Seen::whole(digest, nonce);
        let vote = if deny { Vote::deny(identity, seen) } else { Vote::approve(identity, seen) };
        Ok(Thrown { vote, channel })
    }

    /// The whole log, verified from its lines.
    pub(crate) async fn records(&self) -> Result<Vec<AuditRecord>, String> {
        let log = self.processes[self.alive()?].guardrail.audit_log().clone();
        let stored = log.read(Sequence::START, 100_000).await.map_err(|error| error.to_string())?;
        let mut verifier = Verifier::new();
        let lines = stored.iter().map(|record| verifier.push(record.line()));
        lines.collect::<Result<_, _>>().map_err(|error| error.to_string())
    }

    /// How often the bodies ran, all in all.
    pub(crate) fn runs(&self) -> usize {
        self.deeds.values().map(|deed| deed.given().len()).sum()
    }
}

/// The digest of the same call with these arguments.
async fn digest_of(args: &str) -> Result<guardrail::Digest, String> {
    let silent = MockApprover::silent();
    let shadow = Guardrail::for_tests(silent.clone());
    let deed = Deed::new(args, None, std::path::Path::new(""), "shadow");
    let call = Context::new().agent("bot").scope(async move { perform(&deed).await });
    let call = tokio::spawn(shadow.scope(call).in_context());
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
    call.abort();
    let request = silent.requests().pop().ok_or("the edited call was not asked")?;
    Ok(request.intent().digest())
}
