//! One request before a person: keys, time and what others do, until the prompt is over.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};

use super::error::{TerminalError, channel};
use super::hear;
use super::keys::Keys;
use super::layout::{self, Around};
use super::prompt::{Act, Prompt};
use super::queue::Place;
use super::screen;
use super::tty::Tty;
use crate::approver::{Error, Review};
use crate::clock::Entropy;
use crate::model::{
    ApprovalRequest, Cast, Choice, Identity, Nonce, Seen, State, Tally, Vote, VoteRefusal,
};

/// How often the keyboard is asked. What comes within one of these came at one time.
const GLANCE: Duration = Duration::from_millis(40);

/// How often everything is painted anew: the clock runs, and what others wrote over it goes.
const REPAINT: Duration = Duration::from_secs(1);

/// How a prompt ended. The request may wait on.
#[derive(Debug)]
pub(super) enum End {
    /// It no longer waits for people.
    Settled(ApprovalRequest),
    /// The person approved, and more people are asked.
    Waits(Tally),
    /// The person has voted already, elsewhere.
    Voted,
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What became of something that was put on record.
enum Done {
    Cast(Choice, Result<Cast, Error>),
    Commented(Result<(), Error>),
}

/// One request before a person.
pub(super) struct Session<'a> {
    tty: Tty,
    review: &'a Review,
    identity: &'a Identity,
    who: &'a str,
    place: &'a Place,
    nonce: Nonce,
    prompt: Prompt,
    keys: Keys,
    doing: Option<Boxed<Done>>,
    painted: Option<Instant>,
    /// Columns and rows of what was painted last.
    size: (u16, u16),
}

impl<'a> Session<'a> {
    /// Takes the terminal; it is given back when the session is dropped.
    pub(super) fn new(
        tty: Tty,
        review: &'a Review,
        identity: &'a Identity,
        who: &'a str,
        place: &'a Place,
        nonce: Nonce,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let prompt = Prompt::new(review.request().clone(), entropy);
        let size = tty.size();
        Self {
            tty,
            review,
            identity,
            who,
            place,
            nonce,
            prompt,
            keys: Keys::default(),
            doing: None,
            painted: None,
            size,
        }
    }

