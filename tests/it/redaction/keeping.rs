//! What is kept, when, and what never is.

use std::sync::Arc;

use async_trait::async_trait;
use guardrail::audit::sidecar::{Error, Label, MemorySidecar, Opening, Sidecar};
use guardrail::{
    AuditEvent, AuditLog, Context, Intent, MemoryLog, MockApprover, Secret, Sequence, Version,
    requires_approval,
};

use super::bed::{ALLOW, ASK, IBAN, NAME, check, first, found, pay, payment, simple, world};
use crate::support::{Body, World};

#[requires_approval(policy = "deploy", redact(iban), skip(body))]
async fn transfer(body: &Body, iban: &str, cents: u32) -> Result<u32, guardrail::Error> {
    let _ = (iban, cents);
    body.run().await
}

/// What is kept opens the commitment on record, and is the value the body got.
#[tokio::test(start_paused = true)]
async fn what_was_redacted_opens_later() {
    for deploy in [ALLOW, ASK] {
        let (world, sidecar) = simple(deploy).await;
        let body = Arc::clone(&world.body);
        let call = async move { transfer(&body, IBAN, 5).await };
        world.guardrail.scope(call).await.unwrap();
        let id = first(&**world.log()).await;
        assert_eq!(found(&world, id).await, [format!("/iban opened \"{IBAN}\"")]);
        let checked = check(&**world.log(), &*sidecar).await;
        assert!(checked.is_sound() && checked.opened == 1, "{checked:?}");
    }
}

/// A sidecar that looks at the log whenever something is to be kept.
#[derive(Debug)]
struct Watching {
    inner: MemorySidecar,
    log: Arc<MemoryLog>,
}

#[async_trait]
impl Sidecar for Watching {
    async fn keep(&self, openings: &[Opening]) -> Result<(), Error> {
        for opening in openings {
            let request = opening.label().request;
            let stream = self.log.stream(request, Version::START).await.unwrap();
            assert!(stream.is_empty(), "it was on record before it was kept");
        }
        self.inner.keep(openings).await
    }

    async fn open(&self, label: &Label) -> Result<Option<Opening>, Error> {
        self.inner.open(label).await
    }

    async fn erase(&self, labels: &[Label]) -> Result<usize, Error> {
        self.inner.erase(labels).await
    }

    async fn labels(&self, after: Option<Label>, limit: usize) -> Result<Vec<Label>, Error> {
        self.inner.labels(after, limit).await
    }
}

/// A value is kept before its request is on record, and the record says that it is.
#[tokio::test(start_paused = true)]
async fn it_is_kept_before_it_is_on_record() {
    for deploy in [ALLOW, ASK] {
        let log = Arc::new(MemoryLog::new());
        let watching = Watching { inner: MemorySidecar::new(), log: Arc::clone(&log) };
        let world = world(deploy, Arc::clone(&log), watching).await;
        pay(&world, payment()).await.unwrap();
        let stream = log.stream(first(&*log).await, Version::START).await.unwrap();
        let AuditEvent::Requested(requested) = stream[0].event() else { panic!() };
        assert_eq!(requested.kept, ["iban".into(), "name".into()]);
        assert_eq!(world.body.runs(), 1);
    }
}

/// Two values of one call have two salts: who can open one learns nothing of the other.
#[tokio::test(start_paused = true)]
async fn every_value_has_a_salt_of_its_own() {
    let (world, sidecar) = simple(ALLOW).await;
    let same = Intent::builder("pay").policy("deploy").redact("a", "1234").redact("b", "1234");
    pay(&world, same).await.unwrap();
    let labels = sidecar.labels(None, 9).await.unwrap();
    let a = sidecar.open(&labels[0]).await.unwrap().unwrap();
    let b = sidecar.open(&labels[1]).await.unwrap().unwrap();
    assert_eq!(a.expose(), b.expose());
    assert_ne!(a.salt().expose(), b.salt().expose());
    let guessed = a.salt().commit(b.place(), b.expose().as_bytes());
    assert_ne!(guessed, b.label().commitment, "the salt of one value opens another");
}

