//! Of several processes one looks after what another that is gone has left behind.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::approver::{Approver, Error, Review};
use guardrail_core::audit::{self, Append, AuditLog, verify};
use guardrail_core::gate::{self, Guardrail};
use guardrail_core::model::{
    AuditEvent, Digest, Identity, Intent, Receipt, RequestId, Seen, Sequence, Version, Vote,
};
use guardrail_core::policy::PolicySet;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::shared::Place;

/// A channel that shows requests, and votes once it may.
#[derive(Clone, Debug, Default)]
struct Channel {
    shown: Arc<Mutex<Vec<(RequestId, usize)>>>,
    votes: bool,
}

#[async_trait]
impl Approver for Channel {
    fn channel(&self) -> &str {
        "channel"
    }

    async fn review(&self, mut review: Review) -> Result<(), Error> {
        let nonce = review.nonce()?;
        let receipts = review.receipts().len();
        review.posted(Receipt::new("a message", &nonce)).await?;
        self.shown.lock().unwrap().push((review.request().id(), receipts));
        if self.votes {
            let seen = Seen::whole(review.request().intent().digest(), nonce);
            let _ = review.cast(Vote::approve(Identity::person("bob"), seen)).await?;
        }
        review.settled().await.map(|_| ())
    }
}

impl Channel {
    fn shown(&self) -> Vec<(RequestId, usize)> {
        self.shown.lock().unwrap().clone()
    }
}

/// A process: a log, a guardrail over it, and a runtime they end with.
struct Process<L: AuditLog> {
    runtime: Option<Runtime>,
    log: Arc<L>,
    guardrail: Guardrail,
    channel: Channel,
}

impl<L: AuditLog> Process<L> {
    async fn start(place: &Arc<impl Place<Log = L> + 'static>, votes: bool) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let channel = Channel { votes, ..Channel::default() };
        let (place, shown) = (Arc::clone(place), channel.clone());
        let started = runtime.spawn(async move {
            let log = Arc::new(place.open("main").await);
            let policies = "[people.bob]\n[policies.ask]\napprovers = [\"person:bob\"]\n";
            let guardrail = Guardrail::builder()
                .agent("deploy-bot")
                .policies(PolicySet::parse(policies).unwrap())
                .approver(shown)
                .audit_log(Arc::clone(&log));
            (log, guardrail.build().await.unwrap())
        });
        let (log, guardrail) = started.await.unwrap();
        Self { runtime: Some(runtime), log, guardrail, channel }
    }

    /// Calls with this number, and counts where the body runs.
    fn call(&self, n: usize, runs: &Arc<AtomicUsize>) -> JoinHandle<Result<(), gate::Error>> {
        let (guardrail, runs) = (self.guardrail.clone(), Arc::clone(runs));
        let intent = Intent::builder("deed").policy("ask").arg("n", &n).key(format!("key-{n}"));
        self.runtime.as_ref().unwrap().spawn(async move {
            let permit = guardrail.authorize(intent).await?;
            permit
                .run(async {
                    runs.fetch_add(1, Ordering::SeqCst);
                    Ok::<_, gate::Error>(())
                })
                .await
        })
    }

    /// It is gone in the midst of it, and says nothing more. Others on the machine see that a
    /// process is gone; this one is only a part of a process, so that is done by hand.
    async fn kill(mut self, place: &Arc<impl Place<Log = L>>) {
        let writer = writer(&*self.log).await;
        self.runtime.take().unwrap().shutdown_background();
        let log = self.log.id();
        let forget = format!(
            "DELETE FROM guardrail_writer WHERE writer = {writer} \
             AND log = (SELECT number FROM guardrail_log WHERE id = '{log}')"
        );
        place.execute(&forget).await;
    }
}

impl<L: AuditLog> Drop for Process<L> {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Who writes through this log, as its next record says.
async fn writer(log: &impl AuditLog) -> Sequence {
    let mut version = Version::START;
    loop {
        let events = vec![AuditEvent::PolicyLoaded { digest: Digest::of(b"who writes") }];
        match log.append(&Append::new(RequestId::LOG, version, events)).await {
            Ok(appended) => return appended.records.first().unwrap().writer(),
            Err(audit::Error::Conflict { actual }) => version = actual,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Requests that wait when their process is gone.
const WAITING: usize = 20;

/// A process makes requests and goes; of two that come next each request is shown by one, with what
/// the first had sent; when that one goes too, a new one takes up its part.
pub(crate) async fn one_of_several_takes_up_what_is_left(place: &Arc<impl Place + 'static>) {
    let runs = Arc::default();
    let first = Process::start(place, false).await;
    let _calls: Vec<_> = (0..WAITING).map(|n| first.call(n, &runs)).collect();
    until(|| first.channel.shown().len() == WAITING).await;
    first.kill(place).await;

    let (one, two) = tokio::join!(Process::start(place, false), Process::start(place, false));
    until(|| one.channel.shown().len() + two.channel.shown().len() >= WAITING).await;
    let mut all = [one.channel.shown(), two.channel.shown()].concat();
    assert!(all.iter().all(|(_, receipts)| *receipts == 1), "with what was sent: {all:?}");
    assert_eq!(all.len(), WAITING, "each by one");
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), WAITING, "each was taken up");

    let left: BTreeSet<RequestId> = one.channel.shown().into_iter().map(|(id, _)| id).collect();
    one.kill(place).await;
    let third = Process::start(place, false).await;
    until(|| third.channel.shown().len() >= left.len()).await;
    let taken: BTreeSet<RequestId> = third.channel.shown().into_iter().map(|(id, _)| id).collect();
    assert_eq!(taken, left, "what the one had, and nothing of the other");
    verify(&*third.log).await.unwrap();
}

/// Asked by a process that is gone, approved through another: whoever calls with the key first
/// starts it, and nobody else.
pub(crate) async fn what_is_approved_starts_once(place: &Arc<impl Place + 'static>) {
    let runs = Arc::default();
    let first = Process::start(place, false).await;
    let _call = first.call(1, &runs);
    until(|| first.channel.shown().len() == 1).await;
    first.kill(place).await;

    let one = Process::start(place, true).await;
    let two = Process::start(place, false).await;
    let calls = [one.call(1, &runs), two.call(1, &runs), one.call(1, &runs), two.call(1, &runs)];
    let mut ended = Vec::new();
    for call in calls {
        ended.push(call.await.unwrap());
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1, "{ended:?}");
    assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), 1, "{ended:?}");
    let records = one.log.read(Sequence::START, 100).await.unwrap();
    assert_eq!(records.iter().filter(|r| r.event().name() == "started").count(), 1);
}

async fn until(done: impl Fn() -> bool) {
    for _ in 0..1500 {
        if done() {
            return;
        }
        // A sleep: what is waited for happens behind the approver's back.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen");
}
