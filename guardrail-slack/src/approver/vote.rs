//! One person's vote, from who they are to what they are told.

use guardrail_core::approver::Review;
use guardrail_core::model::{
    Cast, Choice, Identity, Nonce, RequestId, Seen, State, Vote, VoteRefusal,
};

use super::people::Who;
use super::receipt::message;
use super::shared::Shared;
use super::trouble::Trouble;
use super::words;
use crate::interaction::Account;
use crate::token::Token;

/// One person before one request.
#[derive(Debug)]
pub(super) struct Case<'s> {
    shared: &'s Shared,
    pub(super) review: Review,
    pub(super) account: Account,
    /// The channel in which they are told.
    channel: String,
    who: Who,
}

/// What a vote says, apart from who casts it.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) choice: Choice,
    pub(super) token: Token,
    /// Whether the nonce was shown to this person, at this place.
    pub(super) here: bool,
    /// Whether everything was shown there.
    pub(super) whole: bool,
    pub(super) reason: Option<String>,
}

impl<'s> Case<'s> {
    /// Finds the request and the person; `None` where there is nothing to go on with, which they
    /// were told. Where there is no message to answer beside, nobody is told anything.
    pub(super) async fn open(
        shared: &'s Shared,
        id: RequestId,
        account: Account,
        channel: Option<String>,
    ) -> Result<Option<Self>, Trouble> {
        let found = shared.find(id).await;
        let told_in = |review: &Review| {
            channel.clone().or_else(|| message(review.request()).map(|at| at.channel))
        };
        let review = match found {
            Ok(Some(review)) => review,
            Ok(None) => {
                if let Some(channel) = &channel {
                    shared.tell(channel, &account.user, words::UNKNOWN).await;
                }
                return Ok(None);
            }
            Err(error) => {
                if let Some(channel) = &channel {
                    shared.tell(channel, &account.user, words::UNRECORDED).await;
                }
                return Err(error.into());
            }
        };
        let channel = told_in(&review).unwrap_or_default();
        match shared.people.who(&account, review.policies().directory()).await {
            Ok(who) => Ok(Some(Self { shared, review, account, channel, who })),
            Err(error) => {
                shared.tell(&channel, &account.user, words::UNCHECKED).await;
                Err(error.into())
            }
        }
    }

    /// Tells this person alone.
    pub(super) async fn tell(&self, text: &str) {
        if !self.channel.is_empty() {
            self.shared.tell(&self.channel, &self.account.user, text).await;
        }
    }

    /// Whether a vote of theirs may count, judged before anything is shown or asked. They are told
    /// where not; `reads` lets in who has voted already.
    pub(super) async fn may(&self, reads: bool) -> Result<Option<May>, Trouble> {
        let identity = match &self.who {
            Who::Member(identity) => identity,
            Who::Nobody(_, why) => {
                self.tell(words::nobody(*why)).await;
                return Ok(None);
            }
        };
        let may = match self.review.voter(identity) {
            Ok(_) => May::Vote,
            Err(VoteRefusal::AlreadyVoted) if reads => May::Read,
            Err(why) => {
                self.refuse(&why).await?;
                return Ok(None);
            }
        };
        Ok(self.is_left(identity).await?.then_some(may))
    }

    /// Casts the vote, and tells the person what became of it where it does not count.
    pub(super) async fn cast(&mut self, said: Said) -> Result<(), Trouble> {
        let (identity, nobody) = match &self.who {
            Who::Member(identity) => (identity.clone(), None),
            Who::Nobody(identity, why) => (identity.clone(), Some(*why)),
        };
        // A nonce that was shown elsewhere, or to another, is none: one that nobody was shown goes
        // on record in its place.
        let nonce: Nonce = if said.here { said.token.nonce } else { self.review.nonce()? };
        let seen = match said.whole || !said.here {
            true => Seen::whole(said.token.digest, nonce),
            false => Seen::partly(said.token.digest, nonce),
        };
        let vote = match said.choice {
            Choice::Approve => Vote::approve(identity.clone(), seen),
            Choice::Deny => Vote::deny(identity.clone(), seen),
        };
        let vote = match said.reason {
            Some(reason) => vote.because(reason),
            None => vote,
        };
        // Only of who may vote at all, so that what Slack says can only take votes away.
        if nobody.is_none()
            && self.review.voter(&identity).is_ok()
            && !self.is_left(&identity).await?
        {
            return Ok(());
        }
        let cast = match self.review.cast(vote).await {
            Ok(cast) => cast,
            Err(error) => {
                self.tell(words::UNRECORDED).await;
                return Err(error.into());
            }
        };
        self.review.current().await?;
        match (cast, nobody) {
            (Cast::Counted(_), _) => self.show().await,
            (Cast::Refused(_), Some(why)) => {
                self.tell(words::nobody(why)).await;
                Ok(())
            }
            // The same click, delivered to another process as well.
            (Cast::Refused(_), None) if said.here && self.has_cast(&identity, &nonce) => Ok(()),
            (Cast::Refused(why), None) => self.refuse(&why).await,
        }
    }

    /// Whether this very vote is on record already.
    fn has_cast(&self, identity: &Identity, nonce: &Nonce) -> bool {
        let hash = nonce.hash();
        let votes = self.review.request().votes();
        votes.iter().any(|vote| vote.voted().nonce == hash && vote.voted().identity == *identity)
    }

    /// Says why not; what is over loses its buttons.
    async fn refuse(&self, why: &VoteRefusal) -> Result<(), Trouble> {
        self.tell(&words::refusal(why, &self.account)).await;
        let over = matches!(why, VoteRefusal::NotPending(_) | VoteRefusal::Expired);
        match message(self.review.request()) {
            Some(at) if over => self.shared.close(&self.review, &at).await,
            _ => Ok(()),
        }
    }

    /// Whether the user groups leave them among those who are asked; they are told where not.
    async fn is_left(&self, identity: &Identity) -> Result<bool, Trouble> {
        let policies = self.review.policies();
        let directory = policies.directory();
        let guardrail_core::policy::Resolution::Person(person) = directory.resolve(identity) else {
            return Ok(false);
        };
        let request = self.review.request();
        let left =
            self.shared.groups.leave(request, directory, person.id(), &self.account.user).await;
        match left {
            Ok(true) => Ok(true),
            Ok(false) => {
                self.tell(words::NOT_IN_GROUP).await;
                Ok(false)
            }
            Err(error) => {
                self.tell(words::UNCHECKED).await;
                Err(error.into())
            }
        }
    }

    /// After a vote that counts: where no review of this process does it, the message is changed
    /// here.
    async fn show(&mut self) -> Result<(), Trouble> {
        if self.shared.live.has(self.review.id()) {
            return Ok(());
        }
        if self.review.request().state(self.review.now()) == State::Pending {
            return self.shared.present(&mut self.review).await.map(|_| ());
        }
        match message(self.review.request()) {
            Some(at) => self.shared.close(&self.review, &at).await,
            None => Ok(()),
        }
    }
}

/// What somebody may do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum May {
    /// Their vote may count.
    Vote,
    /// They have voted; they may still read.
    Read,
}
