//! Callbacks over HTTP: checked, put in the inbox, answered at once; the work comes later.

mod form;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use futures_util::StreamExt as _;
use serde::Deserialize;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::audience::{Audience, Head};
use crate::counts::{Counts, Refusal};
use crate::delivery::{DELIVERY_LIMIT, Delivery, Inbox, Kind, pass_on};
use crate::object;
use crate::seen::Seen;
use crate::verify::{Claim, Verifier};

/// What refusals of this road are traced under.
const ROAD: &str = "http";
/// How long a body may be; encoding makes a payload up to three times as long.
const BODY_LIMIT: usize = 3 * DELIVERY_LIMIT;
/// How long a body may take. Slack itself waits three seconds for the answer.
const BODY_TIME: Duration = Duration::from_secs(3);
/// How many bytes are held at a time of bodies that nobody proved yet. A body takes its place as it
/// comes, so that those who send nothing take nothing from Slack.
const AT_ONCE: usize = 64 * BODY_LIMIT;
/// How long the challenge of a handshake may be.
const CHALLENGE_LIMIT: usize = 1024;
const EVENT_ID_LIMIT: usize = 128;

/// On a delivery that Slack repeats: which repetition it is.
const RETRY: &str = "x-slack-retry-num";
/// Tells Slack that a repetition would be refused as well.
const NO_RETRY: &str = "x-slack-no-retry";

/// What the endpoints share.
#[derive(Debug)]
pub(crate) struct Door {
    verifier: Verifier,
    audience: Arc<Audience>,
    inbox: Inbox,
    counts: Arc<Counts>,
    seen: Mutex<Seen<Key>>,
    reading: Semaphore,
}

/// What makes two deliveries the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// Of an interaction, which has no id: the same bytes at the same time.
    Signature([u8; 32]),
    /// Of an event: each retry is signed anew and has this id.
    Event(String),
}

/// The handshake by which Slack finds out whether an address for events is one.
#[derive(Deserialize)]
struct Handshake {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
}

/// What to answer, and how to count it.
enum Answer {
    /// In the inbox.
    Taken,
    /// Text that Slack wants to have back.
    Challenge(String),
    Refused(Refusal),
}

/// `POST /interactivity` and `POST /events`, to be nested where the app's settings point.
pub(crate) fn router(door: Door) -> Router {
    Router::new()
        .route("/interactivity", post(interactivity))
        .route("/events", post(events))
        .with_state(Arc::new(door))
}

async fn interactivity(State(door): State<Arc<Door>>, request: Request) -> Response {
    respond(&door, door.hear(Kind::Interaction, request).await)
}

async fn events(State(door): State<Arc<Door>>, request: Request) -> Response {
    respond(&door, door.hear(Kind::Event, request).await)
}

// ===== impl Door =====

impl Door {
    pub(crate) fn new(
        verifier: Verifier,
        audience: Arc<Audience>,
        inbox: Inbox,
        counts: Arc<Counts>,
    ) -> Self {
        let seen = Mutex::default();
        Self { verifier, audience, inbox, counts, seen, reading: Semaphore::new(AT_ONCE) }
    }

    async fn hear(&self, kind: Kind, request: Request) -> Answer {
        if let Some(retry) = request.headers().get(RETRY).and_then(|value| value.to_str().ok()) {
            tracing::debug!(retry = retry.parse::<u8>().ok(), "slack delivers something again");
        }
        match self.checked(kind, request).await {
            Ok((claim, body)) => self.take(kind, &claim, body),
            Err(refusal) => Answer::Refused(refusal),
        }
    }

    /// The body of a request that Slack signed.
    async fn checked(&self, kind: Kind, request: Request) -> Result<(Claim, Vec<u8>), Refusal> {
        let claim = self.verifier.claim(request.headers())?;
        content_type(kind, request.headers())?;
        let (body, _held) = read(request.into_body(), &self.reading).await?;
        self.verifier.holds(&claim, &body)?;
        Ok((claim, body))
    }

