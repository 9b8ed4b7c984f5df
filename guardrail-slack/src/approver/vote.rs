//! One person's vote, from who they are to what they are told.

use guardrail_core::approver::Review;
use guardrail_core::model::{
    Cast, Choice, Identity, Nonce, RequestId, Seen, State, Vote, VoteRefusal,
};

use super::asker::Asker;
use super::people::Who;
use super::receipt::message;
use super::trouble::Trouble;
use super::words;
use crate::interaction::Account;
use crate::token::Token;

/// One person before one request.
#[derive(Debug)]
pub(super) struct Case<'s> {
    asker: &'s Asker<'s>,
    pub(super) review: Review,
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
    /// were told.
    pub(super) async fn open(asker: &'s Asker<'s>, id: RequestId) -> Result<Option<Self>, Trouble> {
        let shared = asker.shared;
        let review = match shared.find(id).await {
            Ok(Some(review)) => review,
            Ok(None) => {
                asker.tell(words::UNKNOWN).await;
                return Ok(None);
            }
            Err(error) => {
                asker.tell(words::UNRECORDED).await;
                return Err(error.into());
            }
        };
        if let Some(at) = message(review.request()) {
            asker.looks_at(at.channel);
        }
        match shared.people.who(&asker.account, review.policies().directory()).await {
            Ok(who) => Ok(Some(Self { asker, review, who })),
            Err(error) => {
                asker.tell(words::UNCHECKED).await;
                Err(error.into())
            }
        }
    }

    pub(super) const fn account(&self) -> &Account {
        &self.asker.account
    }

    /// Tells this person alone.
    pub(super) async fn tell(&self, text: &str) {
        self.asker.tell(text).await;
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
        let known = self.review.current().await.map(|_| ());
        if matches!(cast, Cast::Counted(_)) {
            let shown = match known {
                Ok(()) => self.show().await,
                Err(error) => Err(error.into()),
            };
            if let Err(error) = shown {
                tracing::warn!(%error, "a vote that counts was not shown");
                self.tell(words::UNSHOWN).await;
            }
            return Ok(());
        }
        known?;
        match (cast, nobody) {
            (Cast::Counted(_), _) => Ok(()),
            (Cast::Refused(_), Some(why)) => {
                self.tell(words::nobody(why)).await;
                Ok(())
            }
            // A second click, or the same one delivered to another process as well.
            (Cast::Refused(_), None) if said.here && self.has_cast(&identity, &nonce) => {
                self.tell(words::ALREADY).await;
                self.close().await
            }
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
        self.tell(&words::refusal(why, &self.asker.account)).await;
        let over = matches!(why, VoteRefusal::NotPending(_) | VoteRefusal::Expired);
        if over { self.close().await } else { Ok(()) }
    }

    /// Takes the buttons off the message of a request that no longer waits.
    async fn close(&self) -> Result<(), Trouble> {
        let request = self.review.request();
        match message(request) {
            Some(at) if request.state(self.review.now()) != State::Pending => {
                self.asker.shared.close(&self.review, &at).await
            }
            _ => Ok(()),
        }
    }

    /// Whether the user groups leave them among those who are asked; they are told where not.
    async fn is_left(&self, identity: &Identity) -> Result<bool, Trouble> {
        let policies = self.review.policies();
        let directory = policies.directory();
        let guardrail_core::policy::Resolution::Person(person) = directory.resolve(identity) else {
            self.refuse(&VoteRefusal::Unlinked).await?;
            return Ok(false);
        };
        let request = self.review.request();
        let left = self
            .asker
            .shared
            .groups
            .leave(request, directory, person.id(), &self.asker.account.user)
            .await;
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
        if self.asker.shared.live.has(self.review.id()) {
            return Ok(());
        }
        if self.review.request().state(self.review.now()) == State::Pending {
            self.asker.shared.present(&mut self.review).await?;
            // It may have been settled while Slack took its time over the buttons.
            self.review.current().await?;
        }
        self.close().await
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
