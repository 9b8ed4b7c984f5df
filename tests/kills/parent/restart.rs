//! One call, one kill at one place, and what a new process makes of it.

use guardrail::State;
use tempfile::TempDir;

use crate::child::{Doom, Orders};
use crate::nest::Nest;
use crate::parent::after::examine;
use crate::parent::finish::finish;
use crate::parent::kill::{When, live};
use crate::people::CHANNEL;
use crate::script::Kind;
use crate::site::Site;

/// One call of this kind, killed at this point (or when nothing more happens), leaves its request
/// like this; its body has begun this often. Then a new process calls with the key twice.
fn check(kind: Kind, point: Option<&str>, state: Option<State>, runs: usize) {
    check_all(kind, &[point], state, runs);
}

/// The same after one life after another, on every log that needs no server.
fn check_all(kind: Kind, points: &[Option<&str>], state: Option<State>, runs: usize) {
    check_on(&Site::Files, kind, points, state, runs);
    // Points in the midst of a file are of that file alone.
    if !points.contains(&Some("half written")) {
        check_on(&Site::Sqlite, kind, points, state, runs);
    }
}

fn check_on(site: &Site, kind: Kind, points: &[Option<&str>], state: Option<State>, runs: usize) {
    let (folder, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let nest = Nest::at(folder.path());
    for (life, point) in (0..).zip(points) {
        let doom = point.map_or(Doom::Never, |point| Doom::Named(point.to_owned()));
        let (nest, site, kinds) = (nest.clone(), site.text(), vec![kind]);
        let orders = Orders { nest, life, seed: 1, doom, site, kinds };
        assert_eq!(live(&orders, When::Done).hit.as_deref(), *point);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let remains = examine(site, &nest, copy.path(), &mut Vec::new()).await;
        let key = kind.key(0);
        assert_eq!((remains.state(&key), remains.runs(&key)), (state, runs));
        if state == Some(State::Pending) {
            assert!(!remains.lives[&key].receipts(CHANNEL).is_empty(), "it was sent");
        }
        finish(remains, [key]).await;
    });
}

#[test]
fn killed_before_the_request_it_is_a_new_one() {
    check(Kind::Quick, Some("before requested"), None, 0);
}

#[test]
fn killed_between_request_and_vote_the_approver_hears_of_it_again_and_it_runs_once() {
    check(Kind::Pending, None, Some(State::Pending), 0);
}

#[test]
fn killed_between_two_votes_the_first_still_counts() {
    check(Kind::Half, None, Some(State::Pending), 0);
}

#[test]
fn killed_before_the_vote_is_on_record_nobody_has_voted() {
    check(Kind::Quick, Some("before approved"), Some(State::Pending), 0);
}

#[test]
fn killed_between_approval_and_start_it_runs_once_without_asking_again() {
    check(Kind::Quick, Some("before started"), Some(State::Approved), 0);
}

#[test]
fn killed_between_start_and_body_it_is_unknown_and_never_runs() {
    check(Kind::Quick, Some("behind started"), Some(State::Started), 0);
    check(Kind::Free, Some("behind started"), Some(State::Started), 0);
}

#[test]
fn killed_in_the_body_it_is_unknown_and_never_runs_again() {
    check(Kind::Quick, Some("body begun"), Some(State::Started), 1);
    check(Kind::Endless, None, Some(State::Started), 1);
    check(Kind::Quick, Some("before completed"), Some(State::Started), 1);
}

#[test]
fn killed_behind_the_outcome_it_has_run() {
    check(Kind::Quick, Some("behind completed"), Some(State::Completed), 1);
    check(Kind::Failing, Some("behind failed"), Some(State::Failed), 1);
}

#[test]
fn killed_in_the_body_and_again_while_that_is_put_on_record_it_never_runs_again() {
    for (point, state) in [
        ("before unknown", State::Started),
        ("half written", State::Started),
        ("behind unknown", State::Unknown),
    ] {
        check_all(Kind::Endless, &[None, Some(point)], Some(state), 1);
    }
}
