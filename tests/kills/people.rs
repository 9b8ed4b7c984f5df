//! The people, the policies, and a channel whose messages outlive it.

use guardrail::approver::Error;
use guardrail::{Cast, Identity, Nonce, PolicySet, Receipt, Review, Seen, Vote, VoteRefusal};

/// The channel both processes ask through.
pub(crate) const CHANNEL: &str = "pager";

pub(crate) fn policies() -> PolicySet {
    let policies = r#"
[people.bob]
[people.carol]
[groups]
sre = ["bob", "carol"]
[policies.one]
approvers = ["group:sre"]
[policies.two]
approvers = ["group:sre"]
approvals = 2
[policies.free]
effect = "allow"
"#;
    PolicySet::parse(policies).unwrap_or_else(|error| panic!("{error}"))
}

/// These people answer, one after another, until the request needs no more; `wait` comes before each.
/// The first uses the message there is: one from before the restart, where there is one.
///
/// # Errors
/// When a vote is refused that should count.
pub(crate) async fn answer<W: Future<Output = ()>>(
    review: &Review,
    votes: &[(&str, bool)],
    mut wait: impl FnMut() -> W,
) -> Result<(), Error> {
    let mut next = Some(message(review).await?);
    for (person, approves) in votes {
        wait().await;
        let nonce = match next.take() {
            Some(nonce) => nonce,
            None => send(review).await?,
        };
        let seen = Seen::whole(review.request().intent().digest(), nonce);
        let who = Identity::person(person);
        let vote = if *approves { Vote::approve(who, seen) } else { Vote::deny(who, seen) };
        match review.cast(vote).await? {
            Cast::Counted(_) => {}
            Cast::Refused(VoteRefusal::AlreadyVoted) => next = Some(nonce),
            Cast::Refused(VoteRefusal::NotPending(_)) => return Ok(()),
            Cast::Refused(why) => return Err(Error::channel(CHANNEL, why)),
        }
    }
    Ok(())
}

/// The message people can still answer by, sent where there is none. The pager shows its nonce as the
/// reference of the message, so that it still works after a restart.
async fn message(review: &Review) -> Result<Nonce, Error> {
    let request = review.request();
    let unspent = |receipt: &Receipt| !request.is_spent(receipt.nonce());
    if let Some(sent) = review.receipts().into_iter().find(unspent) {
        return Nonce::parse(sent.reference()).map_err(|error| Error::channel(CHANNEL, error));
    }
    send(review).await
}

/// Sends one more message.
async fn send(review: &Review) -> Result<Nonce, Error> {
    let nonce = review.nonce()?;
    review.posted(Receipt::new(nonce.expose(), &nonce)).await?;
    Ok(nonce)
}
