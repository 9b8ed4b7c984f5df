//! Teaches how to bring requests to people in a way of your own: ask, then cast.

#![expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]

use async_trait::async_trait;
use guardrail::approver::Error;
use guardrail::{
    Approver, Guardrail, Identity, MemoryLog, PolicySet, Review, Seen, Vote, requires_approval,
    view,
};

/// A buzzer at the front desk; here it prints, and Ada always presses yes.
#[derive(Debug)]
struct Buzzer;

#[async_trait]
impl Approver for Buzzer {
    fn channel(&self) -> &str {
        "buzzer"
    }

    async fn review(&self, review: Review) -> Result<(), Error> {
        let facts = view::open(review.request(), review.now());
        println!("{}", view::text(&facts, 80));
        let nonce = review.show("front desk").await?;
        let seen = Seen::whole(review.request().intent().digest(), nonce);
        // The buzzer stands on Ada's desk. A channel with accounts of its own gives
        // `Identity::new(realm, account)`, and the directory says whose account that is.
        let vote = Vote::approve(Identity::person("ada"), seen);
        println!("{:?}", review.cast(vote).await?);
        Ok(())
    }
}

#[requires_approval(policy = "doors", summary = "open door {door} for {minutes} minutes")]
async fn open_door(door: u32, minutes: u32) -> Result<String, guardrail::Error> {
    Ok(format!("door {door} is open for {minutes} minutes"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policies =
        PolicySet::parse("[people.ada]\n[policies.doors]\napprovers = [\"person:ada\"]\n")?;
    let guardrail = Guardrail::builder()
        .policies(policies)
        .audit_log(MemoryLog::new())
        .approver(Buzzer)
        .build()
        .await?;
    match guardrail.scope(open_door(4, 15)).await {
        Ok(done) => println!("{done}"),
        Err(refusal) => println!("{refusal}"),
    }
    Ok(())
}
