//! The Slack approver keeps the contract of an approver, whichever way clicks come.

use std::sync::Arc;

use guardrail_conformance::approver::{ApproverFactory, Play, Seat, Witness};
use guardrail_test_slack::{Deed, Hand, Person, Slack};

use crate::bed::{Mode, seat};

struct Slacks(Mode);

/// What alice saw, and the Slack she saw it in.
struct Desk {
    person: Person,
    slack: Slack,
}

impl Witness for Desk {
    fn shown(&self) -> String {
        self.person.saw()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let complaints = self.slack.look(|state| state.complaints.clone());
        assert!(complaints.is_empty() || std::thread::panicking(), "{complaints:#?}");
    }
}

#[async_trait::async_trait]
impl ApproverFactory for Slacks {
    fn link(&self, person: &str) -> String {
        format!("slack = \"T0CORP/U0{}\"", person.to_uppercase())
    }

    async fn seat(&self, person: &str, play: Play) -> Seat {
        let slack = Slack::start().await;
        let seated = seat(&slack, self.0).await;
        let deed = match play {
            Play::Approve => Deed::Approve,
            Play::Deny(reason) => Deed::Deny(reason),
            Play::Nothing => Deed::Nothing,
        };
        let hand = Hand::of(&slack, person, seated.road);
        let person = Person::sit(&slack, person, hand, deed);
        let witness = Box::new(Desk { person, slack });
        Seat { approver: Arc::new(seated.approver), witness }
    }
}

mod socket {
    use super::{Mode, Slacks};

    guardrail_conformance::approver_suite!(Slacks(Mode::Socket));
}

mod http {
    use super::{Mode, Slacks};

    guardrail_conformance::approver_suite!(Slacks(Mode::Http));
}
