//! Socket Mode: one ticket a connection, hello, envelopes that wait for their acknowledgement, disconnects.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use crate::slack::Slack;
use crate::sockets::Frame;

/// Accepts sockets until the runtime ends.
pub(crate) async fn serve(slack: Slack, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let slack = slack.clone();
        tokio::spawn(async move { connection(&slack, stream).await });
    }
}

async fn connection(slack: &Slack, stream: TcpStream) {
    #[expect(clippy::result_large_err, reason = "the signature is the library's")]
    let admit = |request: &Request, response: Response| {
        let query = request.uri().query().unwrap_or_default();
        let ticket = query.split('&').find_map(|pair| pair.strip_prefix("ticket="));
        let good = ticket.is_some_and(|ticket| {
            // One ticket is one connection.
            slack.change(|state| {
                let at = state.tickets.iter().position(|known| known == ticket);
                at.map(|at| state.tickets.remove(at)).is_some()
            })
        });
        if good { Ok(response) } else { Err(ErrorResponse::new(Some("bad ticket".to_owned()))) }
    };
    let Ok(socket) = tokio_tungstenite::accept_hdr_async(stream, admit).await else { return };
    let (mut sink, mut source) = socket.split();
    let (sender, mut frames) = mpsc::unbounded_channel();
    let (id, count) = slack.change(|state| (state.next(), state.connections + 1));
    let hello = json!({
        "type": "hello", "num_connections": count,
        "debug_info": { "host": "applink-1", "build_number": 1, "approximate_connection_time": 18_060 },
        "connection_info": { "app_id": slack.app() },
    });
    // A client that is gone is noticed below.
    let _ = sink.send(Message::text(hello.to_string())).await;
    slack.sockets().add(id, sender);
    slack.change(|state| {
        state.connections += 1;
        state.opened += 1;
    });
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Frame::Text(text)) => {
                    if sink.send(Message::text(text)).await.is_err() { break }
                }
                Some(Frame::Close) | None => {
                    // A client that is gone needs no word.
                    let _ = sink.close().await;
                    break;
                }
            },
            heard = source.next() => match heard {
                Some(Ok(Message::Text(text))) => slack.sockets().acknowledged(&text),
                Some(Ok(Message::Ping(bytes))) => {
                    if sink.send(Message::Pong(bytes)).await.is_err() { break }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    slack.sockets().remove(id);
    slack.change(|state| state.connections -= 1);
}

impl Slack {
    /// Waits until this many sockets are open.
    pub async fn connected(&self, count: usize) {
        self.until(&format!("{count} sockets"), |state| {
            (state.connections == count && self.sockets().count() == count).then_some(())
        })
        .await;
    }

    /// Sends an envelope on one of the open sockets, each in its turn; the answer comes when it was acknowledged, and
    /// never where it is not.
    ///
    /// # Panics
    /// When no socket is open.
    pub fn send(&self, envelope: &Value) -> oneshot::Receiver<Value> {
        self.sockets().send(envelope).expect("no socket is open")
    }

    /// Says on the oldest socket that it will go away (`refresh_requested`, `warning`, `link_disabled`), and closes it
    /// once another is open.
    pub fn disconnect(&self, reason: &str) {
        let message = json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "applink-1" } });
        self.sockets().dismiss(message.to_string());
    }
}
