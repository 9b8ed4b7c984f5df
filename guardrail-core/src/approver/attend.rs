//! Who attends a request: one task per approver, panics caught, the last to leave denies it.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::approver::{Approver, Door, Error, Review};
use crate::desk::Desk;
use crate::model::{ApprovalRequest, State};

/// How long an approver has, once a request is settled, to update what it showed.
const GRACE: Duration = Duration::from_secs(30);

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
        attend(desk, &shown, request);
    }
}

/// The future of one approver's review.
type Reviewing<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// Brings a pending request before every approver, each in a task of its own on the present
/// runtime. The tasks outlive the call: they hear the decision and update their messages.
///
/// Where there is no approver at all, it is denied at once.
pub(crate) fn attend(desk: &Arc<Desk>, approvers: &[Arc<dyn Approver>], request: &ApprovalRequest) {
    if approvers.is_empty() {
        drop(tokio::spawn(unattended(Arc::clone(desk), request.clone())));
    }
    let present = Arc::new(AtomicUsize::new(approvers.len()));
    for approver in approvers {
        let mut review = Review::new(Arc::clone(desk), channel(&**approver), request.clone());
        let (desk, approver) = (Arc::clone(desk), Arc::clone(approver));
        let present = Arc::clone(&present);
        drop(tokio::spawn(async move {
            attended(&*approver, &desk, &mut review, &present).await;
        }));
    }
}

/// The channel's name; an approver that panics over it has none.
fn channel(approver: &dyn Approver) -> &str {
    std::panic::catch_unwind(AssertUnwindSafe(|| approver.channel())).unwrap_or("unnamed")
}

async fn attended(approver: &dyn Approver, desk: &Desk, watch: &mut Review, present: &AtomicUsize) {
    // The trait boxes the future of a review; making it may panic as polling it may.
    let made = std::panic::catch_unwind(AssertUnwindSafe(|| approver.review(watch.clone())));
    let end = match made {
        Ok(reviewing) => attentive(reviewing, watch).await,
        Err(_) => Some(Err(())),
    };
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
    if watch.request().recorded_state() == State::Pending {
        Box::pin(leave(desk, watch, error.as_deref(), last)).await;
    }
}

/// What a review comes to; `Err` where it panicked.
type End = Result<Result<(), Error>, ()>;

/// Waits for the end of a review, and not much longer than its request is pending; nothing where
/// the approver had to be dropped.
async fn attentive(mut reviewing: Reviewing<'_>, watch: &mut Review) -> Option<End> {
    // An approver that answers at once needs nobody who watches. Boxed: watching is large.
    if let Poll::Ready(end) = poll_fn(|cx| Poll::Ready(caught(&mut reviewing, cx))).await {
        return Some(end);
    }
    Box::pin(watched(&mut reviewing, watch)).await
}

async fn watched(reviewing: &mut Reviewing<'_>, watch: &mut Review) -> Option<End> {
    tokio::select! {
        end = poll_fn(|cx| caught(reviewing, cx)) => return Some(end),
        () = over(watch) => {}
    }
    // Settled: it may update its message, then it is dropped. Boxed: it is not what is waited for.
    let reviewing = poll_fn(|cx| caught(reviewing, cx));
    Box::pin(tokio::time::timeout(GRACE, reviewing)).await.ok()
}

/// Returns once the request no longer waits for people. A log that fails to say so is no reason
/// to drop an approver: it waits on, and the deadline ends it.
async fn over(watch: &mut Review) {
    loop {
        match watch.settled().await {
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(%error, "a request could not be watched");
                // Its time is over whether that can be put on record or not.
                if watch.request().state(watch.now()) != State::Pending {
                    return;
                }
                Box::pin(tokio::time::sleep(Duration::from_secs(1))).await;
            }
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
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// An approver has left a pending request: that is put on record, and denied with the last.
async fn leave(desk: &Desk, watch: &Review, error: Option<&str>, last: bool) {
    let channel = watch.channel();
    for _ in 0..TRIES {
        match desk.left(watch.request().clone(), channel, error, last).await {
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(channel, %error, "an approver left, but not on record");
                tokio::time::sleep(Duration::from_secs(1)).await;
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
