//! An approver that ends as it is told.

use async_trait::async_trait;
use guardrail::Review;
use guardrail::approver::{Approver, Error};
use guardrail::testing::MockApprover;

/// How an approver ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Leaves at once, saying nothing.
    Ok,
    /// Fails.
    Err,
    /// Panics.
    Panic,
    /// Stays until the request is settled.
    Stay,
    /// Stays whatever happens.
    Hang,
}

/// An approver of this name that casts no vote and ends like this.
#[derive(Clone, Debug)]
pub(crate) struct Scripted {
    channel: &'static str,
    end: End,
}

impl Scripted {
    pub(crate) const fn new(channel: &'static str, end: End) -> Self {
        Self { channel, end }
    }
}

#[async_trait]
impl Approver for Scripted {
    fn channel(&self) -> &str {
        self.channel
    }

    async fn review(&self, mut review: Review) -> Result<(), Error> {
        match self.end {
            End::Ok => Ok(()),
            End::Err => Err(Error::channel(self.channel, "the line is dead")),
            End::Panic => panic!("the phone exploded"),
            End::Stay => review.settled().await.map(|_| ()),
            End::Hang => std::future::pending().await,
        }
    }
}

/// Answers as this person would, whatever it is asked.
pub(crate) fn person(name: &str) -> MockApprover {
    MockApprover::approving().as_person(name)
}
