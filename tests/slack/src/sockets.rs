//! The open sockets of a workspace, and the envelopes that wait for their acknowledgement.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

/// Who is connected, and what was sent and not acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Sockets(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    connections: Vec<Connection>,
    waiting: HashMap<String, oneshot::Sender<Value>>,
    turn: usize,
}

#[derive(Debug)]
struct Connection {
    id: u64,
    frames: mpsc::UnboundedSender<Frame>,
    /// It was told to go away: nothing more is sent on it, and it is closed as soon as its client is back.
    leaving: bool,
}

#[derive(Debug)]
pub(crate) enum Frame {
    Text(String),
    Close,
}

impl Sockets {
    /// One more is open; Slack closes those it told to go, whether or not their client does.
    pub(crate) fn add(&self, id: u64, frames: mpsc::UnboundedSender<Frame>) {
        let mut open = self.lock();
        for old in open.connections.iter().filter(|old| old.leaving) {
            // It may have closed just now.
            let _ = old.frames.send(Frame::Close);
        }
        open.connections.push(Connection { id, frames, leaving: false });
    }

    pub(crate) fn remove(&self, id: u64) {
        self.lock().connections.retain(|connection| connection.id != id);
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().connections.len()
    }

    pub(crate) fn send(&self, envelope: &Value) -> Option<oneshot::Receiver<Value>> {
        let mut open = self.lock();
        open.turn += 1;
        let staying: Vec<_> =
            open.connections.iter().filter(|connection| !connection.leaving).collect();
        let at = open.turn % staying.len().max(1);
        let to = staying.get(at)?.frames.clone();
        let (sender, acknowledged) = oneshot::channel();
        let id = envelope["envelope_id"].as_str().unwrap_or_default().to_owned();
        open.waiting.insert(id, sender);
        to.send(Frame::Text(envelope.to_string())).ok()?;
        Some(acknowledged)
    }

    /// Says this on the oldest socket, which is leaving from then on.
    pub(crate) fn dismiss(&self, text: String) {
        if let Some(oldest) = self.lock().connections.first_mut() {
            oldest.leaving = true;
            // It may have closed just now.
            let _ = oldest.frames.send(Frame::Text(text));
        }
    }

    pub(crate) fn acknowledged(&self, text: &str) {
        let answer: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        let waiting = answer["envelope_id"].as_str().and_then(|id| self.lock().waiting.remove(id));
        if let Some(waiting) = waiting {
            // Whoever sent it may wait no longer.
            let _ = waiting.send(answer);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
