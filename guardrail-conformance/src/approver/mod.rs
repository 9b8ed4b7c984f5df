//! The contract of an approver, rule by rule. Every case opens with its rule.
//!
//! Whoever writes an approver brings it up with somebody in front of it, real or played by a
//! program, who does as [`Play`] says; [`approver_suite!`](crate::approver_suite) makes one
//! `#[test]` of each rule. People and their channel run in real time.

mod bed;
mod ends;
mod hostile;
mod restart;
mod votes;
mod watched;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::approver::Approver;
use tokio::runtime::Builder;

use bed::Bed;

pub use crate::broken::Broken;

/// What the person does with every request they are shown. Exhaustive on purpose: whoever plays a
/// person must be able to play all of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Play {
    /// They read all of it and approve.
    Approve,
    /// They deny, for this reason.
    Deny(String),
    /// They read, and do nothing.
    Nothing,
}

/// What a person came to see.
pub trait Witness: Send + Sync {
    /// Everything that was shown to the person so far, as they read it: requests, and what was
    /// said to them about their votes.
    fn shown(&self) -> String;
}

/// An approver, and who sits in front of it.
pub struct Seat {
    /// The approver under test.
    pub approver: Arc<dyn Approver>,
    /// What the person in front of it saw.
    pub witness: Box<dyn Witness>,
}

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seat").field("approver", &self.approver).finish_non_exhaustive()
    }
}

/// Brings up approvers under test, with people in front of them.
#[async_trait]
pub trait ApproverFactory: Send + Sync {
    /// How `[people.NAME]` in `guardrail.toml` links this person to the channel: `slack = "T0/U1"`.
    /// Empty where the channel proves people by their name in the directory.
    fn link(&self, person: &str) -> String {
        let _ = person;
        String::new()
    }

    /// A new approver with this person in front of it, who does as told with every request.
    async fn seat(&self, person: &str, play: Play) -> Seat;
}

/// No case takes as long as this; one that does is one that hangs.
const PATIENCE: Duration = Duration::from_secs(180);

macro_rules! cases {
    (($d:tt) $($room:ident: $($case:ident)*;)*) => {
        /// The names of all cases.
        pub const CASES: &[&str] = &[$($(stringify!($case),)*)*];

        /// Runs one case on the present runtime. Where its time is paused, so are the suite's
        /// patience and every deadline: for approvers that know no other clock.
        ///
        /// # Errors
        /// What rule is broken, and how.
        pub async fn check<F: ApproverFactory>(factory: &F, name: &str) -> Result<(), Broken> {
            let bed = Bed::new(factory);
            let case = async {
                match name {
                    $($(stringify!($case) => $room::$case(bed).await,)*)*
                    _ => Err(Broken::new(format!("there is no case `{name}`"))),
                }
            };
            let hangs = |_| Err(Broken::new("it hangs".to_owned()));
            tokio::time::timeout(PATIENCE, case).await.unwrap_or_else(hangs)
        }

        /// One `#[test]` for every rule of the contract of an approver. Takes an expression that
        /// makes an [`ApproverFactory`]($crate::approver::ApproverFactory).
        #[macro_export]
        macro_rules! approver_suite {
            ($d factory:expr) => {
                $($(
                    #[test]
                    fn $case() -> Result<(), $crate::approver::Broken> {
                        $crate::approver::run(&$d factory, stringify!($case))
                    }
                )*)*
            };
        }
    };
}

cases! { ($)
    votes:
        the_name_of_a_channel_is_short_and_stays
        an_approval_is_that_of_the_person_in_front
        a_denial_carries_its_reason
        a_vote_spends_what_was_shown_before
        a_refused_vote_is_explained_and_counts_for_nothing
        two_people_are_two_votes
        requests_at_one_time_get_their_own_answers;
    ends:
        nobody_votes_for_a_person_who_does_nothing
        it_stays_while_the_request_waits
        a_decision_from_elsewhere_is_heard
        a_request_that_is_withdrawn_is_left
        a_request_that_is_over_is_left_at_once;
    restart:
        it_can_be_dropped_at_any_await_and_called_again;
    hostile:
        hostile_text_reaches_nobody_as_it_is
        a_request_as_large_as_may_be_can_be_denied;
}

/// Runs one case, in real time.
///
/// # Errors
/// What rule is broken, and how.
pub fn run<F: ApproverFactory>(factory: &F, name: &str) -> Result<(), Broken> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Broken::new(error.to_string()))?;
    runtime.block_on(check(factory, name))
}
