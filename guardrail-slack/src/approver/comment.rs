//! Somebody of the directory said something in the thread of a request.

use guardrail_core::policy::Resolution;

use super::people::Who;
use super::shared::Shared;
use super::trouble::Trouble;
use crate::client::Sent;
use crate::interaction::Said;

/// A request with more events takes no more comments: votes need room as well.
const ROOM: u64 = 640;

pub(super) async fn comment(shared: &Shared, said: Said) -> Result<(), Trouble> {
    let thread = Sent { channel: said.channel, ts: said.thread };
    // A thread of a request that was shown or clicked here; every other is none of ours.
    let Some(id) = shared.live.at(&thread) else { return Ok(()) };
    let Some(review) = shared.find(id).await? else { return Ok(()) };
    if review.request().version().get() >= ROOM || said.text.trim().is_empty() {
        return Ok(());
    }
    let policies = review.policies();
    let directory = policies.directory();
    let Who::Member(identity) = shared.people.who(&said.account, directory).await? else {
        return Ok(());
    };
    match directory.resolve(&identity) {
        Resolution::Person(person) if person.is_active() => {
            Ok(review.comment(identity, &said.text).await?)
        }
        _ => Ok(()),
    }
}