/// Credentials are kept nowhere: neither by type, nor by name, nor by what they look like.
#[tokio::test(start_paused = true)]
async fn a_credential_is_never_kept() {
    const TOKEN: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    let (world, sidecar) = simple(ALLOW).await;
    let secret = Secret::new("hunter2");
    let asked = Intent::builder("log_in")
        .policy("deploy")
        .redact("wrapped", &secret)
        .redact("inside", &("alice", &secret))
        .redact("password", "hunter2")
        .redact("api_key", &[1, 2])
        .redact(
            "members",
            &[("password", "hunter2")].into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        )
        .redact("header", &format!("Authorization: Bearer {TOKEN}"))
        .arg("shown", &format!("curl -H 'Authorization: Bearer {TOKEN}'"));
    pay(&world, asked).await.unwrap();
    assert_eq!(sidecar.labels(None, 9).await.unwrap(), []);
    let checked = check(&**world.log(), &*sidecar).await;
    assert!(checked.is_sound() && checked.not_kept == 6, "{checked:?}");
}

/// Without a sidecar nothing is said to be kept.
#[tokio::test(start_paused = true)]
async fn without_a_sidecar_nothing_is_kept() {
    let approver = MockApprover::approving().as_person("bob");
    let world = World::built(ALLOW, |b| b.audit_log(MemoryLog::new()).approver(approver)).await;
    pay(&world, payment()).await.unwrap();
    for record in world.log().read(Sequence::START, 100).await.unwrap() {
        assert!(!record.line().contains("kept"), "{}", record.line());
    }
    let checked = check(&**world.log(), &MemorySidecar::new()).await;
    assert!(checked.is_sound() && checked.not_kept == 2, "{checked:?}");
}

/// Of a call that was refused before anybody was asked nothing is kept.
#[tokio::test(start_paused = true)]
async fn what_was_refused_at_once_is_not_kept() {
    let (world, sidecar) = simple(r#"effect = "deny""#).await;
    pay(&world, payment()).await.unwrap_err();
    assert_eq!(sidecar.labels(None, 9).await.unwrap(), []);
    assert!(check(&**world.log(), &*sidecar).await.is_sound());
    world.check(&["requested"], 0).await;
}

/// Of several calls with one key the values of the one on record are kept, and no others.
#[tokio::test(start_paused = true)]
async fn another_call_with_the_key_leaves_nothing_behind() {
    let (world, sidecar) = simple(ALLOW).await;
    let keyed = |asked| Context::new().key("k-1").scope(pay(&world, asked));
    keyed(payment()).await.unwrap();
    let labels = sidecar.labels(None, 9).await.unwrap();
    assert_eq!(labels.len(), 2);
    keyed(payment()).await.unwrap_err();
    keyed(Intent::builder("pay").policy("deploy").redact("iban", "another")).await.unwrap_err();
    assert_eq!(sidecar.labels(None, 9).await.unwrap(), labels);
    let checked = check(&**world.log(), &*sidecar).await;
    assert!(checked.is_sound() && checked.opened == 2, "{checked:?}");
}

/// What an agent calls its arguments is no path and no pattern.
#[tokio::test(start_paused = true)]
async fn hostile_names_are_only_names() {
    let (world, sidecar) = simple(ALLOW).await;
    let long = "n".repeat(900);
    let names = ["../..", "/etc/hosts", "a\0b", "~", "", "\u{202e}x", &long];
    let mut asked = Intent::builder("pay").policy("deploy");
    for name in names {
        asked = asked.redact(name.to_owned(), NAME);
    }
    pay(&world, asked).await.unwrap();
    let checked = check(&**world.log(), &*sidecar).await;
    assert!(checked.is_sound() && checked.opened == 7, "{checked:?}");
    let id = first(&**world.log()).await;
    for name in names {
        let redaction = super::bed::redaction(id).argument(name);
        let done = world.guardrail.redact(&redaction).await.unwrap();
        assert_eq!((done.values.len(), done.erased), (1, 1), "{name:?}");
    }
    assert_eq!(sidecar.labels(None, 9).await.unwrap(), []);
}