    /// Runs until the prompt is over.
    pub(super) async fn run(mut self) -> Result<End, Error> {
        let mut hearing = hear(self.review.clone());
        let mut glance = tokio::time::interval(GLANCE);
        glance.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                (review, heard) = &mut hearing => {
                    let request = heard?;
                    if request.recorded_state() == State::Pending {
                        self.prompt.heard(request);
                        self.painted = None;
                        hearing = hear(review);
                    } else {
                        return Ok(End::Settled(request));
                    }
                }
                done = done(&mut self.doing) => {
                    self.doing = None;
                    self.painted = None;
                    if let Some(end) = self.done(done)? {
                        return Ok(end);
                    }
                }
                now = glance.tick() => self.glance(now).map_err(channel)?,
            }
        }
    }

    /// Looks at keyboard and clock.
    fn glance(&mut self, now: Instant) -> Result<(), TerminalError> {
        let keys = self.keys.read(&self.tty.read()?);
        let size = self.tty.size();
        if !keys.is_empty() {
            // A key counts for the screen on which it was pressed.
            let asked = self.tty.is_shown() && layout::height(self.size).is_some();
            if let Some(act) = self.prompt.keys(&keys, asked, now) {
                self.act(act)?;
            }
            self.painted = None;
        }
        if !self.tty.is_shown() {
            if self.tty.flush()? {
                self.shown(now);
            }
            return Ok(());
        }
        let due = self.painted.is_none_or(|at| now.saturating_duration_since(at) >= REPAINT);
        if due || size != self.size || self.prompt.is_stale(now) {
            self.size = size;
            self.paint(now)?;
        }
        Ok(())
    }

    fn paint(&mut self, now: Instant) -> Result<(), TerminalError> {
        let frame = match layout::height(self.size) {
            None => layout::too_small(self.size),
            Some(height) => {
                self.prompt.lay(self.review.now(), self.size.0, height);
                let around = Around { who: self.who, waiting: self.place.waiting() };
                layout::frame(&mut self.prompt, around, self.size.0, now)
            }
        };
        self.painted = Some(now);
        if self.tty.show(&screen::paint(&frame, self.size.0))? {
            self.shown(now);
        }
        Ok(())
    }

    fn shown(&mut self, now: Instant) {
        if layout::height(self.size).is_some() {
            self.prompt.shown(now);
        }
    }

    fn act(&mut self, act: Act) -> Result<(), TerminalError> {
        let review = self.review.clone();
        match act {
            Act::Leave => return Err(TerminalError::Left),
            Act::Comment(text) => {
                let by = self.identity.clone();
                self.doing =
                    Some(Box::pin(async move { Done::Commented(review.comment(by, &text).await) }));
            }
            Act::Vote { choice, reason } => {
                let digest = self.prompt.request().intent().digest();
                let seen = if self.prompt.is_whole() {
                    Seen::whole(digest, self.nonce)
                } else {
                    Seen::partly(digest, self.nonce)
                };
                let vote = match choice {
                    Choice::Approve => Vote::approve(self.identity.clone(), seen),
                    Choice::Deny => Vote::deny(self.identity.clone(), seen),
                };
                let vote = reason.into_iter().fold(vote, Vote::because);
                self.doing =
                    Some(Box::pin(async move { Done::Cast(choice, review.cast(vote).await) }));
            }
        }
        Ok(())
    }

    /// What the person is told of what was put on record, or not.
    fn done(&mut self, done: Done) -> Result<Option<End>, Error> {
        match done {
            Done::Commented(Ok(())) => self.prompt.again("your comment is on record"),
            Done::Commented(Err(error)) | Done::Cast(_, Err(error)) => {
                self.prompt.again(format!("it could not be put on record: {error}"));
            }
            // It is settled, and that is about to be heard.
            Done::Cast(Choice::Deny, Ok(Cast::Counted(_))) => {}
            Done::Cast(Choice::Approve, Ok(Cast::Counted(tally))) if tally.is_complete() => {}
            Done::Cast(Choice::Approve, Ok(Cast::Counted(tally))) => {
                return Ok(Some(End::Waits(tally)));
            }
            Done::Cast(choice, Ok(Cast::Refused(why))) => return self.refused(choice, why),
        }
        Ok(None)
    }

    fn refused(&mut self, choice: Choice, why: VoteRefusal) -> Result<Option<End>, Error> {
        use VoteRefusal as R;
        match why {
            R::AlreadyVoted => return Ok(Some(End::Voted)),
            // Whoever sits here now will not become somebody else.
            R::Unlinked | R::Inactive | R::NotHuman | R::RequestingSide | R::NotEligible => {
                return Err(channel(TerminalError::NotTheirs { who: self.who.to_owned(), why }));
            }
            R::NoReason => self.prompt.ask_reason(choice),
            R::NotPending(_)
            | R::Expired
            | R::OtherDigest
            | R::NotWhole
            | R::UnknownNonce
            | R::SpentNonce => self.prompt.again(format!("your vote does not count: {why}")),
        }
        Ok(None)
    }
}

/// Waits for what is being put on record; for ever where nothing is.
async fn done(doing: &mut Option<Boxed<Done>>) -> Done {
    match doing {
        Some(doing) => doing.await,
        None => std::future::pending().await,
    }
}

/// Waits for the next change, and hands the review back.
fn hear(mut review: Review) -> Boxed<(Review, Result<ApprovalRequest, Error>)> {
    Box::pin(async move {
        let heard = hear::changed(&mut review).await;
        (review, heard)
    })
}
