//! Callbacks over HTTP, from the request to the inbox.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use guardrail_conformance::ManualClock;
use guardrail_core::clock::Timestamp;
use guardrail_core::model::secret::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::{BODY_LIMIT, Door, events, interactivity, router};
use crate::audience::Audience;
use crate::counts::{Counts, Refusal};
use crate::delivery::{Delivery, Kind};
use crate::verify::Verifier;

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const NOW: i64 = 1_800_000_000;
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const CLICK: &str =
    r#"{"type":"block_actions","team":{"id":"T0"},"enterprise":null,"api_app_id":"A0"}"#;
const EVENT: &str =
    r#"{"type":"event_callback","team_id":"T0","api_app_id":"A0","event_id":"Ev1","event":{}}"#;

struct Fixture {
    door: Arc<Door>,
    counts: Arc<Counts>,
    read: mpsc::Receiver<Delivery>,
}

impl Fixture {
    fn new() -> Self {
        Self::with(Audience::new(BTreeSet::from(["T0".to_owned()]), None, Some("A0".to_owned())))
    }

    fn with(audience: Audience) -> Self {
        let clock = ManualClock::at(Timestamp::from_micros(NOW * 1_000_000));
        let verifier = Verifier::new(vec![Secret::new(SECRET.to_owned())], Arc::new(clock));
        let counts = Arc::new(Counts::default());
        let (inbox, read) = mpsc::channel(2);
        let door = Door::new(verifier, Arc::new(audience), inbox, Arc::clone(&counts));
        Self { door: Arc::new(door), counts, read }
    }

    async fn send(&self, kind: Kind, request: Request) -> Response {
        let door = State(Arc::clone(&self.door));
        match kind {
            Kind::Interaction | Kind::Foreign => interactivity(door, request).await,
            Kind::Event => events(door, request).await,
        }
    }

    async fn click(&self, json: &str) -> StatusCode {
        self.send(Kind::Interaction, signed(FORM, &form(json))).await.status()
    }

    async fn event(&self, json: &str) -> StatusCode {
        self.send(Kind::Event, signed(JSON, json)).await.status()
    }

    fn taken(&mut self) -> Vec<String> {
        let mut taken = Vec::new();
        while let Ok(delivery) = self.read.try_recv() {
            assert_ne!(delivery.kind, Kind::Foreign);
            taken.push(String::from_utf8(delivery.payload).unwrap());
        }
        taken
    }
}

fn form(json: &str) -> String {
    use std::fmt::Write as _;
    let mut body = "payload=".to_owned();
    for byte in json.bytes() {
        write!(body, "%{byte:02X}").unwrap();
    }
    body
}

fn sign(time: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("v0:{time}:").as_bytes());
    mac.update(body);
    let digits: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v0={digits}")
}

fn signed(content_type: &str, body: &str) -> Request {
    signed_at(NOW, content_type, body)
}

fn signed_at(time: i64, content_type: &str, body: &str) -> Request {
    Request::post("/")
        .header("content-type", content_type)
        .header("X-Slack-Request-Timestamp", time)
        .header("X-Slack-Signature", sign(time, body.as_bytes()))
        .body(Body::from(body.to_owned()))
        .unwrap()
}

#[tokio::test]
async fn a_click_and_an_event_reach_the_inbox() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.click(CLICK).await, StatusCode::OK);
    assert_eq!(fixture.event(EVENT).await, StatusCode::OK);
    assert_eq!(fixture.taken(), [CLICK, EVENT]);
}

#[tokio::test]
async fn every_byte_of_a_callback_flipped_is_refused() {
    let mut fixture = Fixture::new();
    let body = form(CLICK);
    let signature = sign(NOW, body.as_bytes());
    for at in 0..body.len() {
        let mut bytes = body.clone().into_bytes();
        bytes[at] ^= 1;
        let request = Request::post("/")
            .header("content-type", FORM)
            .header("X-Slack-Request-Timestamp", NOW)
            .header("X-Slack-Signature", &signature)
            .body(Body::from(bytes))
            .unwrap();
        let answer = fixture.send(Kind::Interaction, request).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "byte {at}");
    }
    assert_eq!(fixture.counts.of(Refusal::Forged), body.len() as u64);
    assert!(fixture.taken().is_empty());
}

