//! What people, calls and policies do is mixed at random, over a log that answers unevenly: nothing that
//! must never happen does in any order.

mod calls;
mod policies;
mod uneven;

use guardrail::{Cast, Identity, Seen, Vote};

use self::uneven::UnevenLog;
use crate::support::World;

/// Lets all others go first, this many times.
async fn turns(times: u8) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

/// A person votes on one of the requests that are open. Where it is not any more, that is refused.
async fn vote(world: World, which: usize, person: &str, approves: bool) -> Option<Cast> {
    let id = *world.log().open(None, which + 1).await.ok()?.get(which)?;
    let review = world.guardrail.review(id, "web").await.ok()?;
    let seen = Seen::whole(review.request().intent().digest(), review.show("").await.ok()?);
    let who = Identity::person(person);
    let vote = if approves { Vote::approve(who, seen) } else { Vote::deny(who, seen) };
    review.cast(vote).await.ok()
}
