//! The people, the policies, and a channel whose messages outlive it.

use guardrail::approver::Error;
use guardrail::{Cast, Identity, Nonce, PolicySet, Receipt, Review, Seen, Vote};

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

/// This person answers by the message they have: one from before the restart, where there is one.
/// The pager shows its nonce as the reference of the message, so that the message still works.
pub(crate) async fn vote(review: &Review, person: &str, approves: bool) -> Result<Cast, Error> {
    let nonce = message(review).await?;
    let seen = Seen::whole(review.request().intent().digest(), nonce);
    let who = Identity::person(person);
    let vote = if approves { Vote::approve(who, seen) } else { Vote::deny(who, seen) };
    review.cast(vote).await
}

/// The message people can still answer by, sent where there is none.
pub(crate) async fn message(review: &Review) -> Result<Nonce, Error> {
    let request = review.request();
    let unspent = |receipt: &Receipt| !request.is_spent(receipt.nonce());
    if let Some(sent) = review.receipts().into_iter().find(unspent) {
        return Nonce::parse(sent.reference()).map_err(|error| Error::channel(CHANNEL, error));
    }
    send(review).await
}

/// Sends one more message.
pub(crate) async fn send(review: &Review) -> Result<Nonce, Error> {
    let nonce = review.nonce()?;
    review.posted(Receipt::new(nonce.expose(), &nonce)).await?;
    Ok(nonce)
}
