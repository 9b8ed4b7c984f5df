//! Who attends a request: one task per approver, panics caught, the last to leave denies it.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

use crate::approver::{Approver, Door, Error, Review};
use crate::desk::{Desk, Next, Watch};
use crate::model::{ApprovalRequest, State};

/// How long an approver has, once a request is settled, to update what it showed.
const GRACE: Duration = Duration::from_secs(30);

/// How long it is before something is tried again while the log fails.
const PAUSE: Duration = Duration::from_secs(1);

/// How often leaving is tried to be put on record while the log fails.
const TRIES: u32 = 3;

/// Gives every approver the door to all requests. One that panics over it hears nobody, which is
/// its loss alone.
pub(crate) fn attach(desk: &Arc<Desk>, approvers: &[Arc<dyn Approver>]) {
    for approver in approvers {
        let name = channel(&**approver);
        let door = Door::new(desk, name);
        let attached = std::panic::catch_unwind(AssertUnwindSafe(|| approver.attach(door)));
        if attached.is_err() {
            tracing::error!(channel = name, "an approver panicked when it was attached");
        }
    }
}

/// Brings a request that ended unattended before the approvers that once showed it somewhere, so
/// that they update what still stands there.
pub(crate) fn tell(desk: &Arc<Desk>, approvers: &[Arc<dyn Approver>], request: &ApprovalRequest) {
    let shown = |approver: &Arc<dyn Approver>| {
        let receipts = request.receipts(channel(&**approver));
        receipts.iter().any(|receipt| !receipt.reference().is_empty())
    };
    let shown: Vec<_> = approvers.iter().filter(|approver| shown(approver)).cloned().collect();
    if !shown.is_empty() {
        attend(&Watch::new(Arc::clone(desk), request.clone()), &shown);
    }
}

/// The future of one approver's review.
type Reviewing<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// Brings a pending request before every approver, each in a task of its own on the present
/// runtime. The tasks outlive the call: they hear the decision and update their messages.
///
/// Where there is no approver at all, it is denied at once. All of them share the wait for it with
/// whoever else has this `watch`.
pub(crate) fn attend(watch: &Arc<Watch>, approvers: &[Arc<dyn Approver>]) {
    if approvers.is_empty() {
        drop(tokio::spawn(unattended(Arc::clone(watch.desk()), watch.latest())));
    }
    let present = Arc::new(AtomicUsize::new(approvers.len()));
    for approver in approvers {
        let review = Review::sharing(Arc::clone(watch), channel(&**approver));
        let (approver, present) = (Arc::clone(approver), Arc::clone(&present));
        // In place: an `async fn` keeps what it is given twice, and thousands of reviews wait.
        drop(tokio::spawn(async move {
            let end = Attentive::new(&*approver, &review).await;
            if let Some(left) = gone(end, review, &present) {
                // Boxed: it is not what is waited for.
                Box::pin(left.record()).await;
            }
        }));
    }
}

/// The channel's name; an approver that panics over it has none.
fn channel(approver: &dyn Approver) -> &str {
    std::panic::catch_unwind(AssertUnwindSafe(|| approver.channel())).unwrap_or("unnamed")
}

/// An approver has gone: returns whether that must be put on record.
fn gone(end: Option<End>, mut watch: Review, present: &AtomicUsize) -> Option<Left> {
    let error = match end {
        None | Some(Ok(Ok(()))) => None,
        Some(Ok(Err(error))) => Some(error.to_string()),
        Some(Err(())) => Some("it panicked".to_owned()),
    };
    if let Some(error) = &error {
        tracing::warn!(channel = watch.channel(), %error, "an approver failed");
    }
    // Its own vote may have settled it.
    watch.hear_latest();
    let last = present.fetch_sub(1, Ordering::AcqRel) == 1;
    let is_pending = watch.request().recorded_state() == State::Pending;
    is_pending.then_some(Left { watch, error, last })
}

/// What a review comes to; `Err` where it panicked.
type End = Result<Result<(), Error>, ()>;

/// Waits for the end of a review, and not much longer than its request is pending; nothing where
/// the approver had to be dropped.
struct Attentive<'a> {
    /// Nothing where it panicked before it began.
    reviewing: Option<Reviewing<'a>>,
    watch: &'a Review,
    stage: Stage,
}

/// What an approver is waited for with.
enum Stage {
    /// Its request is pending.
    Pending(Next),
    /// The log has failed to say whether it is. That is no reason to drop an approver: it is asked
    /// again, and the deadline ends it.
    Failing(Pin<Box<Sleep>>),
    /// It is settled: the approver may update its message, then it is dropped.
    Grace(Pin<Box<Sleep>>),
}

impl<'a> Attentive<'a> {
    fn new(approver: &'a dyn Approver, watch: &'a Review) -> Self {
        // The trait boxes the future of a review; making it may panic as polling it may.
        let made = std::panic::catch_unwind(AssertUnwindSafe(|| approver.review(watch.clone())));
        Self { reviewing: made.ok(), watch, stage: Stage::Pending(watch.over()) }
    }
}

impl Future for Attentive<'_> {
    type Output = Option<End>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<End>> {
        let Self { reviewing, watch, stage } = self.get_mut();
        let Some(reviewing) = reviewing else { return Poll::Ready(Some(Err(()))) };
        // An approver that answers at once needs nobody who watches.
        if let Poll::Ready(end) = caught(reviewing, cx) {
            return Poll::Ready(Some(end));
        }
        loop {
            *stage = match stage {
                Stage::Pending(over) => match ready!(Pin::new(over).poll(cx)) {
                    Ok(_) => Stage::Grace(Box::pin(sleep(GRACE))),
                    Err(error) => {
                        tracing::warn!(%error, "a request could not be watched");
                        // Its time is over whether that can be put on record or not.
                        match watch.request().state(watch.now()) {
                            State::Pending => Stage::Failing(Box::pin(sleep(PAUSE))),
                            _ => Stage::Grace(Box::pin(sleep(GRACE))),
                        }
                    }
                },
                Stage::Failing(pause) => {
                    ready!(pause.as_mut().poll(cx));
                    Stage::Pending(watch.over())
                }
                Stage::Grace(grace) => return grace.as_mut().poll(cx).map(|()| None),
            };
        }
    }
}

/// Denies what nobody can be asked about.
async fn unattended(desk: Arc<Desk>, request: ApprovalRequest) {
    for _ in 0..TRIES {
        match desk.unattended(request.clone()).await {
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(%error, "a request nobody attends could not be denied");
                sleep(PAUSE).await;
            }
        }
    }
}

/// An approver that has left a pending request.
struct Left {
    watch: Review,
    error: Option<String>,
    last: bool,
}

impl Left {
    /// Puts that on record; denied with the last.
    async fn record(self) {
        let Self { watch, error, last } = &self;
        let channel = watch.channel();
        for _ in 0..TRIES {
            let left = watch.desk().left(watch.request().clone(), channel, error.as_deref(), *last);
            match left.await {
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(channel, %error, "an approver left, but not on record");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Polls a review; `Err` where it panicked, and then it is not polled again.
fn caught(reviewing: &mut Reviewing<'_>, cx: &mut Context<'_>) -> Poll<End> {
    match std::panic::catch_unwind(AssertUnwindSafe(|| reviewing.as_mut().poll(cx))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(end)) => Poll::Ready(Ok(end)),
        Err(_) => Poll::Ready(Err(())),
    }
}
