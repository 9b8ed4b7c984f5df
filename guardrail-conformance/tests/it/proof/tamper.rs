//! Every cut, swap and fork of a log of 1,000 records is found, or named as not covered; so is an old
//! copy.

use guardrail_core::audit::proof::SignedCheckpoint;
use guardrail_core::audit::{Fault, VerifyError};
use guardrail_core::model::{RequestId, Sequence, Version};

use super::story::{Owner, id, inspect, seal, story};

const RECORDS: usize = 1000;

/// The lines, and heads at these sizes.
fn signed(sizes: &[usize]) -> (Vec<String>, Vec<SignedCheckpoint>) {
    let lines = seal(1, &story(RECORDS));
    let heads = Owner::new().heads(&lines, sizes);
    (lines, heads)
}

fn is_long() -> bool {
    std::env::var_os("GUARDRAIL_SOAK").is_some()
}

#[test]
fn an_honest_log_is_covered_as_far_as_it_was_signed() {
    let (lines, heads) = signed(&[1, 256, 512, 900]);
    let report = inspect(&lines, &heads).unwrap();
    assert_eq!((report.verified.records, report.covered), (1000, 900));
    assert_eq!(report.uncovered(), Some(Sequence::new(901)));
    assert_eq!(report.starts, Some(166));
    assert_eq!(inspect(&lines, &[]).unwrap().uncovered(), Some(Sequence::new(1)));
    assert_eq!(inspect(&lines[..900], &heads).unwrap().uncovered(), None);
    assert_eq!(inspect(&lines[..0], &[]).unwrap().uncovered(), None);
}

/// A log cut anywhere is found by a head that covers more; behind it, what is missing was never
/// covered.
#[test]
fn every_cut_is_found_or_was_not_covered() {
    let (lines, heads) = signed(&[256, 768]);
    for kept in (0..RECORDS).step_by(if is_long() { 1 } else { 67 }) {
        match inspect(&lines[..kept], &heads) {
            Err(VerifyError { sequence, why: Fault::Cut { signed: 768 }, .. }) => {
                assert!(kept < 768, "{kept}");
                assert_eq!(sequence, Sequence::new(kept as u64 + 1));
            }
            Ok(report) => assert!(kept >= 768 && report.covered == 768, "{kept}"),
            other => panic!("{kept} kept: {other:?}"),
        }
    }
}

/// No line can be missing, doubled or elsewhere, and it is found where it begins.
#[test]
fn every_moved_line_is_found() {
    let (lines, _) = signed(&[]);
    for at in (0..RECORDS - 1).step_by(if is_long() { 1 } else { 83 }) {
        let mut missing = lines.clone();
        missing.remove(at);
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at].clone());
        let mut swapped = lines.clone();
        swapped.swap(at, at + 1);
        let mut far = lines.clone();
        far.swap(at, RECORDS - 1);
        for (what, bent) in
            [("missing", missing), ("doubled", doubled), ("swapped", swapped), ("far", far)]
        {
            let found = inspect(&bent, &[]).unwrap_err();
            let first = Sequence::new(at as u64 + 1);
            let ok = found.sequence == first || found.sequence == first.next();
            assert!(ok, "{what} at {first}: {found}");
        }
    }
}

/// A log that someone with the file, but not the key, has sealed again from some record on is
/// found by every head at or behind that record; behind the last head it is named as not covered.
#[test]
fn every_fork_is_found_or_named() {
    let sizes = [256, 512, 900];
    let (_, heads) = signed(&sizes);
    let story = story(RECORDS);
    for at in (1..RECORDS).step_by(if is_long() { 7 } else { 131 }) {
        let mut forked = story.clone();
        // One event more, and all that follows sealed behind it.
        let said = guardrail_conformance::events::commented("I was always here");
        let (stream, version) = (forked[at - 1].0, forked[at - 1].1.next());
        if stream == RequestId::LOG {
            continue;
        }
        forked.insert(at, (stream, version, said));
        for entry in forked.iter_mut().skip(at + 1).filter(|entry| entry.0 == stream) {
            entry.1 = entry.1.next();
        }
        let lines = seal(1, &forked);
        assert!(inspect(&lines, &[]).is_ok(), "the fork at {at} is a log by itself");
        let next = sizes.iter().find(|size| **size > at);
        let before = sizes.iter().rfind(|size| **size <= at).copied().unwrap_or(0) as u64;
        match (inspect(&lines, &heads), next) {
            (Err(VerifyError { sequence, why: Fault::Fork { size }, .. }), Some(next)) => {
                assert_eq!((sequence.get(), size), (before + 1, *next as u64), "fork at {at}");
            }
            (Ok(report), None) => {
                assert_eq!(report.uncovered(), Some(Sequence::new(901)), "fork at {at}");
            }
            other => panic!("fork at {at}: {other:?}"),
        }
    }
}

/// An old copy put in place of the log is found by a newer head, and so it is when the copy has
/// gone on from there.
#[test]
fn an_old_copy_is_found() {
    let (lines, heads) = signed(&[700]);
    let restored = &lines[..600];
    let found = inspect(restored, &heads).unwrap_err();
    assert_eq!(found.why, Fault::Cut { signed: 700 });
    assert_eq!(found.sequence, Sequence::new(601));
    assert!(found.to_string().contains("old copy"), "{found}");
    let mut story = story(600);
    let open = (id(1_000_000), Version::START);
    for event in super::story::life(super::story::ask(), |digest| digest) {
        let version = story.iter().filter(|entry| entry.0 == open.0).count() as u64;
        story.push((open.0, Version::new(version), event));
    }
    for number in 2_000_000..2_000_200 {
        let asked = guardrail_conformance::events::asked().unwrap();
        story.push((id(number), Version::START, asked));
    }
    let gone_on = seal(1, &story);
    assert_eq!(gone_on[..600], *restored);
    let found = inspect(&gone_on, &heads).unwrap_err();
    assert_eq!(found.why, Fault::Fork { size: 700 });
}

/// The head of another log says nothing of this one, in either order of sizes.
#[test]
fn heads_of_other_logs_do_not_fit() {
    let (lines, _) = signed(&[]);
    let other = seal(2, &story(RECORDS));
    for size in [500, RECORDS] {
        let heads = Owner::new().heads(&other, &[size]);
        assert_eq!(inspect(&lines, &heads).unwrap_err().why, Fault::OtherLog);
        assert_eq!(inspect(&lines[..400], &heads).unwrap_err().why, Fault::OtherLog);
    }
}
