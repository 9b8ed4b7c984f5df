//! Answers by script, for a run without a person: the first request gets the first answer.

use std::collections::VecDeque;
use std::str::FromStr;
use std::sync::Mutex;

use async_trait::async_trait;
use guardrail::approver::Error;
use guardrail::{Approver, Identity, Review, Seen, Vote};

/// One scripted answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Approve,
    Deny,
}

impl FromStr for Answer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "approve" => Ok(Self::Approve),
            "deny" => Ok(Self::Deny),
            other => Err(format!("`{other}` is no answer; use approve or deny")),
        }
    }
}

/// Gives the answers in order; when there are none left, it leaves, and the request is denied.
#[derive(Debug)]
pub(crate) struct Answers(Mutex<VecDeque<Answer>>);

impl Answers {
    pub(crate) fn new(answers: Vec<Answer>) -> Self {
        Self(Mutex::new(answers.into()))
    }

    fn next(&self) -> Option<Answer> {
        self.0.lock().ok()?.pop_front()
    }
}

#[async_trait]
impl Approver for Answers {
    fn channel(&self) -> &str {
        "script"
    }

    async fn review(&self, review: Review) -> Result<(), Error> {
        let answer = self.next().ok_or_else(|| Error::channel("script", "no answers are left"))?;
        let nonce = review.show("").await?;
        let seen = Seen::whole(review.request().intent().digest(), nonce);
        let reviewer = Identity::person("reviewer");
        let vote = match answer {
            Answer::Approve => Vote::approve(reviewer, seen).because("scripted"),
            Answer::Deny => Vote::deny(reviewer, seen).because("scripted: not now"),
        };
        println!("  the script answers: {answer:?}");
        let _heard = review.cast(vote).await?;
        Ok(())
    }
}
