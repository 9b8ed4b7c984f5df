//! A Slack of pipes: it answers `apps.connections.open`, and hands each socket to the test.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{SinkExt as _, StreamExt as _};
use guardrail_conformance::SeededEntropy;
use guardrail_core::model::secret::Secret;
use serde_json::{Value, json};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::audience::Audience;
use crate::client::tests::script::{Reply, Script};
use crate::counts::Counts;
use crate::delivery::Delivery;
use crate::socket::connection::Line;
use crate::socket::desk::Desk;
use crate::socket::dial::{Dial, Frames, limits};
use crate::socket::{Socket, Watcher, link};

/// Slack's end of one socket.
pub(super) struct End(pub(super) WebSocketStream<DuplexStream>);

#[derive(Debug)]
struct Pipes {
    made: mpsc::UnboundedSender<WebSocketStream<DuplexStream>>,
    broken: AtomicBool,
    dialled: AtomicUsize,
}

/// A program that listens, and the Slack it listens to.
pub(super) struct Slack {
    sockets: mpsc::UnboundedReceiver<WebSocketStream<DuplexStream>>,
    pipes: Arc<Pipes>,
    pub(super) script: Script,
    pub(super) read: mpsc::Receiver<Delivery>,
    pub(super) counts: Arc<Counts>,
    pub(super) watcher: Watcher,
    pub(super) running: JoinHandle<()>,
}

#[async_trait]
impl Dial for Pipes {
    async fn dial(&self, _url: &Secret<String>) -> Result<Box<dyn Frames>, &'static str> {
        self.dialled.fetch_add(1, Ordering::Relaxed);
        if self.broken.load(Ordering::Relaxed) {
            return Err("the connection broke");
        }
        let (ours, theirs) = duplex(64 * 1024);
        let theirs = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
        self.made.send(theirs).unwrap();
        let ours = WebSocketStream::from_raw_socket(ours, Role::Client, Some(limits())).await;
        Ok(Box::new(ours))
    }
}

impl Slack {
    pub(super) async fn start() -> Self {
        let link = json!({ "ok": true, "url": "wss://wss.slack.com/link/?ticket=1" });
        Self::answering(vec![Reply::Json(link); 200]).await
    }

    /// `answers` are what the Web API says.
    pub(super) async fn answering(answers: Vec<Reply>) -> Self {
        let audience =
            Audience::new(BTreeSet::from(["T0".to_owned()]), None, Some("A0".to_owned()));
        Self::with(answers, audience).await
    }

    pub(super) async fn with(answers: Vec<Reply>, audience: Audience) -> Self {
        let (made, sockets) = mpsc::unbounded_channel();
        let pipes = Arc::new(Pipes { made, broken: false.into(), dialled: 0.into() });
        let (inbox, read) = mpsc::channel(2);
        let counts = Arc::new(Counts::default());
        let script = Script::new(answers);
        let line = Line {
            client: script.client(),
            dial: Arc::clone(&pipes) as _,
            desk: Desk::new(Arc::new(audience), inbox, Arc::clone(&counts)),
            elsewhere: None,
        };
        let (teller, watcher) = link();
        let entropy = Arc::new(SeededEntropy::new(3));
        let socket = Socket { line: Arc::new(line), entropy, teller };
        let running = tokio::spawn(socket.run());
        Self { sockets, pipes, script, read, counts, watcher, running }
    }

    /// The next socket the program opens, before hello.
    pub(super) async fn dialled(&mut self) -> End {
        let socket = timeout(Duration::from_secs(300), self.sockets.recv()).await;
        End(socket.expect("no socket was opened").unwrap())
    }

    /// The next socket, greeted.
    pub(super) async fn socket(&mut self) -> End {
        let mut socket = self.dialled().await;
        socket.says(&json!({ "type": "hello", "connection_info": { "app_id": "A0" } })).await;
        socket
    }

    pub(super) fn is_down(&self, broken: bool) {
        self.pipes.broken.store(broken, Ordering::Relaxed);
    }

    pub(super) fn dials(&self) -> usize {
        self.pipes.dialled.load(Ordering::Relaxed)
    }

    /// What the inbox has now.
    pub(super) fn taken(&mut self) -> Vec<String> {
        let mut taken = Vec::new();
        while let Ok(delivery) = self.read.try_recv() {
            // What is only answered is not taken.
            if delivery.kind != crate::delivery::Kind::Foreign {
                taken.push(String::from_utf8(delivery.payload).unwrap());
            }
        }
        taken
    }
}

impl End {
    pub(super) async fn says(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next acknowledgement; pings are answered.
    pub(super) async fn acknowledged(&mut self) -> String {
        // Paused: longer than any test waits on purpose.
        let answer = timeout(Duration::from_secs(3600), self.text()).await;
        let ack: Value = serde_json::from_str(&answer.expect("no acknowledgement")).unwrap();
        assert_eq!(ack.as_object().unwrap().len(), 1);
        ack["envelope_id"].as_str().unwrap().to_owned()
    }

    async fn text(&mut self) -> String {
        loop {
            let next = self.0.next().await.expect("the program closed the socket");
            if let Message::Text(text) = next.unwrap() {
                return text.to_string();
            }
        }
    }

    /// Nothing is acknowledged for a while; pings are answered.
    pub(super) async fn acknowledges_nothing(&mut self) {
        assert!(timeout(Duration::from_millis(500), self.acknowledged()).await.is_err());
    }

    /// Answers pings until the program lets go.
    pub(super) async fn stays(&mut self) {
        while let Some(Ok(_)) = self.0.next().await {}
    }
}

/// A click, in an envelope of this id.
pub(super) fn click(envelope: &str) -> Value {
    json!({
        "type": "interactive", "envelope_id": envelope, "accepts_response_payload": true,
        "payload": {
            "type": "block_actions", "team": { "id": "T0" }, "api_app_id": "A0", "of": envelope,
        },
    })
}

/// An event of this id, in an envelope of this id.
pub(super) fn event(envelope: &str, event: &str) -> Value {
    json!({
        "type": "events_api", "envelope_id": envelope, "accepts_response_payload": false,
        "payload": {
            "type": "event_callback", "team_id": "T0", "api_app_id": "A0", "event_id": event,
        },
    })
}

pub(super) fn disconnect(reason: &str) -> Value {
    json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "x" } })
}