#[tokio::test]
async fn no_signature_and_an_old_one_are_refused_before_the_body() {
    let fixture = Fixture::new();
    // A body that never ends: whoever reads it waits.
    let endless =
        || Body::from_stream(futures_util::stream::pending::<Result<String, std::io::Error>>());
    let bare = Request::post("/").header("content-type", FORM).body(endless()).unwrap();
    assert_eq!(fixture.send(Kind::Interaction, bare).await.status(), StatusCode::UNAUTHORIZED);
    let mut old = signed_at(NOW - 301, FORM, "");
    *old.body_mut() = endless();
    assert_eq!(fixture.send(Kind::Interaction, old).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(fixture.counts.of(Refusal::Unsigned), 1);
    assert_eq!(fixture.counts.of(Refusal::Stale), 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let fixture = Fixture::new();
    let mut request = signed(FORM, "");
    *request.body_mut() =
        Body::from_stream(futures_util::stream::pending::<Result<String, std::io::Error>>());
    let answer = fixture.send(Kind::Interaction, request).await;
    assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(fixture.counts.of(Refusal::Slow), 1);
}

#[tokio::test(start_paused = true)]
async fn those_who_send_nothing_keep_nobody_out() {
    let mut fixture = Fixture::new();
    let silent = (0..1_000).map(|_| {
        let mut request = signed(FORM, "");
        let nothing = futures_util::stream::pending::<Result<String, std::io::Error>>();
        *request.body_mut() = Body::from_stream(nothing);
        fixture.send(Kind::Interaction, request)
    });
    let silent = futures_util::future::join_all(silent);
    let click = async {
        // After all the others have begun.
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        fixture.click(CLICK).await
    };
    let (_, answer) = tokio::join!(silent, click);
    assert_eq!(answer, StatusCode::OK);
    assert_eq!(fixture.taken(), [CLICK]);
}

#[tokio::test]
async fn a_body_too_long_is_refused() {
    let fixture = Fixture::new();
    let long = "x".repeat(BODY_LIMIT + 1);
    let answer = fixture.send(Kind::Interaction, signed(FORM, &long)).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    // Within the body's limit and beyond the payload's: nothing in it was encoded.
    let long = format!("payload={}", "x".repeat(BODY_LIMIT / 2));
    let answer = fixture.send(Kind::Interaction, signed(FORM, &long)).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_content_type_is_the_one_slack_uses_there() {
    let mut fixture = Fixture::new();
    let body = form(CLICK);
    for wrong in [JSON, "text/plain", "", "multipart/form-data; boundary=x"] {
        let answer = fixture.send(Kind::Interaction, signed(wrong, &body)).await;
        assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{wrong}");
    }
    let latin = format!("{FORM}; charset=latin1");
    let answer = fixture.send(Kind::Interaction, signed(&latin, &body)).await;
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let mut twice = signed(FORM, &body);
    twice.headers_mut().append("content-type", FORM.parse().unwrap());
    let answer = fixture.send(Kind::Interaction, twice).await;
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for coding in ["gzip", "identity, gzip", ""] {
        let mut packed = signed(FORM, &body);
        packed.headers_mut().insert("content-encoding", coding.parse().unwrap());
        let answer = fixture.send(Kind::Interaction, packed).await;
        assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{coding}");
    }
    assert_eq!(fixture.event(EVENT).await, StatusCode::OK);
    assert_eq!(
        fixture.send(Kind::Event, signed(FORM, EVENT)).await.status(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let utf8 = format!("{FORM}; charset=UTF-8");
    assert_eq!(
        fixture.send(Kind::Interaction, signed(&utf8, &body)).await.status(),
        StatusCode::OK
    );
    assert_eq!(fixture.taken().len(), 2);
}

#[tokio::test]
async fn only_what_is_shaped_as_slack_shapes_it() {
    let mut fixture = Fixture::new();
    for body in [
        "payload=",
        "payload={}",
        "payload=%7B%7D&payload=%7B%7D",
        &form("[]"),
        &form(&CLICK.replace(r#","api_app_id":"A0""#, "")),
        // The same key twice: which one counts is anybody's guess.
        &form(&CLICK.replace(r#""team""#, r#""team":{"id":"T0"},"team""#)),
    ] {
        let answer = fixture.send(Kind::Interaction, signed(FORM, body)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(
        fixture.event(&EVENT.replace("Ev1", &"E".repeat(200))).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        fixture.event(&EVENT.replace(r#""event_id":"Ev1","#, "")).await,
        StatusCode::BAD_REQUEST
    );
    assert!(fixture.taken().is_empty());
}

#[tokio::test]
async fn another_app_and_another_workspace_are_refused() {
    let mut fixture = Fixture::new();
    for foreign in [
        CLICK.replace("A0", "A1"),
        CLICK.replace("T0", "T1"),
        CLICK.replace(r#"{"id":"T0"}"#, "null"),
        CLICK
            .replace(r#"{"id":"T0"}"#, "null")
            .replace(r#""enterprise":null"#, r#""enterprise":{"id":"E0"}"#),
    ] {
        assert_eq!(fixture.click(&foreign).await, StatusCode::FORBIDDEN, "{foreign}");
    }
    assert_eq!(fixture.event(&EVENT.replace("T0", "T1")).await, StatusCode::FORBIDDEN);
    assert_eq!(fixture.counts.of(Refusal::NotOurs), 5);
    // The one on a message of ours is answered, and is nothing else.
    let abroad = fixture.read.try_recv().unwrap();
    let text = String::from_utf8(abroad.payload).unwrap();
    assert_eq!((abroad.kind, text), (Kind::Foreign, CLICK.replace("T0", "T1")));
    assert!(fixture.taken().is_empty());
}

#[tokio::test]
async fn an_organisation_covers_its_workspaces() {
    let mut fixture = Fixture::with(Audience::new(BTreeSet::new(), Some("E0".to_owned()), None));
    let click = |team: &str, enterprise: &str| {
        CLICK
            .replace(r#"{"id":"T0"}"#, team)
            .replace(r#""enterprise":null"#, &format!(r#""enterprise":{{"id":"{enterprise}"}}"#))
    };
    assert_eq!(fixture.click(&click("null", "E0")).await, StatusCode::OK);
    assert_eq!(fixture.click(&click(r#"{"id":"T7"}"#, "E0")).await, StatusCode::OK);
    assert_eq!(fixture.click(&click(r#"{"id":"T0"}"#, "E1")).await, StatusCode::FORBIDDEN);
    assert_eq!(fixture.taken().len(), 2);
}

#[tokio::test]
async fn the_handshake_is_answered_to_slack_alone() {
    let mut fixture = Fixture::new();
    let body = r#"{"token":"t","challenge":"3eZbrw1a","type":"url_verification"}"#;
    let answer = fixture.send(Kind::Event, signed(JSON, body)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/plain");
    assert_eq!(to_bytes(answer.into_body(), 100).await.unwrap(), "3eZbrw1a");
    let mut forged = signed(JSON, body);
    *forged.body_mut() = Body::from(body.replace("3eZb", "4eZb"));
    let answer = fixture.send(Kind::Event, forged).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(to_bytes(answer.into_body(), 100).await.unwrap().is_empty());
    let long = body.replace("3eZbrw1a", &"x".repeat(2000));
    assert_eq!(fixture.event(&long).await, StatusCode::BAD_REQUEST);
    assert!(fixture.taken().is_empty());
}

#[tokio::test]
async fn what_comes_twice_is_taken_once() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.click(CLICK).await, StatusCode::OK);
    assert_eq!(fixture.click(CLICK).await, StatusCode::OK);
    assert_eq!(fixture.event(EVENT).await, StatusCode::OK);
    // Slack signs each repetition anew.
    let mut again = signed_at(NOW + 60, JSON, EVENT);
    again.headers_mut().insert("X-Slack-Retry-Num", 1.into());
    let answer = fixture.send(Kind::Event, again).await;
    assert_eq!((answer.status(), retried(answer.headers())), (StatusCode::OK, false));
    assert_eq!(fixture.taken(), [CLICK, EVENT]);
    assert_eq!(fixture.counts.of(Refusal::Duplicate), 2);
}

#[tokio::test]
async fn what_does_not_fit_is_asked_for_again() {
    let mut fixture = Fixture::new();
    let event = |number: usize| EVENT.replace("Ev1", &format!("Ev{number}"));
    assert_eq!(fixture.event(&event(1)).await, StatusCode::OK);
    assert_eq!(fixture.event(&event(2)).await, StatusCode::OK);
    let answer = fixture.send(Kind::Event, signed(JSON, &event(3))).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(retried(answer.headers()));
    assert_eq!(fixture.counts.of(Refusal::InboxFull), 1);
    assert_eq!(fixture.taken().len(), 2);
    assert_eq!(fixture.event(&event(3)).await, StatusCode::OK);
    assert_eq!(fixture.taken(), [event(3)]);
}

#[tokio::test]
async fn nothing_is_taken_before_it_is_known_whose_it_is() {
    let mut fixture = Fixture::with(Audience::new(BTreeSet::new(), None, None));
    assert_eq!(fixture.click(CLICK).await, StatusCode::SERVICE_UNAVAILABLE);
    let me = serde_json::from_str(r#"{"team_id":"T0","user_id":"U0"}"#).unwrap();
    fixture.door.audience.learn(&me).unwrap();
    assert_eq!(fixture.click(&CLICK.replace("T0", "T1")).await, StatusCode::FORBIDDEN);
    assert_eq!(fixture.click(CLICK).await, StatusCode::OK);
    assert_eq!(fixture.taken(), [CLICK]);
}

#[tokio::test]
async fn news_about_events_is_no_event() {
    let mut fixture = Fixture::new();
    let limited = r#"{"type":"app_rate_limited","team_id":"T0","api_app_id":"A0"}"#;
    assert_eq!(fixture.event(limited).await, StatusCode::OK);
    assert_eq!(fixture.counts.of(Refusal::Unused), 1);
    assert!(fixture.taken().is_empty());
}

#[tokio::test]
async fn it_is_nested_where_the_program_likes() {
    let Fixture { door, mut read, .. } = Fixture::new();
    let app = Router::new().nest("/slack", router(Arc::into_inner(door).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/slack", listener.local_addr().unwrap());
    drop(tokio::spawn(async move { axum::serve(listener, app).await }));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let (click, event) = (form(CLICK), EVENT.to_owned());
    for (path, kind, body) in [("/interactivity", FORM, click), ("/events", JSON, event)] {
        let signature = sign(NOW, body.as_bytes());
        let request = client
            .post(format!("{base}{path}"))
            .header("content-type", kind)
            .header("x-slack-request-timestamp", NOW)
            .header("x-slack-signature", signature);
        assert_eq!(request.body(body).send().await.unwrap().status(), 200, "{path}");
        let answer = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{path}");
    }
    assert_eq!(read.recv().await.unwrap().kind, Kind::Interaction);
    assert_eq!(read.recv().await.unwrap().kind, Kind::Event);
}

fn retried(headers: &HeaderMap) -> bool {
    !headers.contains_key("x-slack-no-retry")
}
