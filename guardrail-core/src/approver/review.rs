//! The handle on one request for whoever hears people.

#![expect(clippy::manual_async_fn, reason = "an `async fn` keeps what it is given twice")]

use std::sync::Arc;

use crate::approver::error::Error;
use crate::clock::Timestamp;
use crate::desk::{Desk, Watch};
use crate::model::{
    ApprovalRequest, Cast, Identity, Nonce, PersonId, Receipt, RequestId, Vote, VoteRefusal,
};
use crate::policy::PolicySet;

/// The handle on one request: read it, cast, comment, hear changes. Cheap to clone; every clone
/// keeps its own place in what it has heard.
#[derive(Clone, Debug)]
pub struct Review {
    /// Shared by all who wait for the request here. It knows the freshest that any of them knows,
    /// so that a vote starts from there.
    watch: Arc<Watch>,
    channel: Arc<str>,
    /// What `changed` has told of.
    heard: ApprovalRequest,
}

impl Review {
    pub(crate) fn new(desk: Arc<Desk>, channel: Arc<str>, request: ApprovalRequest) -> Self {
        Self::sharing(Watch::new(desk, request.clone()), channel, request)
    }

    /// One that waits with others, and hears of what has happened since `heard`.
    pub(crate) const fn sharing(
        watch: Arc<Watch>,
        channel: Arc<str>,
        heard: ApprovalRequest,
    ) -> Self {
        Self { watch, channel, heard }
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
        self.desk().now()
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
        let request = self.desk().read(self.heard.id()).await?;
        self.learn(&request);
        self.hear_latest();
        Ok(&self.heard)
    }

    /// The policies and people in force.
    #[must_use]
    pub fn policies(&self) -> PolicySet {
        self.desk().policies()
    }

    /// Whose vote this identity would cast, and whether it may count: every check of a vote but
    /// those of what was shown. For channels that show or ask nothing of people in vain; the vote
    /// itself is judged again when it is cast.
    ///
    /// # Errors
    /// Why it would not count.
    pub fn voter(&self, identity: &Identity) -> Result<PersonId, VoteRefusal> {
        self.desk().voter(&self.latest(), identity)
    }

    /// A nonce to show with the request. It opens nothing before its receipt is [`posted`].
    ///
    /// [`posted`]: Review::posted
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn nonce(&self) -> Result<Nonce, Error> {
        Ok(Nonce::random(&**self.desk().entropy()).map_err(crate::desk::Error::from)?)
    }

    /// Records where the request was shown, and the nonce it was shown with.
    ///
    /// # Errors
    /// When the log fails, the reference is longer than 2 KiB, or the request holds too many notes.
    ///
    /// # Cancel safety
    /// Dropped: recorded or not, never half.
    pub async fn posted(&self, receipt: Receipt) -> Result<(), Error> {
        let request = self.desk().posted(self.latest(), &self.channel, &receipt).await?;
        self.learn(&request);
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
        let (request, cast) = self.desk().cast(self.latest(), &self.channel, &vote).await?;
        self.learn(&request);
        Ok(cast)
    }

    /// Records what someone said; 4 KiB are kept.
    ///
    /// # Errors
    /// When the log fails or the request holds too many notes.
    pub async fn comment(&self, by: Identity, text: &str) -> Result<(), Error> {
        let request = self.desk().comment(self.latest(), &self.channel, &by, text).await?;
        self.learn(&request);
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
        if self.heard.recorded_state().is_final() {
            return Ok(None);
        }
        self.heard = Arc::clone(&self.watch).next(self.heard.version()).await?;
        Ok(Some(&self.heard))
    }

    /// Waits until the request no longer waits for people, and returns it.
    ///
    /// # Errors
    /// When the log fails.
    ///
    /// # Cancel safety
    /// As [`Review::changed`].
    pub fn settled(&mut self) -> impl Future<Output = Result<&ApprovalRequest, Error>> {
        async move {
            self.heard = Arc::clone(&self.watch).settled().await?;
            Ok(&self.heard)
        }
    }

    fn latest(&self) -> ApprovalRequest {
        self.watch.latest()
    }

    /// Hears what somebody here already knows.
    fn hear_latest(&mut self) {
        let latest = self.latest();
        if latest.version() > self.heard.version() {
            self.heard = latest;
        }
    }

    fn desk(&self) -> &Arc<Desk> {
        self.watch.desk()
    }

    /// Tells whoever waits for it here how it stands.
    fn learn(&self, request: &ApprovalRequest) {
        self.watch.learn(request);
    }
}

/// The name of a channel as it goes on record: at most 64 bytes of it.
pub(crate) fn channel_name(name: &str) -> Arc<str> {
    name.get(..name.floor_char_boundary(64)).unwrap_or_default().into()
}
