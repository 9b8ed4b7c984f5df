//! Tasks of several processes race for approved requests: every body runs exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::audit::{Append, Appended, Error, Tenure, verify};
use guardrail::desk::Limits;
use guardrail::model::LogId;
use guardrail::{
    AuditEvent, AuditLog, AuditRecord, Guardrail, RequestId, Review, Sequence, State, Timestamp,
    Version,
};
use tempfile::TempDir;

use crate::child::{Doom, Orders, Path, RACER, open, share};
use crate::deed::{AGENT, Body, Ended, call};
use crate::nest::Nest;
use crate::parent::after::all;
use crate::parent::life::lives;
use crate::parent::server::server;
use crate::people::{CHANNEL, answer, policies};
use crate::script::Kind;
use crate::site::Site;

/// How many requests are raced for, and by how many processes.
const REQUESTS: u64 = 1000;
const PROCESSES: u64 = 4;

#[test]
fn every_body_runs_once_whoever_races_for_it_in_sqlite() {
    check(&Site::Sqlite);
}

#[test]
fn every_body_runs_once_whoever_races_for_it_in_postgres() {
    let Some(server) = server() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    check(&runtime.block_on(Site::postgres(&server)));
}

fn check(site: &Site) {
    let folder = TempDir::new().unwrap();
    let nest = Nest::at(folder.path());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(approve(site, &nest));
    let mut racers: Vec<Child> = (0..PROCESSES).map(|life| start(site, &nest, life)).collect();
    let mut said: Vec<_> = racers
        .iter_mut()
        .map(|racer| BufReader::new(racer.stdout.take().unwrap()).lines().map_while(Result::ok))
        .collect();
    for lines in &mut said {
        assert!(lines.any(|line| line == "up"), "a racer did not come up");
    }
    for racer in &mut racers {
        racer.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    let mut ends: BTreeMap<String, u64> = BTreeMap::new();
    for line in said.into_iter().flatten() {
        if let Some(end) = line.strip_prefix("end ") {
            let (end, count) = end.split_once(' ').unwrap();
            *ends.entry(end.to_owned()).or_default() += count.parse::<u64>().unwrap();
        }
    }
    for mut racer in racers {
        assert!(racer.wait().unwrap().success(), "{ends:?}");
    }
    let bodies = nest.bodies().lines();
    let different: BTreeSet<&String> = bodies.iter().collect();
    assert_eq!((bodies.len() as u64, different.len() as u64), (REQUESTS, REQUESTS), "{ends:?}");
    assert_eq!(ends.remove("ok"), Some(REQUESTS), "{ends:?}");
    // Who comes while the body runs hears that too.
    assert!(ends.keys().all(|end| end == "AlreadyExecuted"), "{ends:?}");
    assert_eq!(ends.values().sum::<u64>(), (PROCESSES * 16 / share() - 1) * REQUESTS);
    runtime.block_on(async {
        let log = open(&site.text(), &nest, &Path::new(Doom::Never)).await;
        verify(&*log).await.unwrap();
        let records = all(&*log).await;
        let lives = lives(&records.iter().map(|record| &**record).collect::<Vec<&AuditRecord>>());
        assert_eq!(lives.len() as u64, REQUESTS);
        assert!(lives.values().all(|life| life.recorded_state() == State::Completed));
    });
}

fn start(site: &Site, nest: &Nest, life: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([RACER, "--exact", "--nocapture"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let (site, kinds) = (site.text(), vec![Kind::Quick]);
    let orders =
        Orders { nest: nest.clone(), life, seed: REQUESTS, doom: Doom::Never, site, kinds };
    orders.give(&mut command);
    command.spawn().unwrap()
}

/// Leaves so many requests approved and not started.
async fn approve(site: &Site, nest: &Nest) {
    let log = open(&site.text(), nest, &Path::new(Doom::Never)).await;
    let halt = Arc::new(Halt { log, over: AtomicBool::new(false), held: AtomicU64::new(0) });
    let mut limits = Limits::default();
    limits.pending_per_agent = 2 * usize::try_from(REQUESTS).unwrap();
    let guardrail = Guardrail::builder()
        .agent(AGENT)
        .policies(policies())
        .audit_log(Arc::clone(&halt))
        .approver(Everyone)
        .limits(limits)
        .build()
        .await
        .unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..REQUESTS {
        let guardrail = guardrail.clone();
        calls.spawn(async move {
            let key = Kind::Quick.key(n);
            guardrail.scope(call(&NoBody, &key)).await
        });
    }
    while halt.held.load(Ordering::SeqCst) < REQUESTS {
        assert!(calls.try_join_next().is_none(), "a call ended before it was started");
        // A sleep: nothing tells that the last call waits.
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    halt.over.store(true, Ordering::SeqCst);
    calls.abort_all();
    while calls.join_next().await.is_some() {}
}

#[derive(Debug)]
struct Everyone;

#[async_trait]
impl Approver for Everyone {
    fn channel(&self) -> &str {
        CHANNEL
    }

    async fn review(&self, mut review: Review) -> Result<(), ApproverError> {
        answer(&review, &[("bob", true)], || std::future::ready(())).await?;
        review.settled().await.map(|_| ())
    }
}

struct NoBody;

#[async_trait]
impl Body for NoBody {
    async fn run(&self, key: &str) -> Result<(), Ended> {
        panic!("{key} ran before the race")
    }
}

/// A log that writes no start, and at the end nothing.
#[derive(Debug)]
struct Halt {
    log: Arc<dyn AuditLog>,
    over: AtomicBool,
    held: AtomicU64,
}

#[async_trait]
impl AuditLog for Halt {
    fn id(&self) -> LogId {
        self.log.id()
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        if append.events.iter().any(|event| matches!(event, AuditEvent::Started { .. })) {
            self.held.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
        if self.over.load(Ordering::SeqCst) {
            return Err(Error::Poisoned { log: "halted log" });
        }
        self.log.append(append).await
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.log.stream(id, after).await
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.log.read(after, limit).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        self.log.changed(id, seen).await
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        self.log.grown(seen).await
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        self.log.open(after, limit).await
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        self.log.orphaned(limit).await
    }

    fn tenure(&self) -> Option<Tenure> {
        self.log.tenure()
    }

    fn now(&self) -> Timestamp {
        self.log.now()
    }
}
