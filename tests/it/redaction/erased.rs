//! What is erased: on record first, once, and for good.

use std::sync::Arc;

use guardrail::audit::sidecar::{MemorySidecar, Opening, RedactError, Redaction, Sidecar, repeat};
use guardrail::audit::verify;
use guardrail::model::secret::Salt;
use guardrail::{AuditEvent, AuditLog as _, MemoryLog, RequestId, Version};
use guardrail_conformance::{Call, FaultyLog, SeededEntropy, Trouble, When};

use super::bed::{ALLOW, IBAN, NAME, check, first, found, pay, payment, redaction, simple, world};

/// Erased with a record of who, why and on which basis; the log verifies, the other value opens.
#[tokio::test(start_paused = true)]
async fn what_was_redacted_is_erased_with_a_record() {
    let (world, sidecar) = simple(ALLOW).await;
    pay(&world, payment()).await.unwrap();
    let id = first(&**world.log()).await;
    let before = verify(&**world.log()).await.unwrap().records;
    let done = world.guardrail.redact(&redaction(id).argument("iban")).await.unwrap();
    assert_eq!((done.erased, &*done.values[0].place), (1, "/iban"));
    let behind = verify(&**world.log()).await.unwrap().records;
    assert_eq!(behind, before + 1);
    assert_eq!(done.record.map(|record| record.get()), Some(behind));
    assert_eq!(
        found(&world, id).await,
        [
            "/iban erased by dpo@example.com, GDPR Art. 17(1)(a): Erika asked for it".to_owned(),
            format!("/name opened \"{NAME}\""),
        ]
    );
    let checked = check(&**world.log(), &*sidecar).await;
    assert!(checked.is_sound(), "{checked:?}");
    assert_eq!((checked.opened, checked.erased), (1, 1));
    let log = world.log().stream(RequestId::LOG, Version::START).await.unwrap();
    let AuditEvent::Redacted(redacted) = log.last().unwrap().event() else { panic!() };
    assert_eq!((redacted.request, redacted.values.len()), (id, 1));
}

/// Without a name it is all values of the request; done again it is on record once.
#[tokio::test(start_paused = true)]
async fn to_redact_again_is_on_record_once() {
    let (world, sidecar) = simple(ALLOW).await;
    pay(&world, payment()).await.unwrap();
    let id = first(&**world.log()).await;
    world.guardrail.redact(&redaction(id).argument("name")).await.unwrap();
    let rest = world.guardrail.redact(&redaction(id)).await.unwrap();
    assert_eq!((rest.values.len(), rest.erased), (2, 1), "what is left, and what was before");
    let records = verify(&**world.log()).await.unwrap().records;
    for _ in 0..3 {
        let again = world.guardrail.redact(&redaction(id)).await.unwrap();
        assert_eq!((again.erased, again.record), (0, rest.record));
    }
    assert_eq!(verify(&**world.log()).await.unwrap().records, records);
    let checked = check(&**world.log(), &*sidecar).await;
    assert!(checked.is_sound() && checked.erased == 2, "{checked:?}");
}

/// What cannot be redacted is told, and nothing is on record or erased.
#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_told() {
    let (world, sidecar) = simple(ALLOW).await;
    pay(&world, payment().redact("password", "hunter2")).await.unwrap();
    let id = first(&**world.log()).await;
    let records = verify(&**world.log()).await.unwrap().records;
    let redact = async |redaction: Redaction| world.guardrail.redact(&redaction).await.unwrap_err();
    let error = redact(redaction(id).argument("cents")).await;
    assert!(matches!(error, RedactError::NoSuchArgument(_)), "{error}");
    let error = redact(redaction(id).argument("iban").argument("nonsense")).await;
    assert!(matches!(error, RedactError::NoSuchArgument(_)), "{error}");
    let error = redact(redaction(id).argument("password")).await;
    assert!(matches!(error, RedactError::NotKept(_)), "{error}");
    let other = RequestId::random(world.log().now(), &SeededEntropy::new(1)).unwrap();
    let error = redact(redaction(other)).await;
    assert!(matches!(error, RedactError::NoSuchRequest(_)), "{error}");
    for (by, why, basis) in [("", "y", "z"), ("x", " ", "z"), ("x", "y", "")] {
        assert!(matches!(Redaction::new(id, by, why, basis), Err(RedactError::Text { .. })));
    }
    let long = "x".repeat(5000);
    assert!(Redaction::new(id, &long, "y", "z").is_err());
    assert!(Redaction::new(id, "x", &long, "z").is_err());
    assert_eq!(verify(&**world.log()).await.unwrap().records, records);
    assert_eq!(check(&**world.log(), &*sidecar).await.opened, 2);
}

