//! The handle on one request for whoever hears people.

use std::sync::{Arc, Mutex, PoisonError};

use crate::approver::error::Error;
use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::model::{
    ApprovalRequest, Cast, Identity, Nonce, PersonId, Receipt, RequestId, State, Vote, VoteRefusal,
};
use crate::policy::PolicySet;

/// The handle on one request: read it, cast, comment, hear changes. Cheap to clone; every clone
/// keeps its own place in what it has heard.
#[derive(Debug)]
pub struct Review {
    desk: Arc<Desk>,
    channel: Arc<str>,
    /// What `changed` has told of.
    heard: ApprovalRequest,
    /// The freshest anybody of this channel knows, so that a vote starts from there.
    latest: Arc<Mutex<ApprovalRequest>>,
    over: bool,
}

impl Clone for Review {
    fn clone(&self) -> Self {
        Self {
            desk: Arc::clone(&self.desk),
            channel: Arc::clone(&self.channel),
            heard: self.heard.clone(),
            latest: Arc::clone(&self.latest),
            over: self.over,
        }
    }
}

impl Review {
    pub(crate) fn new(desk: Arc<Desk>, channel: &str, request: ApprovalRequest) -> Self {
        let channel = channel.get(..channel.floor_char_boundary(64)).unwrap_or_default();
        Self {
            desk,
            channel: channel.into(),
            latest: Arc::new(Mutex::new(request.clone())),
            over: request.recorded_state().is_final(),
            heard: request,
        }
    }

    /// The request, as this handle last heard of it.
    #[must_use]
    pub const fn request(&self) -> &ApprovalRequest {
        &self.heard
    }

    /// The request's id.
    #[must_use]
    pub fn id(&self) -> RequestId {
        self.heard.id()
    }

    /// The channel this handle speaks for.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The time by which every deadline is judged.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.desk.now()
    }

    /// What this channel already sent, oldest first.
    #[must_use]
    pub fn receipts(&self) -> Vec<Receipt> {
        self.heard.receipts(&self.channel)
    }

    /// Reads the request as it stands now.
    ///
    /// # Errors
    /// When the log fails.
    ///
    /// # Cancel safety
    /// Dropped: nothing has happened.
    pub async fn current(&mut self) -> Result<&ApprovalRequest, Error> {
        let request = self.desk.read(self.heard.id()).await?;
        self.learn(request);
        self.hear_latest();
        Ok(&self.heard)
    }

    /// The policies and people in force.
    #[must_use]
    pub fn policies(&self) -> PolicySet {
        self.desk.policies()
    }

    /// Whose vote this identity would cast, and whether it may count: every check of a vote but
    /// those of what was shown. For channels that show or ask nothing of people in vain; the vote
    /// itself is judged again when it is cast.
    ///
    /// # Errors
    /// Why it would not count.
    pub fn voter(&self, identity: &Identity) -> Result<PersonId, VoteRefusal> {
        self.desk.voter(&self.latest(), identity)
    }

    /// A nonce to show with the request. It opens nothing before its receipt is [`posted`].
    ///
    /// [`posted`]: Review::posted
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn nonce(&self) -> Result<Nonce, Error> {
        Ok(Nonce::random(&**self.desk.entropy()).map_err(crate::desk::Error::from)?)
    }

    /// Records where the request was shown, and the nonce it was shown with.
    ///
    /// # Errors
    /// When the log fails, the reference is longer than 2 KiB, or the request holds too many notes.
    ///
    /// # Cancel safety
    /// Dropped: recorded or not, never half.
    pub async fn posted(&self, receipt: Receipt) -> Result<(), Error> {
        let request = self.desk.posted(self.latest(), &self.channel, &receipt).await?;
        self.learn(request);
        Ok(())
    }

    /// Records that the request is shown at `reference` with a fresh nonce, and returns the nonce.
    ///
    /// # Errors
    /// As [`Review::posted`] and [`Review::nonce`].
    pub async fn show(&self, reference: &str) -> Result<Nonce, Error> {
        let nonce = self.nonce()?;
        self.posted(Receipt::new(reference, &nonce)).await?;
        Ok(nonce)
    }

    /// Casts one person's vote. Whether it counts is judged here and nowhere else.
    ///
    /// # Errors
    /// When the log fails or others keep changing the request: the vote may count or not; read the
    /// request again. A refused vote is no error but an answer.
    ///
    /// # Cancel safety
    /// Dropped: cast or not, never half.
    pub async fn cast(&self, vote: Vote) -> Result<Cast, Error> {
        let (request, cast) = self.desk.cast(self.latest(), &self.channel, &vote).await?;
        self.learn(request);
        Ok(cast)
    }

    /// Records what someone said; 4 KiB are kept.
    ///
    /// # Errors
    /// When the log fails or the request holds too many notes.
    pub async fn comment(&self, by: Identity, text: &str) -> Result<(), Error> {
        let request = self.desk.comment(self.latest(), &self.channel, &by, text).await?;
        self.learn(request);
        Ok(())
    }

    /// Waits for the next change and returns the request; `None` when nothing more can happen.
    /// Expiry is a change, and is recorded by whoever hears it first.
    ///
    /// # Errors
    /// When the log fails.
    ///
    /// # Cancel safety
    /// Dropped: nothing is lost, the next call tells of the same change.
    pub async fn changed(&mut self) -> Result<Option<&ApprovalRequest>, Error> {
        if self.over {
            return Ok(None);
        }
        let next = self.desk.next(&self.heard).await?;
        self.over = next.recorded_state().is_final();
        self.learn(next.clone());
        self.heard = next;
        Ok(Some(&self.heard))
    }

    /// Waits until the request no longer waits for people, and returns it.
    ///
    /// # Errors
    /// When the log fails.
    ///
    /// # Cancel safety
    /// As [`Review::changed`].
    pub async fn settled(&mut self) -> Result<&ApprovalRequest, Error> {
        self.hear_latest();
        while self.heard.recorded_state() == State::Pending {
            let next = self.desk.next(&self.heard).await?;
            self.over = next.recorded_state().is_final();
            self.heard = next;
        }
        self.learn(self.heard.clone());
        Ok(&self.heard)
    }

    fn latest(&self) -> ApprovalRequest {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hears what somebody of this channel already knows.
    pub(crate) fn hear_latest(&mut self) {
        let latest = self.latest();
        if latest.version() > self.heard.version() {
            self.over = latest.recorded_state().is_final();
            self.heard = latest;
        }
    }

    fn learn(&self, request: ApprovalRequest) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if request.version() > latest.version() {
            *latest = request;
        }
    }
}
