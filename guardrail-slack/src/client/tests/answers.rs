//! What an answer may be, and what none is.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::answer::read;
use crate::client::error::Error;
use crate::client::transport::Answer;

fn reading(body: &str) -> Result<Value, Error> {
    read("test", &Answer { body: body.into(), retry_after: Duration::from_secs(7) })
}

#[test]
fn a_good_answer_is_read() {
    assert_eq!(reading(r#"{"ok":true,"a":1}"#).unwrap(), json!({ "ok": true, "a": 1 }));
}

#[test]
fn slacks_no_has_a_word() {
    for code in ["channel_not_found", "not_in_channel", "is_archived", "token_revoked"] {
        let error = reading(&format!(r#"{{"ok":false,"error":"{code}"}}"#)).unwrap_err();
        assert_eq!((error.code(), error.may_retry()), (Some(code), false));
    }
    assert!(reading(r#"{"ok":false,"error":"internal_error"}"#).unwrap_err().may_retry());
    let limited = reading(r#"{"ok":false,"error":"ratelimited"}"#).unwrap_err();
    assert_eq!(limited, Error::RateLimited { method: "test", after: Duration::from_secs(7) });
}

#[test]
fn what_is_no_answer_of_slack_is_believed_in_nothing() {
    let long = "x".repeat(65);
    for body in [
        "",
        "ok",
        "null",
        "[]",
        "{}",
        r#"{"ok":"true"}"#,
        r#"{"ok":1}"#,
        r#"{"ok":false}"#,
        r#"{"ok":false,"error":""}"#,
        r#"{"ok":false,"error":"<!channel> hi"}"#,
        r#"{"ok":false,"error":"a\nb"}"#,
        &format!(r#"{{"ok":false,"error":"{long}"}}"#),
        r#"{"ok":true,"error":"odd"}"#,
        r#"{"ok":false,"ok":true}"#,
        r#"{"ok":true} trailing"#,
        "<html>captive portal</html>",
    ] {
        assert!(matches!(reading(body), Err(Error::Unreadable { .. })), "{body}");
    }
}
