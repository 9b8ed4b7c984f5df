//! When a call is tried again, how long it waits, and that it ends.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::script::{Reply, Script, breaks, limits, refuses, says};
use crate::client::Error;

fn good() -> Reply {
    says(json!({ "ok": true, "users": ["U1"] }))
}

#[tokio::test(start_paused = true)]
async fn trouble_passes() {
    let script = Script::new([breaks(), breaks(), refuses("internal_error"), good()]);
    assert_eq!(script.client().usergroup_users("S1").await.unwrap(), ["U1"]);
    let times = script.times();
    // 0.5, 1 and 2 seconds, each shortened by up to a half.
    let waits: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!((250..=500).contains(&waits[0]), "{waits:?}");
    assert!((500..=1000).contains(&waits[1]), "{waits:?}");
    assert!((1000..=2000).contains(&waits[2]), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn slacks_own_wait_is_kept() {
    let script = Script::new([limits(7), refuses("ratelimited"), good()]);
    script.client().usergroup_users("S1").await.unwrap();
    let times = script.times();
    assert!((7000..=7700).contains(&times[1]), "{times:?}");
    assert!((3000..=3300).contains(&(times[2] - times[1])), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_patience_is_not_begun() {
    let (script, start) = (Script::new([limits(31)]), Instant::now());
    let error = script.client().usergroup_users("S1").await.unwrap_err();
    assert_eq!(error, Error::RateLimited { method: "test", after: Duration::from_secs(31) });
    assert!(start.elapsed() < Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_tried_again() {
    let script = Script::new([refuses("not_in_channel")]);
    let error = script.client().usergroup_users("S1").await.unwrap_err();
    let refused =
        Error::Refused { method: "usergroups.users.list", code: "not_in_channel".to_owned() };
    assert_eq!(error, refused);
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_whatever_happens() {
    let (script, start) = (Script::new(vec![breaks(); 100]), Instant::now());
    let error = script.client().usergroup_users("S1").await.unwrap_err();
    assert!(error.may_retry() && error.to_string().contains("503"), "{error}");
    assert!(start.elapsed() <= Duration::from_secs(31), "{:?}", start.elapsed());
    assert!(script.times().len() <= 9);

    let (script, start) = (Script::new([breaks(), Reply::Silence]), Instant::now());
    let error = script.client().usergroup_users("S1").await.unwrap_err();
    // The last thing that was heard is what is told.
    assert!(error.may_retry() && error.to_string().contains("503"), "{error}");
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_trigger_is_tried_no_longer_than_it_lives() {
    let (script, start) = (Script::new([breaks(), Reply::Silence]), Instant::now());
    let error = script.client().views_open("1.2.3", &json!({})).await.unwrap_err();
    assert!(error.may_retry());
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}
