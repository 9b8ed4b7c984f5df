//! Who attends a request: one task per approver, panics caught, the last to leave denies it.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep};

use crate::approver::attendant::Attendant;
use crate::approver::{Door, Error, Review};
use crate::desk::{Desk, Next, Settled, Watch};
use crate::model::{ApprovalRequest, State};

/// How long an approver has, once a request is settled, to update what it showed.
const GRACE: Duration = Duration::from_secs(30);

/// How long it is before something is tried again while the log fails.
const PAUSE: Duration = Duration::from_secs(1);

/// How often leaving is tried to be put on record while the log fails.
const TRIES: u32 = 3;

/// Gives every approver the door to all requests. One that panics over it hears nobody, which is
/// its loss alone.
pub(crate) fn attach(desk: &Arc<Desk>, attendants: &[Arc<Attendant>]) {
    for attendant in attendants {
        let door = Door::new(desk, Arc::clone(&attendant.channel));
        let attach = || attendant.approver.attach(door);
        if std::panic::catch_unwind(AssertUnwindSafe(attach)).is_err() {
            let channel = &*attendant.channel;
            tracing::error!(channel, "an approver panicked when it was attached");
        }
    }
}

/// Brings a request that ended unattended, or went on behind its end, before the approvers that once
/// showed it somewhere, so that they update what still stands there. Outside of a runtime nobody is
/// told.
pub(crate) fn tell(desk: &Arc<Desk>, attendants: &[Arc<Attendant>], request: &ApprovalRequest) {
    let shown = |attendant: &&Arc<Attendant>| {
        let receipts = request.receipts(&attendant.channel);
        receipts.iter().any(|receipt| !receipt.reference().is_empty())
    };
    let shown: Vec<_> = attendants.iter().filter(shown).cloned().collect();
    if !shown.is_empty() && Handle::try_current().is_ok() {
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
pub(crate) fn attend(watch: &Arc<Watch>, attendants: &[Arc<Attendant>]) {
    if attendants.is_empty() {
        drop(tokio::spawn(unattended(Arc::clone(watch))));
    }
    watch.attend(attendants.len());
    for attendant in attendants {
        let (attendant, mut over) = (Arc::clone(attendant), Arc::clone(watch).settled());
        // As it is now: what others do before this one has its first turn is news to it.
        let asked = watch.latest();
        // Boxed: tokio rounds what it keeps of a task up to 128 bytes, and thousands of reviews wait.
        drop(tokio::spawn(Box::pin(async move {
            let end = Attentive::new(&attendant, &mut over, asked).await;
            // Boxed: it is not what is waited for.
            let leaves = gone(end, &attendant.channel, over.watch())
                .map(|left| Box::pin(left.record(&attendant.channel, over.watch())));
            if let Some(leaves) = leaves {
                leaves.await;
            }
        })));
    }
}

/// An approver has gone: returns whether that must be put on record.
fn gone(end: Option<End>, channel: &str, watch: &Watch) -> Option<Left> {
    let error = match end {
        None | Some(Ok(Ok(()))) => None,
        Some(Ok(Err(error))) => Some(error.to_string()),
        Some(Err(())) => Some("it panicked".to_owned()),
    };
    if let Some(error) = &error {
        tracing::warn!(channel, %error, "an approver failed");
    }
    let (last, request) = (watch.gone(), watch.latest());
    // Its own vote may have settled it.
    let is_pending = request.recorded_state() == State::Pending;
    is_pending.then_some(Left { request, error, last })
}

/// What a review comes to; `Err` where it panicked.
type End = Result<Result<(), Error>, ()>;

/// Waits for the end of a review, and not much longer than its request is pending; nothing where
/// the approver had to be dropped.
struct Attentive<'a> {
    /// Nothing where it panicked before it began.
    reviewing: Option<Reviewing<'a>>,
    over: &'a mut Next<Settled>,
    stage: Stage,
}

/// What an approver is waited for with.
enum Stage {
    /// Its request is pending.
    Pending,
    /// The log has failed to say whether it is. That is no reason to drop an approver: it is asked
    /// again, and the deadline ends it.
    Failing(Pin<Box<Sleep>>),
    /// It is settled: the approver may update its message, then it is dropped.
    Grace(Pin<Box<Sleep>>),
}

impl<'a> Attentive<'a> {
    fn new(attendant: &'a Attendant, over: &'a mut Next<Settled>, asked: ApprovalRequest) -> Self {
        // The trait boxes the future of a review; making it may panic as polling it may.
        let make = || {
            let channel = Arc::clone(&attendant.channel);
            attendant.approver.review(Review::sharing(Arc::clone(over.watch()), channel, asked))
        };
        let made = std::panic::catch_unwind(AssertUnwindSafe(make));
        Self { reviewing: made.ok(), over, stage: Stage::Pending }
    }
}

impl Future for Attentive<'_> {
    type Output = Option<End>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<End>> {
        let Self { reviewing, over, stage } = self.get_mut();
        let Some(reviewing) = reviewing else { return Poll::Ready(Some(Err(()))) };
        // An approver that answers at once needs nobody who watches.
        if let Poll::Ready(end) = caught(reviewing, cx) {
            return Poll::Ready(Some(end));
        }
        loop {
            *stage = match stage {
                Stage::Pending => match ready!(Pin::new(&mut **over).poll(cx)) {
                    Ok(_) => Stage::Grace(Box::pin(sleep(GRACE))),
                    Err(error) => {
                        tracing::warn!(%error, "a request could not be watched");
                        // Its time is over whether that can be put on record or not.
                        let watch = over.watch();
                        match watch.latest().state(watch.desk().now()) {
                            State::Pending => Stage::Failing(Box::pin(sleep(PAUSE))),
                            _ => Stage::Grace(Box::pin(sleep(GRACE))),
                        }
                    }
                },
                Stage::Failing(pause) => {
                    ready!(pause.as_mut().poll(cx));
                    Stage::Pending
                }
                Stage::Grace(grace) => return grace.as_mut().poll(cx).map(|()| None),
            };
        }
    }
}

/// Denies what nobody can be asked about.
async fn unattended(watch: Arc<Watch>) {
    for _ in 0..TRIES {
        match watch.desk().unattended(watch.latest()).await {
            Ok(request) => return watch.learn(&request),
            Err(error) => {
                tracing::warn!(%error, "a request nobody attends could not be denied");
                sleep(PAUSE).await;
            }
        }
    }
}

/// An approver that has left a pending request.
struct Left {
    request: ApprovalRequest,
    error: Option<String>,
    last: bool,
}

impl Left {
    /// Puts that on record; denied with the last.
    async fn record(self, channel: &str, watch: &Watch) {
        let Self { request, error, last } = &self;
        for _ in 0..TRIES {
            let left = watch.desk().left(request.clone(), channel, error.as_deref(), *last);
            match left.await {
                Ok(request) => return watch.learn(&request),
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
