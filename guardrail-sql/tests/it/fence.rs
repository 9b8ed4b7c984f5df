//! A process that was stopped for longer than others wait goes on with nothing that it had started.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use guardrail_conformance::ManualClock;
use guardrail_conformance::events::commented;
use guardrail_core::approver::{Approver, Error, Review};
use guardrail_core::audit::{Append, AuditLog, verify};
use guardrail_core::clock::Timestamp;
use guardrail_core::gate::{self, Guardrail, Permit};
use guardrail_core::model::{Identity, Intent, Seen, Sequence, Vote};
use guardrail_core::policy::PolicySet;
use guardrail_sql::Settings;

use crate::shared::Place;

const POLICIES: &str =
    "[people.bob]\n[policies.p]\napprovers = [\"person:bob\"]\nretry = \"idempotent\"\n";

/// Approves of everything.
#[derive(Debug)]
struct Yes;

#[async_trait]
impl Approver for Yes {
    fn channel(&self) -> &str {
        "yes"
    }

    async fn review(&self, mut review: Review) -> Result<(), Error> {
        let nonce = review.show("").await?;
        let seen = Seen::whole(review.request().intent().digest(), nonce);
        let _ = review.cast(Vote::approve(Identity::person("bob"), seen)).await?;
        review.settled().await.map(|_| ())
    }
}

struct Process<L> {
    log: Arc<L>,
    clock: Arc<ManualClock>,
    guardrail: Guardrail,
    runs: AtomicU32,
}

impl<L: AuditLog> Process<L> {
    async fn start(place: &impl Place<Log = L>) -> Self {
        let clock = Arc::new(ManualClock::at(now()));
        let log = place.try_open(Settings::new().clock(clock.clone())).await.unwrap();
        let log = Arc::new(log);
        let builder = Guardrail::builder().policies(PolicySet::parse(POLICIES).unwrap());
        let guardrail = builder.approver(Yes).audit_log(Arc::clone(&log)).build().await.unwrap();
        Self { log, clock, guardrail, runs: AtomicU32::new(0) }
    }

    async fn authorize(&self, key: &str) -> Result<Permit, gate::Error> {
        self.guardrail.authorize(Intent::builder("deed").policy("p").key(key)).await
    }

    async fn run(&self, permit: Permit) -> Result<(), gate::Error> {
        let body = async {
            self.runs.fetch_add(1, Ordering::SeqCst);
            Ok(())
        };
        permit.run(body).await
    }

    /// It is stopped for a minute, as far as it and the others can tell.
    async fn is_stopped(&self, place: &impl Place<Log = L>, silence: &str) {
        place.execute(silence).await;
        self.clock.advance(Duration::from_secs(60));
    }

    /// It says that it is there, by writing something.
    async fn says_so(&self) {
        let records = self.log.read(Sequence::START, 1000).await.unwrap();
        let of = |id| records.iter().filter(|record| record.id() == id).count() as u64;
        let id = records.iter().find(|r| r.event().name() == "requested").unwrap().id();
        let note = commented("here I am");
        let version = guardrail_core::model::Version::new(of(id));
        self.log.append(&Append::new(id, version, vec![note])).await.unwrap();
    }

    fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}

fn is_silent(ended: &Result<(), gate::Error>) -> bool {
    matches!(ended, Err(gate::Error::Lapsed { why, .. }) if why.contains("taken"))
}

/// One starts something and is stopped; another takes it for gone and lets it begin again. Whether the
/// first has said since that it is there or not, its permit opens nothing any more.
pub(crate) async fn who_was_stopped_goes_on_with_nothing(place: &impl Place, silence: &str) {
    for (key, says_so) in [("one", false), ("two", true)] {
        let one = Process::start(place).await;
        let held = one.authorize(key).await.unwrap();
        one.is_stopped(place, silence).await;
        let two = Process::start(place).await;
        let again = two.authorize(key).await.unwrap();
        if says_so {
            one.says_so().await;
            assert!(one.log.tenure().is_some(), "it is there again");
        }
        let ended = one.run(held).await;
        assert!(is_silent(&ended), "{says_so}: {ended:?}");
        two.run(again).await.unwrap();
        assert_eq!((one.runs(), two.runs()), (0, 1));
        verify(&*two.log).await.unwrap();
    }
}

/// A process that wakes up again begins what it starts then.
pub(crate) async fn who_wakes_up_begins_what_it_starts_then(place: &impl Place, silence: &str) {
    let one = Process::start(place).await;
    let held = one.authorize("before").await.unwrap();
    one.is_stopped(place, silence).await;
    assert_eq!(one.log.tenure(), None, "it cannot know");
    let fresh = one.authorize("behind").await.unwrap();
    one.run(fresh).await.unwrap();
    let ended = one.run(held).await;
    assert!(is_silent(&ended), "{ended:?}");
    assert_eq!(one.runs(), 1);
}
