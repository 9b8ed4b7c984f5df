//! The scripted approver of tests keeps the contract of an approver.

use std::sync::Arc;

use guardrail_conformance::approver::{ApproverFactory, Play, Seat, Witness};
use guardrail_core::model::Cast;
use guardrail_core::testing::MockApprover;
use guardrail_core::view;

struct Mocks;

struct Script(MockApprover);

impl Witness for Script {
    fn shown(&self) -> String {
        let requests = self.0.requests();
        let cards = requests.iter().map(|request| {
            let facts = view::open(request, request.created());
            view::text(&facts, 80)
        });
        let casts = self.0.casts();
        let told = casts.iter().map(|cast| match cast {
            Cast::Counted(tally) => format!("{tally}\n"),
            Cast::Refused(why) => format!("{why}\n"),
        });
        cards.chain(told).collect()
    }
}

#[async_trait::async_trait]
impl ApproverFactory for Mocks {
    async fn seat(&self, person: &str, play: Play) -> Seat {
        let approver = match play {
            Play::Approve => MockApprover::approving(),
            Play::Deny(reason) => MockApprover::denying(reason),
            Play::Nothing => MockApprover::silent(),
        };
        let approver = approver.as_person(person);
        Seat { approver: Arc::new(approver.clone()), witness: Box::new(Script(approver)) }
    }
}

guardrail_conformance::approver_suite!(Mocks);
