//! The end that is elsewhere: takes heads.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use guardrail_core::audit::proof::{
    CheckpointError, Keys, SignedCheckpoint, Witness, WitnessError,
};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::witness::{NOTE_LIMIT, TEXT};

/// Heads that are read at a time, and how long one may take: whoever has no key may send, too.
const AT_ONCE: usize = 64;
const TIME: Duration = Duration::from_secs(3);

struct Door {
    keys: Keys,
    witness: Box<dyn Witness>,
    places: Semaphore,
}

/// An endpoint that hands the heads it is sent to a witness of this machine, a
/// [`FileWitness`](guardrail_core::audit::proof::FileWitness) for example: `POST /`.
///
/// It takes what one of these keys signed, so that it needs no other credential: 204. What is no
/// checkpoint is refused with 400, one that no key signed with 403, one that contradicts a head it
/// knows with 409 and the lines of that head, a body above 256 KiB with 413, one that takes longer than
/// 3 s with 408; 503 says that the witness failed, or that 64 are being read just now.
///
/// It keeps one log: heads of another contradict it. Nest one for each.
pub fn witness_router(keys: Keys, witness: impl Witness) -> Router {
    Router::new().route("/", post(take)).layer(DefaultBodyLimit::max(NOTE_LIMIT)).with_state(
        Arc::new(Door { keys, witness: Box::new(witness), places: Semaphore::new(AT_ONCE) }),
    )
}

async fn take(State(door): State<Arc<Door>>, request: Request) -> Response {
    let Ok(place) = door.places.try_acquire() else {
        return said(StatusCode::SERVICE_UNAVAILABLE, "too many heads at a time");
    };
    let note = match timeout(TIME, String::from_request(request, &())).await {
        Ok(Ok(note)) => note,
        Ok(Err(rejection)) => return rejection.into_response(),
        Err(_) => return said(StatusCode::REQUEST_TIMEOUT, "the head did not come in time"),
    };
    drop(place);
    let head = match SignedCheckpoint::open(&note, &door.keys) {
        Ok(head) => head,
        Err(error @ CheckpointError::Form) => return said(StatusCode::BAD_REQUEST, error),
        Err(error) => return said(StatusCode::FORBIDDEN, error),
    };
    match door.witness.publish(&head).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(WitnessError::Contradicts { known }) => {
            (StatusCode::CONFLICT, [(CONTENT_TYPE, TEXT)], known.text()).into_response()
        }
        // What failed here is for the log of this machine, not for whoever asked.
        Err(error) => {
            tracing::error!(witness = door.witness.name(), %error, "a head was not kept");
            said(StatusCode::SERVICE_UNAVAILABLE, "the head was not kept")
        }
    }
}

fn said(status: StatusCode, why: impl std::fmt::Display) -> Response {
    (status, [(CONTENT_TYPE, TEXT)], format!("{why}\n")).into_response()
}
