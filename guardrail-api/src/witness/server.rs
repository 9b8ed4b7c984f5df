//! The end that is elsewhere: takes heads.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use guardrail_core::audit::proof::{
    CheckpointError, Keys, SignedCheckpoint, Witness, WitnessError,
};

use crate::witness::{NOTE_LIMIT, TEXT};

struct Door {
    keys: Keys,
    witness: Box<dyn Witness>,
}

/// An endpoint that hands the heads it is sent to a witness of this machine, a
/// [`FileWitness`](guardrail_core::audit::proof::FileWitness) for example: `POST /`.
///
/// It takes what one of these keys signed, so that it needs no other credential: 204. What is no
/// checkpoint is refused with 400, one that no key signed with 403, one that contradicts a head it
/// knows with 409 and the lines of that head, a body above 256 KiB with 413; 503 says that the
/// witness failed.
///
/// It keeps one log: heads of another contradict it. Nest one for each.
pub fn witness_router(keys: Keys, witness: impl Witness) -> Router {
    Router::new()
        .route("/", post(take))
        .layer(DefaultBodyLimit::max(NOTE_LIMIT))
        .with_state(Arc::new(Door { keys, witness: Box::new(witness) }))
}

async fn take(State(door): State<Arc<Door>>, note: String) -> Response {
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
