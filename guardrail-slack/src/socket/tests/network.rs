//! Over a real connection: the handshake, the ticket, the configured host.

use std::sync::Arc;

use futures_util::{SinkExt as _, StreamExt as _};
use guardrail_core::model::secret::Secret;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use super::slack::click;
use crate::audience::Audience;
use crate::client::tests::script::{Reply, Script};
use crate::config::Config;
use crate::counts::Counts;
use crate::delivery;
use crate::socket::dial::{Dial as _, Network};
use crate::socket::{Socket, link};

#[tokio::test]
async fn a_socket_is_opened_where_the_configuration_says_with_slacks_ticket() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = Config::builder("xoxb-12345678".to_owned(), "C1A")
        .app_token("xapp-12345678".to_owned())
        .socket_url(format!("ws://{}", listener.local_addr().unwrap()))
        .build()
        .unwrap();
    let url = json!({ "ok": true, "url": "wss://wss.slack.com/link/?ticket=1&app_id=2" });
    let client = Script::new([Reply::Json(url)]).client();
    let (inbox, mut read) = delivery::inbox();
    let audience = Audience::new(["T0".to_owned()].into(), None, None);
    let counts = Arc::new(Counts::default());
    let (teller, _watcher) = link();
    let socket = Socket::new(&config, client, Arc::new(audience), inbox, counts, teller);
    let running = tokio::spawn(socket.run());

    let (stream, _) = listener.accept().await.unwrap();
    let (tell, mut asked) = mpsc::unbounded_channel();
    #[expect(clippy::result_large_err, reason = "the shape of the library's callback")]
    let look = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        tell.send(request.uri().to_string()).unwrap();
        Ok(response)
    };
    let mut slack = accept_hdr_async(stream, look).await.unwrap();
    assert_eq!(asked.recv().await.unwrap(), "/link/?ticket=1&app_id=2");
    slack.send(Message::text(r#"{"type":"hello"}"#)).await.unwrap();
    slack.send(Message::text(click("e1").to_string())).await.unwrap();
    let acknowledged = slack.next().await.unwrap().unwrap();
    assert_eq!(acknowledged, Message::text(r#"{"envelope_id":"e1"}"#));
    assert_eq!(read.recv().await.unwrap().payload, click("e1")["payload"].to_string().as_bytes());
    running.abort();
}

#[tokio::test]
async fn an_encrypted_socket_is_encrypted_or_none() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("wss://{}/link/?ticket=1", listener.local_addr().unwrap());
    let plain = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").await.unwrap();
    });
    let refused = Network.dial(&Secret::new(url)).await.err().unwrap();
    assert!(!refused.contains("ticket"), "{refused}");
    plain.abort();
}
