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
    connections: Vec<(u64, mpsc::UnboundedSender<Frame>)>,
    waiting: HashMap<String, oneshot::Sender<Value>>,
    turn: usize,
}

#[derive(Debug)]
pub(crate) enum Frame {
    Text(String),
    /// The connection breaks without a word.
    Cut,
}

impl Sockets {
    pub(crate) fn add(&self, id: u64, sender: mpsc::UnboundedSender<Frame>) {
        self.lock().connections.push((id, sender));
    }

    pub(crate) fn remove(&self, id: u64) {
        self.lock().connections.retain(|(other, _)| *other != id);
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().connections.len()
    }

    pub(crate) fn send(&self, envelope: &Value) -> Option<oneshot::Receiver<Value>> {
        let mut open = self.lock();
        open.turn += 1;
        let at = open.turn % open.connections.len().max(1);
        let to = open.connections.get(at)?.1.clone();
        let (sender, acknowledged) = oneshot::channel();
        let id = envelope["envelope_id"].as_str().unwrap_or_default().to_owned();
        open.waiting.insert(id, sender);
        to.send(Frame::Text(envelope.to_string())).ok()?;
        Some(acknowledged)
    }

    pub(crate) fn oldest(&self, frame: Frame) {
        if let Some((_, sender)) = self.lock().connections.first() {
            // It may have closed just now.
            let _ = sender.send(frame);
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
