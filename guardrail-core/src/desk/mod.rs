//! The desk: opens requests, judges votes, settles, expires, starts, finishes and recovers them.
//! It knows no approver. Every change goes through one loop: look, judge, append.

mod cast;
mod change;
mod end;
mod error;
mod fence;
mod holds;
mod keep;
mod late;
mod limits;
mod log;
mod note;
mod open;
mod permit;
mod recover;
mod rejudge;
mod retry;
mod start;
mod unknown;
mod wait;
mod watch;

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Semaphore;

pub(crate) use end::{Ending, Gone, Phase};
pub use error::Error;
pub(crate) use fence::SILENT;
pub use limits::Limits;
pub(crate) use limits::Slot;
pub(crate) use open::{Opening, Prepared};
pub(crate) use permit::Permit;
pub use rejudge::{Misjudged, Rejudge, RejudgeError, Rejudged};
pub(crate) use start::Start;
pub use unknown::resolve;
pub(crate) use watch::{Next, Settled, Watch};

use crate::audit::AuditLog;
use crate::audit::sidecar::Sidecar;
use crate::clock::{Entropy, Timestamp};
use crate::model::{AuditEvent, RequestId};
use crate::policy::PolicySet;
use change::Move;
use limits::Places;

/// Everything that may happen to a request, over one log and the policies in force.
#[derive(Debug)]
pub(crate) struct Desk {
    log: Arc<dyn AuditLog>,
    sidecar: Option<Arc<dyn Sidecar>>,
    policies: RwLock<PolicySet>,
    entropy: Arc<dyn Entropy>,
    limits: Limits,
    places: Arc<Places>,
    /// One change of policies at a time: the last on record is the one in force.
    loading: tokio::sync::Mutex<()>,
    /// Places for ends that the log would not take.
    late: Arc<Semaphore>,
}

impl Desk {
    pub(crate) fn new(
        log: Arc<dyn AuditLog>,
        sidecar: Option<Arc<dyn Sidecar>>,
        policies: PolicySet,
        entropy: Arc<dyn Entropy>,
        limits: Limits,
    ) -> Self {
        Self {
            log,
            sidecar,
            policies: RwLock::new(policies),
            entropy,
            places: Places::new(limits),
            limits,
            loading: tokio::sync::Mutex::default(),
            late: Arc::new(Semaphore::new(late::AT_A_TIME)),
        }
    }

    pub(crate) fn log(&self) -> &Arc<dyn AuditLog> {
        &self.log
    }

    pub(crate) fn entropy(&self) -> &Arc<dyn Entropy> {
        &self.entropy
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.log.now()
    }

    /// The policies in force.
    pub(crate) fn policies(&self) -> PolicySet {
        self.policies.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts other policies in force, once that is on record.
    pub(crate) async fn load(&self, policies: PolicySet) -> Result<(), Error> {
        let _one_at_a_time = self.loading.lock().await;
        self.note_policies(&policies).await?;
        *self.policies.write().unwrap_or_else(PoisonError::into_inner) = policies;
        Ok(())
    }

    /// Puts the policies in force on record. An empty file makes no noise of its own, and stops all.
    pub(crate) async fn note_policies(&self, policies: &PolicySet) -> Result<(), Error> {
        if policies.policies().next().is_none() {
            tracing::warn!("the policies in force define no policy: every guarded call is refused");
        }
        let digest = policies.digest();
        self.change(RequestId::LOG, None, |_, _| Move::Append {
            events: vec![AuditEvent::PolicyLoaded { digest }],
            before: None,
            then: (),
        })
        .await
        .map(|_| ())
    }
}