/// The log fails at every call: nothing is erased that is not on record, and to do it again is
/// enough.
#[tokio::test(start_paused = true)]
async fn nothing_is_erased_that_is_not_on_record() {
    for call in [Call::Append, Call::Stream] {
        for when in [When::Before, When::After] {
            for nth in 1.. {
                let log = Arc::new(FaultyLog::new(MemoryLog::new()));
                let sidecar = Arc::new(MemorySidecar::new());
                let world = world(ALLOW, Arc::clone(&log), Arc::clone(&sidecar)).await;
                pay(&world, payment()).await.unwrap();
                let id = first(&*log).await;
                let down = guardrail::audit::Error::storage("test log", "answer", "it is gone");
                log.at(call, nth, when, Trouble::Error(down));
                let what = format!("{call:?} {nth} {when:?}");
                let Err(error) = world.guardrail.redact(&redaction(id)).await else { break };
                assert!(matches!(error, RedactError::Log(_)), "{what}: {error}");
                assert_eq!(sidecar.labels(None, 9).await.unwrap().len(), 2, "{what}");
                world.guardrail.redact(&redaction(id)).await.unwrap();
                let checked = check(&*log, &*sidecar).await;
                assert!(checked.is_sound() && checked.erased == 2, "{what}: {checked:?}");
                let on_record = log.stream(RequestId::LOG, Version::START).await.unwrap();
                let on_record = on_record.iter().filter(|r| r.event().name() == "redacted");
                assert_eq!(on_record.count(), 1, "{what}");
            }
        }
    }
}

/// Whoever looks sees what is missing, what was put in its place, and what nobody claims.
#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_sidecar_is_seen() {
    let (world, sidecar) = simple(ALLOW).await;
    pay(&world, payment()).await.unwrap();
    let log = &**world.log();
    let id = first(log).await;
    let labels = sidecar.labels(None, 9).await.unwrap();
    let mut openings = Vec::new();
    for label in &labels {
        openings.push(sidecar.open(label).await.unwrap().unwrap());
    }
    openings.sort_by_key(|opening| opening.place().to_owned());
    let [iban, name] = openings.as_slice() else { panic!() };
    assert_eq!(iban.expose(), format!("\"{IBAN}\""));
    // Gone without a record.
    sidecar.erase(&[iban.label()]).await.unwrap();
    assert!(found(&world, id).await[0].contains("no erasure is on record"));
    assert_eq!(check(log, &*sidecar).await.missing, 1);
    // Another value under its label, and the right one at another place.
    let (label, salt) = (iban.label(), iban.salt().clone());
    let other = Opening::read(label, "/iban", salt.clone(), "\"other\"".to_owned());
    let moved = Opening::read(label, "/name", salt, iban.expose().to_owned());
    for forged in [other, moved] {
        sidecar.erase(&[label]).await.unwrap();
        sidecar.keep(&[forged]).await.unwrap();
        assert!(found(&world, id).await[0].contains("not the value"));
        assert_eq!(check(log, &*sidecar).await.forged, 1);
    }
    // Kept for no request: it can be erased like any other.
    let stray = RequestId::random(log.now(), &SeededEntropy::new(1)).unwrap();
    let unclaimed = Opening::new(stray, "/x", Salt::from_bytes([1; 32]), "\"y\"".to_owned());
    sidecar.keep(&[unclaimed]).await.unwrap();
    let checked = check(log, &*sidecar).await;
    assert_eq!((checked.unclaimed, checked.flaws.len()), (1, 2));
    let done = world.guardrail.redact(&redaction(stray)).await.unwrap();
    assert_eq!((done.erased, &*done.values[0].place), (1, "/x"));
    assert_eq!(check(log, &*sidecar).await.unclaimed, 0);
    // On record as erased, and there again, as from a backup.
    world.guardrail.redact(&redaction(id).argument("name")).await.unwrap();
    sidecar.keep(std::slice::from_ref(name)).await.unwrap();
    assert_eq!(check(log, &*sidecar).await.still_there, 1);
    assert_eq!(repeat(log, &*sidecar).await.unwrap(), 1);
    assert_eq!(check(log, &*sidecar).await.still_there, 0);
}

/// A program without a sidecar is told how to get one.
#[tokio::test(start_paused = true)]
async fn without_a_sidecar_it_is_refused() {
    let world = crate::support::World::new(ALLOW).await;
    pay(&world, payment()).await.unwrap();
    let id = first(&**world.log()).await;
    let error = world.guardrail.redact(&redaction(id)).await.unwrap_err();
    assert!(matches!(error, RedactError::NoSidecar) && error.to_string().contains(".sidecar("));
}
