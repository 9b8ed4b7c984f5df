//! The permit of an intent made by hand: values to take from it, and one body to run with it.

use std::future::poll_fn;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::clock::Entropy;
use crate::gate::Guardrail;
use crate::gate::error::Error;
use crate::gate::judge::judge;
use crate::gate::pass::{Entered, enter};
use crate::gate::running::InBody;
use crate::gate::runtime::has_runtime;
use crate::gate::scope::Frame;
use crate::gate::ticket::Ticket;
use crate::gate::track::Track;
use crate::model::{Intent, IntentBuilder, IntentError, Origin, Requested};

/// What is brought to the gate by hand: an [`Intent`], or an [`IntentBuilder`] that was not built.
///
/// A builder with a mistake in it is refused like every other call, and the refusal is on record;
/// of an intent that could not be built only the caller knows.
#[derive(Debug)]
pub struct Asked(Kind);

#[derive(Debug)]
enum Kind {
    Intent(Box<Intent>),
    Builder(Box<IntentBuilder>),
}

impl From<Intent> for Asked {
    fn from(intent: Intent) -> Self {
        Self(Kind::Intent(Box::new(intent)))
    }
}

impl From<IntentBuilder> for Asked {
    fn from(builder: IntentBuilder) -> Self {
        Self(Kind::Builder(Box::new(builder)))
    }
}

impl Asked {
    fn made(
        self,
        origin: &Origin<'_>,
        entropy: &dyn Entropy,
    ) -> Result<Intent, (IntentError, Box<Intent>)> {
        match self.0 {
            Kind::Intent(intent) => intent.attributed(origin),
            Kind::Builder(mut builder) => builder.assemble(Some(origin), entropy),
        }
    }
}

/// Proof of an approval that was spent: the only key to a body. Dropped before its body runs, the
/// start is recorded as aborted.
#[derive(Debug)]
#[must_use = "a permit that is dropped is recorded as aborted"]
pub struct Permit {
    requested: Arc<Requested>,
    pub(in crate::gate) track: Arc<Track>,
    pub(in crate::gate) ticket: Ticket,
}

pub(crate) async fn authorize(guardrail: &Guardrail, asked: Asked) -> Result<Permit, Error> {
    if !has_runtime() {
        return Err(Error::NoRuntime);
    }
    let track = Arc::new(Track::default());
    let ticket = Ticket::new(Arc::clone(&track));
    let made = {
        let frame = Frame::current();
        let origin = frame.context.origin(guardrail);
        asked.made(&origin, &**guardrail.inner.desk.entropy())
    };
    // Boxed, so that what waits does not keep the room in which its request was made.
    let mut judged = judge(guardrail, made)?;
    let requested = match Box::pin(enter(guardrail, &mut judged, &track)).await? {
        Entered::Passed(requested) => requested,
        Entered::Waiting(mut waiting) => {
            let settled = poll_fn(|cx| waiting.poll_over(cx)).await;
            Box::pin(waiting.go_on(settled, Arc::clone(&track))).await;
            track.passed()?
        }
    };
    Ok(Permit { requested, track, ticket })
}

impl Permit {
    /// What was approved.
    #[must_use]
    pub fn intent(&self) -> &Intent {
        &self.requested.intent
    }

    /// The approved value of one argument.
    ///
    /// # Errors
    /// When there is none of that name, or it is no `T`.
    pub fn arg<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        let read = self.requested.intent.arguments().read(name);
        read.map_err(|source| Error::Argument { source: Arc::new(source) })
    }

    /// Runs the body, once, and puts its outcome on record.
    ///
    /// # Errors
    /// The body's own; or, where it ended well and that could not be recorded,
    /// [`Error::Unrecorded`]. [`Error::Lapsed`], and the body does not begin: several processes share
    /// the log, and the others may have taken this one for gone since the start.
    ///
    /// # Cancel safety
    /// Dropped: the outcome is recorded as unknown.
    pub async fn run<T, E: From<Error>>(
        self,
        body: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Self { track, ticket, .. } = self;
        if let Err(error) = track.begin_body() {
            // What has not begun leaves nothing unrecorded.
            let _ = track.record_outcome().await;
            return Err(error.into());
        }
        let ended = InBody::new(&track, body).await;
        let well = ended.is_ok();
        let (ended, recorded) = ticket.record(ended, well).await;
        match (ended, recorded) {
            (Ok(_), Err(error)) => Err(error.into()),
            (ended, _) => ended,
        }
    }
}
