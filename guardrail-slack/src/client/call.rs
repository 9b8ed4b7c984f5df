//! Calls a method until it answers, for as long as a call may last.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use guardrail_core::clock::Entropy;
use guardrail_core::model::secret::Secret;
use serde::de::DeserializeOwned;

use tokio::time::{Instant, timeout_at};

use crate::client::answer;
use crate::client::error::Error;
use crate::client::transport::{Body, Transport};
use crate::jitter;

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// The deadline comes first where every try takes its time.
const MOST_TRIES: usize = 8;

/// Calls methods again until they answer.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    transport: Arc<dyn Transport>,
    entropy: Arc<dyn Entropy>,
}

impl Caller {
    pub(super) fn new(transport: Arc<dyn Transport>, entropy: Arc<dyn Entropy>) -> Self {
        Self { transport, entropy }
    }

    /// Calls a method, and calls it again while that may help and there is time.
    pub(super) async fn call<T: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        token: Option<&Secret<String>>,
        body: &Body,
        deadline: Instant,
    ) -> Result<T, Error> {
        let last = Mutex::new(None);
        let waits = ExponentialBuilder::default()
            .with_min_delay(FIRST_WAIT)
            .with_max_delay(LONGEST_WAIT)
            .with_max_times(MOST_TRIES);
        let tries = (|| async {
            let answer = self.transport.post(method, token, body).await?;
            answer::read(method, &answer)
        })
        .retry(waits)
        .when(Error::may_retry)
        .adjust(|error, wait| self.wait(error, wait?, deadline))
        .notify(|error, wait| {
            tracing::debug!(%error, wait_ms = wait.as_millis(), "a call to slack is repeated");
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        });
        match timeout_at(deadline, tries).await {
            Ok(answer) => answer,
            Err(_) => Err(last
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)
                .unwrap_or_else(|| late(method))),
        }
    }

    /// How long to wait before the next try; nothing where it would come too late.
    fn wait(&self, error: &Error, wait: Duration, deadline: Instant) -> Option<Duration> {
        let wait = match error {
            Error::RateLimited { after, .. } => jitter::longer(*after, &*self.entropy),
            _ => jitter::shorter(wait, &*self.entropy),
        };
        (wait < deadline.saturating_duration_since(Instant::now())).then_some(wait)
    }
}

pub(super) fn late(method: &'static str) -> Error {
    Error::Unreachable { method, why: "no answer in time".to_owned() }
}
