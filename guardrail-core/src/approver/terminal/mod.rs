//! Asks whoever sits at the terminal of this process.
//!
//! The prompt is drawn on `/dev/tty`, never on stdin or stdout, on a screen of its own, and gives
//! everything back when it ends, however it ends. Where there is no terminal, the approver leaves
//! at once: with nobody else to ask, the request is denied.
//!
//! `prompt` is what a person meets, as a machine of keys and time without a terminal; `session`
//! runs it on a `tty`, which is the only part that knows the system.

mod attention;
mod card;
mod closing;
mod edit;
mod error;
mod hear;
mod keys;
mod layout;
mod prompt;
mod queue;
mod screen;
mod session;
mod sheet;
mod tty;
mod user;
mod words;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

pub use error::TerminalError;

use crate::approver::{Approver, Error, Review};
use crate::clock::{Entropy, SystemEntropy};
use crate::model::Identity;
use crate::view::{Style, visible};
use error::{CHANNEL, channel};
use queue::{Place, Turn};
use session::{End, Session};
use tty::Tty;

/// Asks whoever sits at the terminal of this process.
///
/// One request is asked at a time; others stand in line. To approve, every value must have been on
/// the screen; keys typed ahead and pasted text approve nothing; an action of high or critical
/// risk takes a random word, typed.
///
/// Who sits there is the user the process runs for: [`Identity`] `terminal` and the name in
/// `/etc/passwd`, or `uid:1000` where it has none. In `guardrail.toml`:
///
/// ```toml
/// [people.alice]
/// terminal = "alice"
/// ```
///
/// What that proves: somebody at this terminal pressed the keys. An agent that may start programs
/// as the same user could press keys as well; ask about such an agent in a channel it cannot
/// reach.
///
/// While a prompt stands, nothing else should read the terminal: two readers share the keys
/// between them, at random. A process that is killed cannot give the terminal back; most shells
/// then do, else `reset` does.
#[derive(Debug, Clone)]
pub struct TerminalApprover {
    device: PathBuf,
    identity: Identity,
    entropy: Arc<dyn Entropy>,
}

impl TerminalApprover {
    /// Asks at `/dev/tty`, the user this process runs for.
    #[must_use]
    pub fn new() -> Self {
        Self {
            device: PathBuf::from("/dev/tty"),
            identity: Identity::new(CHANNEL, &user::name()),
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// Takes whoever sits there to be this person of the directory.
    #[must_use]
    pub fn as_person(mut self, person: impl AsRef<str>) -> Self {
        self.identity = Identity::person(person.as_ref());
        self
    }

    /// Asks at another terminal: `/dev/pts/3`.
    #[must_use]
    pub fn on(mut self, device: impl Into<PathBuf>) -> Self {
        self.device = device.into();
        self
    }

    /// Where the words come from that must be typed; the operating system by default.
    #[must_use]
    pub fn entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Whom it takes the person at the terminal to be.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Why nobody could be asked now, if that is so.
    pub(crate) fn absence(&self) -> Option<TerminalError> {
        Tty::probe(&self.device).err()
    }

    /// Stands in line until the terminal is free; `None` if the request is settled first.
    async fn turn(&self, review: &Review, place: &Place) -> Result<Option<Turn>, Error> {
        let mut watch = review.clone();
        tokio::select! {
            biased;
            settled = hear::settled(&mut watch) => settled.map(|_| None),
            turn = place.turn() => Ok(Some(turn)),
        }
    }

    /// Asks; the terminal is as before when this returns, or is dropped.
    async fn ask(&self, review: &Review, place: &Place) -> Result<End, Error> {
        let nonce = review.show(&self.device.to_string_lossy()).await?;
        let tty = Tty::take(&self.device).map_err(channel)?;
        let who = match self.identity.realm() {
            Identity::PERSON => self.identity.subject().to_owned(),
            _ => self.identity.to_string(),
        };
        let who = visible(&who, Style::LINE).text().to_owned();
        let entropy = Arc::clone(&self.entropy);
        Session::new(tty, review, &self.identity, &who, place, nonce, entropy).run().await
    }

    /// Says one line where the prompt was. The request is settled or not, whether it can be said
    /// or not.
    fn say(&self, line: &str) {
        if let Err(error) = Tty::say(&self.device, line) {
            tracing::debug!(%error, "a line could not be written to the terminal");
        }
    }
}

impl Default for TerminalApprover {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Approver for TerminalApprover {
    fn channel(&self) -> &'static str {
        CHANNEL
    }

    async fn review(&self, mut review: Review) -> Result<(), Error> {
        // Whoever has no terminal does not wait for it.
        Tty::probe(&self.device).map_err(channel)?;
        {
            let place = Place::last(&self.device);
            let Some(_turn) = self.turn(&review, &place).await? else { return Ok(()) };
            match self.ask(&review, &place).await {
                Ok(End::Settled(request)) => {
                    self.say(&closing::settled(&request));
                    return Ok(());
                }
                Ok(End::Waits(tally)) => self.say(&closing::waits(review.request(), tally)),
                Ok(End::Voted) => self.say(&closing::voted(review.request())),
                Err(error) => {
                    self.say(&closing::left(review.request(), &error.to_string()));
                    return Err(error);
                }
            }
        }
        // The person here has voted; the terminal is free for others while more people are asked.
        let request = hear::settled(&mut review).await?;
        let _turn = Place::last(&self.device).turn().await;
        self.say(&closing::settled(&request));
        Ok(())
    }
}
