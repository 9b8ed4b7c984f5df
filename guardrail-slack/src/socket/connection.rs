//! One socket, from its opening to its end.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use guardrail_core::model::secret::Secret;
use reqwest::Url;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;

use crate::address;
use crate::audience::Elsewhere;
use crate::client::{self, Client};
use crate::counts::Refusal;
use crate::socket::desk::{Desk, Verdict};
use crate::socket::dial::{Dial, Frames, word};
use crate::socket::frame::{Frame, Reason, acknowledgement, read};

const DIAL_TIME: Duration = Duration::from_secs(10);
const HELLO_TIME: Duration = Duration::from_secs(10);
const WRITE_TIME: Duration = Duration::from_secs(3);
/// How often Slack is asked whether it is still there; it asks us about as often.
const PING: Duration = Duration::from_secs(10);
/// How long nothing at all may come.
const SILENCE: Duration = Duration::from_secs(30);
/// How long a socket is read on after Slack asked for another.
const FAREWELL: Duration = Duration::from_secs(30);

/// What a socket needs.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) client: Client,
    pub(super) dial: Arc<dyn Dial>,
    pub(super) desk: Desk,
    /// Replaces scheme, host and port of what Slack says.
    pub(super) elsewhere: Option<Url>,
}

/// What a socket tells while it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Slack said hello, and how many sockets of the app are open with this one.
    Open { connections: Option<u64> },
    /// Slack wants another socket; this one is read on.
    Leaving,
}

/// Why a socket ended, or never opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum End {
    #[error(transparent)]
    Client(#[from] client::Error),
    #[error(transparent)]
    Elsewhere(#[from] Elsewhere),
    #[error("slack names a socket that cannot be used: {0}")]
    Address(#[from] address::AddressError),
    #[error("socket mode is switched off for the app")]
    Disabled,
    #[error("{0}")]
    Broken(&'static str),
}

impl Line {
    /// Opens a socket and serves it until it ends. `tell` hears of it as `number`.
    pub(super) async fn live(&self, number: u64, tell: mpsc::Sender<(u64, News)>) -> End {
        match self.open().await {
            Ok((mut frames, connections)) => {
                let told = tell.send((number, News::Open { connections })).await;
                if told.is_err() {
                    return End::Broken("nobody listens to slack any more");
                }
                self.serve(&mut *frames, number, &tell).await
            }
            Err(end) => end,
        }
    }

    async fn open(&self) -> Result<(Box<dyn Frames>, Option<u64>), End> {
        if !self.desk.audience.is_ready() {
            self.desk.audience.learn(&self.client.auth_test().await?)?;
        }
        let url = self.address(&self.client.connections_open().await?)?;
        let dialled = timeout(DIAL_TIME, self.dial.dial(&url)).await;
        let mut frames =
            dialled.unwrap_or(Err("slack did not open the socket in time")).map_err(End::Broken)?;
        let deadline = Instant::now() + HELLO_TIME;
        loop {
            let Ok(next) = timeout_at(deadline, frames.next()).await else {
                return Err(End::Broken("slack did not say hello in time"));
            };
            match message(next)? {
                Message::Text(text) => match read(&text) {
                    Some(Frame::Hello { app, connections }) => {
                        self.desk.audience.learn_app(app.as_deref())?;
                        return Ok((frames, connections));
                    }
                    Some(Frame::Disconnect { reason: Reason::LinkDisabled }) => {
                        return Err(End::Disabled);
                    }
                    _ => return Err(End::Broken("slack did not say hello first")),
                },
                Message::Binary(_) => return Err(End::Broken("slack did not say hello first")),
                _ => {}
            }
        }
    }

    /// Where to connect, with Slack's ticket.
    fn address(&self, said: &Secret<String>) -> Result<Secret<String>, End> {
        let mut url = address::socket(said.expose())?;
        if let Some(elsewhere) = &self.elsewhere {
            let changed = url.set_scheme(elsewhere.scheme()).is_ok()
                && url.set_host(elsewhere.host_str()).is_ok()
                && url.set_port(elsewhere.port()).is_ok();
            if !changed {
                return Err(End::Broken("slack's socket cannot be opened at `socket_url`"));
            }
        }
        Ok(Secret::new(url.into()))
    }

    async fn serve(
        &self,
        frames: &mut dyn Frames,
        number: u64,
        tell: &mpsc::Sender<(u64, News)>,
    ) -> End {
        let mut ping = interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        let mut heard = Instant::now();
        let mut farewell: Option<Instant> = None;
        loop {
            let silent = heard + SILENCE;
            let until = farewell.map_or(silent, |farewell| farewell.min(silent));
            let next = tokio::select! {
                next = timeout_at(until, frames.next()) => next,
                _ = ping.tick() => {
                    if let Err(end) = write(frames, Message::Ping(Vec::new().into())).await {
                        return end;
                    }
                    continue;
                }
            };
            let message = match next {
                Ok(next) => match message(next) {
                    Ok(message) => message,
                    Err(end) => return end,
                },
                Err(_) if farewell.is_some() => {
                    return End::Broken("slack asked for another socket");
                }
                Err(_) => return End::Broken("nothing was heard of slack for half a minute"),
            };
            heard = Instant::now();
            let Message::Text(text) = message else {
                if message.is_binary() {
                    self.desk.refused(Refusal::Shape);
                }
                continue;
            };
            match read(&text) {
                Some(Frame::Envelope(envelope)) => {
                    let verdict = self.desk.judge(&envelope);
                    let acknowledged = match &verdict {
                        Verdict::Leave => Ok(()),
                        _ => write(frames, Message::text(acknowledgement(&envelope.id))).await,
                    };
                    // It is taken even where the acknowledgement got lost: it is marked as seen.
                    if let Verdict::Take(permit, delivery) = verdict {
                        permit.send(delivery);
                    }
                    if let Err(end) = acknowledged {
                        return end;
                    }
                }
                Some(Frame::Disconnect { reason: Reason::LinkDisabled }) => return End::Disabled,
                Some(Frame::Disconnect { reason: Reason::Refresh }) => {
                    if farewell.is_none() {
                        farewell = Some(Instant::now() + FAREWELL);
                        if tell.send((number, News::Leaving)).await.is_err() {
                            return End::Broken("nobody listens to slack any more");
                        }
                    }
                }
                Some(Frame::Hello { .. } | Frame::Other) => {}
                None => self.desk.refused(Refusal::Shape),
            }
        }
    }
}

/// What came, or why nothing more will.
fn message(
    next: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
) -> Result<Message, End> {
    match next {
        Some(Ok(Message::Close(_))) | None => Err(End::Broken("slack closed the socket")),
        Some(Ok(message)) => Ok(message),
        Some(Err(error)) => Err(End::Broken(word(&error))),
    }
}

async fn write(frames: &mut dyn Frames, message: Message) -> Result<(), End> {
    match timeout(WRITE_TIME, frames.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(End::Broken(word(&error))),
        Err(_) => Err(End::Broken("slack does not read any more")),
    }
}
