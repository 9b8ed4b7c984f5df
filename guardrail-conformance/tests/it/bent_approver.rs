//! The suite can fail: approvers that break one rule each are caught by the case of that rule.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use guardrail_conformance::approver::{ApproverFactory, CASES, Play, Seat, Witness, check};
use guardrail_core::approver::{Approver, Error, Review};
use guardrail_core::model::{Cast, Identity, RequestId, Seen, Vote};
use guardrail_core::view;

/// The rule an approver breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bend {
    /// It keeps them all.
    Nothing,
    /// It does not wait for the person.
    Eager,
    /// It says that somebody else voted.
    SomebodyElse,
    /// It loses the reason.
    NoReason,
    /// It votes with what it never showed.
    NeverShown,
    /// It keeps to itself why a vote does not count.
    Silent,
    /// It says that everything was shown when it was not asked for that.
    Partly,
    /// It leaves while the request waits.
    Leaves,
    /// It leaves at the first change.
    LeavesAtChange,
    /// It never leaves.
    Stays,
    /// It asks about a request once in its life.
    OnceOnly,
    /// It shows what it was sent.
    Raw,
    /// It cannot carry much.
    Small,
    /// Its name is long.
    Name,
    /// It asks about one request, and forgets the others.
    OneAtATime,
}

struct Bent {
    bend: Bend,
    person: String,
    play: Play,
    shown: Arc<Mutex<String>>,
    asked: Mutex<HashSet<RequestId>>,
}

impl std::fmt::Debug for Bent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bent({:?})", self.bend)
    }
}

impl Bent {
    fn tell(&self, text: &str) {
        self.shown.lock().unwrap().push_str(text);
    }

    fn show(&self, review: &Review) {
        let facts = view::open(review.request(), review.now());
        self.tell(&view::text(&facts, 80));
        if self.bend == Bend::Raw {
            self.tell(review.request().intent().reason().unwrap_or_default());
        }
    }

    async fn vote(&self, review: &Review) -> Result<(), Error> {
        let nonce = match self.bend {
            Bend::NeverShown => review.nonce()?,
            _ => review.show("").await?,
        };
        let digest = review.request().intent().digest();
        let seen = match self.bend {
            Bend::Partly => Seen::partly(digest, nonce),
            _ => Seen::whole(digest, nonce),
        };
        let who = if self.bend == Bend::SomebodyElse { "bob" } else { &self.person };
        let identity = Identity::person(who);
        let vote = match &self.play {
            Play::Approve => Vote::approve(identity, seen),
            Play::Nothing if self.bend == Bend::Eager => Vote::approve(identity, seen),
            Play::Nothing => return Ok(()),
            Play::Deny(_) if self.bend == Bend::NoReason => Vote::deny(identity, seen),
            Play::Deny(reason) => Vote::deny(identity, seen).because(reason),
        };
        if let Cast::Refused(why) = review.cast(vote).await?
            && self.bend != Bend::Silent
        {
            self.tell(&why.to_string());
        }
        Ok(())
    }
}

#[async_trait]
impl Approver for Bent {
    fn channel(&self) -> &str {
        const LONG: &str = "a-channel-whose-name-is-longer-than-any-name-of-a-channel-may-ever-be";
        if self.bend == Bend::Name { LONG } else { "bent" }
    }

    async fn review(&self, mut review: Review) -> Result<(), Error> {
        if self.bend == Bend::Small && review.request().intent().arguments().iter().count() > 50 {
            return Err(Error::channel("bent", "too large"));
        }
        let first = self.asked.lock().unwrap().insert(review.id());
        let others = self.asked.lock().unwrap().len() > 1;
        let asks = match self.bend {
            Bend::OnceOnly => first,
            Bend::OneAtATime => !others,
            _ => true,
        };
        if asks {
            // What a person does takes a moment.
            tokio::task::yield_now().await;
            self.show(&review);
            self.vote(&review).await?;
        }
        match self.bend {
            Bend::Leaves => Ok(()),
            Bend::LeavesAtChange => review.changed().await.map(|_| ()),
            Bend::Stays => std::future::pending().await,
            _ => review.settled().await.map(|_| ()),
        }
    }
}

struct Shown(Arc<Mutex<String>>);

impl Witness for Shown {
    fn shown(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

struct Benders(Bend);

#[async_trait]
impl ApproverFactory for Benders {
    async fn seat(&self, person: &str, play: Play) -> Seat {
        let shown = Arc::new(Mutex::new(String::new()));
        let approver = Bent {
            bend: self.0,
            person: person.to_owned(),
            play,
            shown: Arc::clone(&shown),
            asked: Mutex::default(),
        };
        Seat { approver: Arc::new(approver), witness: Box::new(Shown(shown)) }
    }
}

/// The cases that an approver with this bend does not pass.
async fn failing(bend: Bend) -> Vec<&'static str> {
    let mut failing = Vec::new();
    for case in CASES {
        if check(&Benders(bend), case).await.is_err() {
            failing.push(*case);
        }
    }
    failing
}

macro_rules! caught {
    ($($name:ident: $bend:ident by $case:ident;)*) => { $(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            let failing = failing(Bend::$bend).await;
            assert!(failing.contains(&stringify!($case)), "fails only {failing:?}");
        }
    )* };
}

#[tokio::test(start_paused = true)]
async fn an_approver_that_keeps_every_rule_passes() {
    assert_eq!(failing(Bend::Nothing).await, [""; 0]);
}

caught! {
    eager: Eager by nobody_votes_for_a_person_who_does_nothing;
    somebody_else: SomebodyElse by an_approval_is_that_of_the_person_in_front;
    no_reason: NoReason by a_denial_carries_its_reason;
    never_shown: NeverShown by a_vote_spends_what_was_shown_before;
    silent: Silent by a_refused_vote_is_explained_and_counts_for_nothing;
    partly: Partly by an_approval_is_that_of_the_person_in_front;
    leaves: Leaves by it_stays_while_the_request_waits;
    leaves_at_change: LeavesAtChange by it_stays_while_the_request_waits;
    leaves_before_others: LeavesAtChange by two_people_are_two_votes;
    stays: Stays by a_decision_from_elsewhere_is_heard;
    stays_when_withdrawn: Stays by a_request_that_is_withdrawn_is_left;
    once_only: OnceOnly by it_can_be_dropped_at_any_await_and_called_again;
    raw: Raw by hostile_text_reaches_nobody_as_it_is;
    small: Small by a_request_as_large_as_may_be_can_be_denied;
    name: Name by the_name_of_a_channel_is_short_and_stays;
    one_at_a_time: OneAtATime by requests_at_one_time_get_their_own_answers;
}
