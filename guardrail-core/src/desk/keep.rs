//! Keeps what redacted values were before the request is on record, and takes it back where it never
//! will be.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::audit::sidecar::{self, Label, Opening, Sidecar};
use crate::desk::Desk;
use crate::desk::log::within;
use crate::model::canonical::place;
use crate::model::{AuditEvent, Intent, Opens, RequestId, Requested, Verdict, Version};

/// How long a sidecar may take for one answer, as the log may.
const PATIENCE: Duration = Duration::from_secs(10);

impl Desk {
    /// The sidecar, where there is one.
    pub(crate) fn sidecar(&self) -> Option<&Arc<dyn Sidecar>> {
        self.sidecar.as_ref()
    }

    /// The arguments of an intent whose values are to be kept. Of a call that is refused before anybody
    /// is asked nothing is kept: it never runs.
    pub(in crate::desk) fn keeps(&self, intent: &Intent, verdict: &Verdict) -> Vec<Box<str>> {
        match (&self.sidecar, verdict) {
            (Some(_), Verdict::Allow | Verdict::Ask(_)) => {
                intent.arguments().opens().map(|opens| opens.name.into()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Keeps what the request says is kept.
    pub(in crate::desk) async fn keep(
        &self,
        id: RequestId,
        requested: &Requested,
    ) -> Result<(), sidecar::Error> {
        let Some(sidecar) = &self.sidecar else { return Ok(()) };
        let kept = openings(id, &requested.intent);
        let keep = sidecar.keep(&kept);
        let late = || sidecar::Error::storage("sidecar", "keep", "no answer within 10 seconds");
        let done = in_time(keep).await.unwrap_or_else(|| Err(late()));
        if done.is_err() {
            self.take_back(id, &requested.intent).await;
        }
        done
    }

    /// Erases what was kept for a request that is not, and will not be, on record. Where that fails it
    /// is found as an opening of no request.
    pub(in crate::desk) async fn take_back(&self, id: RequestId, intent: &Intent) {
        let Some(sidecar) = &self.sidecar else { return };
        let labels: Vec<Label> = openings(id, intent).iter().map(Opening::label).collect();
        match in_time(sidecar.erase(&labels)).await {
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::warn!(request = %id, %error, "values of no request are still kept");
            }
            None => tracing::warn!(request = %id, "values of no request may still be kept"),
        }
    }

    /// The same for a call that went away while its request was being put on record, unless it is.
    pub(in crate::desk) async fn take_back_unclaimed(&self, id: RequestId, intent: &Intent) {
        // With a key, an append that is still under way may come after us.
        if self.sidecar.is_none() || id.is_keyed() || intent.arguments().opens().next().is_none() {
            return;
        }
        let Ok(records) = self.stream(id, Version::START).await else { return };
        let claimed = records.first().is_none_or(|record| match record.event() {
            AuditEvent::Requested(requested) => !requested.kept.is_empty(),
            _ => true,
        });
        if !claimed {
            self.take_back(id, intent).await;
        }
    }
}

fn openings(id: RequestId, intent: &Intent) -> Vec<Opening> {
    let opening = |opens: Opens<'_>| {
        let value = Zeroizing::new(opens.value.to_owned());
        Opening::new(id, place(opens.name), opens.salt.clone(), value)
    };
    intent.arguments().opens().map(opening).collect()
}

async fn in_time<T>(
    mut asked: Pin<Box<dyn Future<Output = Result<T, sidecar::Error>> + Send + '_>>,
) -> Option<Result<T, sidecar::Error>> {
    within(PATIENCE, asked.as_mut()).await
}