    /// Puts into the inbox what is for us and was not there before.
    fn take(&self, kind: Kind, claim: &Claim, body: Vec<u8>) -> Answer {
        let payload = match kind {
            Kind::Interaction | Kind::Foreign => match form::payload(&body) {
                Some(payload) => payload,
                None => return Answer::Refused(Refusal::Shape),
            },
            Kind::Event => match handshake(&body) {
                Some(challenge) => return Answer::Challenge(challenge),
                None => body,
            },
        };
        if payload.len() > DELIVERY_LIMIT {
            return Answer::Refused(Refusal::TooLong);
        }
        let Some(head) = Head::read(kind, &payload) else {
            return Answer::Refused(Refusal::Shape);
        };
        if let Err(refusal) = self.audience.admit(&head) {
            if self.audience.is_from_abroad(&head) {
                pass_on(&self.inbox, payload);
            }
            return Answer::Refused(refusal);
        }
        let key = match (kind, head.event_id) {
            (Kind::Interaction | Kind::Foreign, _) => Key::Signature(claim.signature()),
            // Slack says that it holds back events, for example.
            (Kind::Event, _) if head.kind != "event_callback" => {
                return Answer::Refused(Refusal::Unused);
            }
            (Kind::Event, Some(id)) if id.len() <= EVENT_ID_LIMIT => Key::Event(id),
            (Kind::Event, _) => return Answer::Refused(Refusal::Shape),
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains(&key) {
            return Answer::Refused(Refusal::Duplicate);
        }
        match self.inbox.try_send(Delivery { kind, payload }) {
            Ok(()) => {
                // Only what was taken counts as seen: the retry of what did not fit is no duplicate.
                seen.remember(key);
                Answer::Taken
            }
            Err(_) => Answer::Refused(Refusal::InboxFull),
        }
    }
}

fn respond(door: &Door, answer: Answer) -> Response {
    let refusal = match answer {
        Answer::Taken => return StatusCode::OK.into_response(),
        Answer::Challenge(challenge) => {
            let headers = [(CONTENT_TYPE, "text/plain"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
            return (headers, challenge).into_response();
        }
        Answer::Refused(refusal) => refusal,
    };
    door.counts.refused(refusal, ROAD);
    let status = match refusal {
        // Slack is told that it arrived; it did, the first time.
        Refusal::Duplicate | Refusal::Unused => StatusCode::OK,
        Refusal::Unsigned | Refusal::Stale | Refusal::Forged => StatusCode::UNAUTHORIZED,
        Refusal::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Refusal::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Slow => StatusCode::REQUEST_TIMEOUT,
        Refusal::Shape => StatusCode::BAD_REQUEST,
        Refusal::NotOurs => StatusCode::FORBIDDEN,
        Refusal::NotReady | Refusal::InboxFull => {
            return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")]).into_response();
        }
    };
    (status, [(NO_RETRY, "1")]).into_response()
}

/// One content type, the one Slack uses for this kind, in UTF-8. Slack compresses nothing: what says
/// that it is, others on the way may read as something else.
fn content_type(kind: Kind, headers: &HeaderMap) -> Result<(), Refusal> {
    let wanted = match kind {
        Kind::Interaction | Kind::Foreign => "application/x-www-form-urlencoded",
        Kind::Event => "application/json",
    };
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    if !codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Refusal::ContentType);
    }
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (value, second) = (values.next().and_then(|value| value.to_str().ok()), values.next());
    let (Some(value), None) = (value, second) else { return Err(Refusal::ContentType) };
    let (essence, parameter) = match value.split_once(';') {
        Some((essence, parameter)) => (essence, Some(parameter.trim())),
        None => (value, None),
    };
    let utf8 = parameter.is_none_or(|text| text.eq_ignore_ascii_case("charset=utf-8"));
    let right = essence.trim().eq_ignore_ascii_case(wanted) && utf8;
    if right { Ok(()) } else { Err(Refusal::ContentType) }
}

/// The body, and its place among those that are held.
async fn read(
    body: Body,
    places: &Semaphore,
) -> Result<(Vec<u8>, Option<SemaphorePermit<'_>>), Refusal> {
    let deadline = Instant::now() + BODY_TIME;
    let mut chunks = body.into_data_stream();
    let (mut read, mut held) = (Vec::new(), None::<SemaphorePermit<'_>>);
    loop {
        let chunk = match timeout_at(deadline, chunks.next()).await {
            Ok(Some(Ok(chunk))) => chunk,
            // Broken off: there is no whole body.
            Ok(Some(Err(_))) => return Err(Refusal::TooLong),
            Ok(None) => return Ok((read, held)),
            Err(_) => return Err(Refusal::Slow),
        };
        if read.len().saturating_add(chunk.len()) > BODY_LIMIT {
            return Err(Refusal::TooLong);
        }
        let bytes = u32::try_from(chunk.len()).map_err(|_| Refusal::TooLong)?;
        let place = places.try_acquire_many(bytes).map_err(|_| Refusal::InboxFull)?;
        match &mut held {
            Some(held) => held.merge(place),
            None => held = Some(place),
        }
        read.extend_from_slice(&chunk);
    }
}

fn handshake(body: &[u8]) -> Option<String> {
    let read: Handshake = object::read(body).ok()?;
    let right = read.kind == "url_verification" && read.challenge.len() <= CHALLENGE_LIMIT;
    right.then_some(read.challenge)
}
