//! The message of a request: posted once, changed as often as something happens, and found again.

use guardrail_core::approver::Review;
use guardrail_core::model::{ApprovalRequest, Receipt};

use super::receipt::{Reference, message};
use super::shared::Shared;
use super::trouble::Trouble;
use crate::blocks::{Note, Shape, Sheet};
use crate::client::{self, Post, Sent};
use crate::config::{Arguments, Place};
use crate::token::Token;

/// Slack's words for a message that is not there to be changed.
const GONE: &[&str] = &["message_not_found", "cant_update_message", "edit_window_closed"];

/// Slack's words for a message that is too large after all.
const TOO_LARGE: &[&str] = &["msg_too_long", "msg_blocks_too_long", "invalid_blocks"];

impl Shared {
    /// Where requests of this policy appear.
    pub(super) fn place(&self, request: &ApprovalRequest) -> &Place {
        self.config.place(request.intent().policy().as_str())
    }

    fn shape(&self, request: &ApprovalRequest) -> Shape {
        match self.place(request).arguments {
            Arguments::InChannel => Shape::InChannel,
            Arguments::BehindReview => Shape::BehindReview,
        }
    }

    /// Shows a pending request with a fresh nonce: changes its message, or posts one.
    ///
    /// A new message is posted first and its nonce put on record after: a crash in between leaves
    /// buttons whose nonce nobody knows, which do nothing. A message is changed after its new nonce
    /// is on record: a crash in between leaves the old buttons, which are spent or still good.
    pub(super) async fn present(&self, review: &mut Review) -> Result<Sent, Trouble> {
        let turn = self.live.turn(review.id());
        let _mine = turn.lock().await;
        review.current().await?;
        let mut shape = self.shape(review.request());
        let mut at = message(review.request());
        // At most once each: a message that is gone, and one that is too large.
        let at = loop {
            match self.presented(review, shape, at.as_ref()).await {
                Err(Trouble::Slack(error)) if is(&error, GONE) && at.is_some() => at = None,
                Err(Trouble::Slack(error))
                    if is(&error, TOO_LARGE) && shape == Shape::InChannel =>
                {
                    tracing::warn!(%error, "a message is shown without its values");
                    shape = Shape::BehindReview;
                }
                other => break other?,
            }
        };
        self.live.hangs(&at, review.id());
        Ok(at)
    }

    /// Each time with a nonce of its own: one nonce is shown at one place.
    async fn presented(
        &self,
        review: &Review,
        shape: Shape,
        at: Option<&Sent>,
    ) -> Result<Sent, Trouble> {
        let request = review.request();
        let place = self.place(request);
        let sheet = Sheet::new(request, review.now(), shape, place.mention.as_deref());
        let nonce = review.nonce()?;
        let digest = request.intent().digest();
        let shown = sheet.message(Some(&Token { request: request.id(), digest, nonce }))?;
        let whole = sheet.is_whole();
        let receipt =
            |at: &Sent| Receipt::new(Reference::Message { at: at.clone(), whole }.text(), &nonce);
        if let Some(at) = at {
            review.posted(receipt(at)).await?;
            self.client.update(at, &shown.text, &shown.blocks).await?;
            return Ok(at.clone());
        }
        let post = Post {
            channel: place.channel.clone(),
            thread: None,
            text: shown.text,
            blocks: shown.blocks,
        };
        let at = self.client.post_message(&post).await?;
        // Before it is on record: who sees it may answer in its thread at once.
        self.live.hangs(&at, review.id());
        review.posted(receipt(&at)).await?;
        Ok(at)
    }

    /// Takes the buttons off the message of a request that is over, and says how it ended.
    pub(super) async fn close(&self, review: &Review, at: &Sent) -> Result<(), Trouble> {
        let turn = self.live.turn(review.id());
        let _mine = turn.lock().await;
        let request = review.request();
        let shape = self.shape(request);
        let update = async |shape| {
            let shown = Sheet::new(request, review.now(), shape, None).message(None)?;
            match self.client.update(at, &shown.text, &shown.blocks).await {
                Err(error) if is(&error, GONE) => Ok(()),
                other => other.map_err(Trouble::from),
            }
        };
        match update(shape).await {
            Err(Trouble::Slack(error)) if is(&error, TOO_LARGE) => {
                update(Shape::BehindReview).await
            }
            other => other,
        }
    }

    /// Says something in the thread of a message.
    pub(super) async fn say(&self, at: &Sent, note: &Note) -> Result<(), Trouble> {
        let shown = note.shown()?;
        let post = Post {
            channel: at.channel.clone(),
            thread: Some(at.ts.clone()),
            text: shown.text,
            blocks: shown.blocks,
        };
        self.client.post_message(&post).await?;
        Ok(())
    }

    /// Tells the person for whom it is done how it ended, where they are linked.
    pub(super) async fn tell_requester(&self, review: &Review) -> Result<(), Trouble> {
        let request = review.request();
        let Some(note) = Note::result(request) else { return Ok(()) };
        let Some(person) = request.intent().actor().on_behalf_of() else { return Ok(()) };
        let policies = review.policies();
        let Some(person) = policies.directory().person(person) else { return Ok(()) };
        let Some(user) = self.people.account(person).await? else { return Ok(()) };
        let shown = note.shown()?;
        let channel = self.client.conversations_open(&user).await?;
        let post = Post { channel, thread: None, text: shown.text, blocks: shown.blocks };
        self.client.post_message(&post).await?;
        Ok(())
    }
}

fn is(error: &client::Error, codes: &[&str]) -> bool {
    error.code().is_some_and(|code| codes.contains(&code))
}
