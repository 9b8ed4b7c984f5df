//! The handler of deliveries: one worker over the inbox, several deliveries at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};

use super::asker::Asker;
use super::people::Nobody;
use super::shared::Shared;
use super::trouble::Trouble;
use super::{comment, press, submit, words};
use crate::counts::{Counts, Refusal};
use crate::delivery::{Delivery, Kind};
use crate::interaction::{Heard, decode};

/// Deliveries that are worked on at a time.
const AT_ONCE: usize = 32;

/// How long the work on one may take; what has not happened by then does not.
const PATIENCE: Duration = Duration::from_secs(90);

/// What refusals of this reader are traced under.
const ROAD: &str = "approver";

/// Works on deliveries until there are no more to come.
pub(super) async fn hear(
    shared: Arc<Shared>,
    counts: Arc<Counts>,
    mut inbox: mpsc::Receiver<Delivery>,
) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        // A place first: what finds none waits in the inbox, which is bounded.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Some(delivery) = inbox.recv().await else { return };
        // Slack's answers go out before the work begins.
        tokio::task::yield_now().await;
        let (shared, counts) = (Arc::clone(&shared), Arc::clone(&counts));
        drop(tokio::spawn(async move {
            let _place = place;
            Box::pin(one(&shared, &counts, &delivery)).await;
        }));
    }
}

pub(super) async fn one(shared: &Shared, counts: &Counts, delivery: &Delivery) {
    let heard = match decode(delivery) {
        Ok(heard) => heard,
        Err(error) => {
            tracing::warn!(%error, "a slack delivery could not be read");
            return counts.refused(Refusal::Shape, ROAD);
        }
    };
    let key = match &heard {
        Heard::Click(click) => {
            format!("{} {} {}", click.account.user, click.at, click.token.nonce.hash())
        }
        Heard::Submitted(sent) => {
            let nonce = sent.token.nonce.hash();
            format!("{} {} {:?} {nonce}", sent.account.user, sent.view, sent.form)
        }
        Heard::Said(said) => said.event.clone(),
        Heard::Nothing => return counts.refused(Refusal::Unused, ROAD),
    };
    // Over two roads, or to two sockets, the same may come twice.
    if !shared.first(key) {
        return counts.refused(Refusal::Duplicate, ROAD);
    }
    match heard {
        Heard::Click(click) => {
            let channel = Some(click.channel.clone());
            let asker = Asker::new(shared, click.account.clone(), channel);
            if delivery.kind == Kind::Foreign {
                return asker.tell(words::nobody(Nobody::Stranger)).await;
            }
            answered(&asker, press::press(&asker, click)).await;
        }
        Heard::Submitted(sent) => {
            let asker = Asker::new(shared, sent.account.clone(), None);
            answered(&asker, submit::submit(&asker, sent)).await;
        }
        Heard::Said(said) => {
            if let Err(error) = in_time(comment::comment(shared, said)).await {
                tracing::error!(error, "what somebody said in slack is not on record");
            }
        }
        Heard::Nothing => {}
    }
}

/// Does it, and lets nobody go without a word where it comes to nothing.
async fn answered(asker: &Asker<'_>, work: impl Future<Output = Result<(), Trouble>>) {
    if let Err(error) = in_time(work).await {
        tracing::error!(error, "what somebody did in slack came to nothing");
        asker.tell_at_last(words::FAILED).await;
    }
}

/// Does it, or says why not. What has not happened in time does not.
async fn in_time(work: impl Future<Output = Result<(), Trouble>>) -> Result<(), String> {
    match tokio::time::timeout(PATIENCE, Box::pin(work)).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("it took too long and was dropped".to_owned()),
    }
}
