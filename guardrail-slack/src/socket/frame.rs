//! Reads what Slack says over a socket.
//!
//! <https://docs.slack.dev/apis/events-api/using-socket-mode>

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::object::{self, Object};

/// How long an envelope's id may be; Slack's are UUIDs.
const ENVELOPE_ID_LIMIT: usize = 128;

/// One text frame.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    /// The first: from now on envelopes come. The app is whose token opened the socket, and so many
    /// sockets of it are open, with this one.
    Hello {
        app: Option<String>,
        connections: Option<u64>,
    },
    Envelope(Envelope<'a>),
    /// Slack will close this socket and wants another.
    Disconnect {
        reason: Reason,
    },
    /// Something that needs no answer.
    Other,
}

/// A delivery that has to be acknowledged.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Envelope<'a> {
    pub(super) id: String,
    /// `interactive`, `events_api`, `slash_commands`.
    pub(super) kind: String,
    /// JSON as it came.
    pub(super) payload: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// In some seconds, or at once: sockets are replaced every few hours.
    Refresh,
    /// Socket Mode was switched off for the app.
    LinkDisabled,
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(rename = "type")]
    kind: String,
    envelope_id: Option<String>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
    reason: Option<String>,
    num_connections: Option<u64>,
    connection_info: Option<Object<ConnectionInfo>>,
}

#[derive(Deserialize)]
struct ConnectionInfo {
    app_id: Option<String>,
}

/// Reads a frame, or nothing where it is none of Slack's.
pub(super) fn read(text: &str) -> Option<Frame<'_>> {
    let raw: Raw<'_> = object::read(text.as_bytes()).ok()?;
    if let Some(id) = raw.envelope_id {
        let usable = !id.is_empty() && id.len() <= ENVELOPE_ID_LIMIT;
        let payload = raw.payload.map(RawValue::get);
        return usable.then_some(Frame::Envelope(Envelope { id, kind: raw.kind, payload }));
    }
    Some(match raw.kind.as_str() {
        "hello" => Frame::Hello {
            app: raw.connection_info.and_then(|info| info.0.app_id),
            connections: raw.num_connections,
        },
        "disconnect" => Frame::Disconnect {
            reason: match raw.reason.as_deref() {
                Some("link_disabled") => Reason::LinkDisabled,
                // `warning`, `refresh_requested`, and whatever else will be: another is needed.
                _ => Reason::Refresh,
            },
        },
        // An envelope that cannot be acknowledged.
        "interactive" | "events_api" | "slash_commands" => return None,
        _ => Frame::Other,
    })
}

/// What acknowledges an envelope.
pub(super) fn acknowledgement(envelope: &str) -> String {
    json!({ "envelope_id": envelope }).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Envelope, Frame, Reason, acknowledgement, read};

    #[test]
    fn what_slack_says_is_understood() {
        let hello = r#"{"type":"hello","num_connections":1,"connection_info":{"app_id":"A1"},"debug_info":{"host":"x"}}"#;
        assert_eq!(
            read(hello),
            Some(Frame::Hello { app: Some("A1".to_owned()), connections: Some(1) })
        );
        let envelope = r#"{"envelope_id":"e1","type":"interactive","accepts_response_payload":true,"payload": {"a": 1.0} }"#;
        assert_eq!(
            read(envelope),
            Some(Frame::Envelope(Envelope {
                id: "e1".to_owned(),
                kind: "interactive".to_owned(),
                payload: Some(r#"{"a": 1.0}"#),
            }))
        );
        for (reason, expected) in [
            ("warning", Reason::Refresh),
            ("refresh_requested", Reason::Refresh),
            ("new", Reason::Refresh),
            ("link_disabled", Reason::LinkDisabled),
        ] {
            let text = format!(r#"{{"type":"disconnect","reason":"{reason}","debug_info":{{}}}}"#);
            assert_eq!(read(&text), Some(Frame::Disconnect { reason: expected }));
        }
        assert_eq!(read(r#"{"type":"news"}"#), Some(Frame::Other));
    }

    #[test]
    fn what_slack_does_not_say_is_not() {
        let long = format!(r#"{{"type":"interactive","envelope_id":"{}"}}"#, "e".repeat(200));
        for text in [
            "",
            "hello",
            "{}",
            "[]",
            r#"{"type":1}"#,
            r#"{"type":"interactive"}"#,
            r#"{"type":"interactive","envelope_id":""}"#,
            r#"{"type":"interactive","envelope_id":"a","envelope_id":"b"}"#,
            r#"{"type":"interactive","envelope_id":"a","payload":{},"payload":{}}"#,
            r#"{"type":"interactive","envelope_id":"a","payload":{"b":}}"#,
            &long,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn an_acknowledgement_is_json_whatever_the_id() {
        assert_eq!(acknowledgement("a\"b"), r#"{"envelope_id":"a\"b"}"#);
    }
}
