//! Opens a web socket: TLS with the system's certificates, bounded frames; tests put a pipe in its
//! place.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{Sink, Stream};
use guardrail_core::model::secret::Secret;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{Connector, connect_async_tls_with_config};

use crate::delivery::DELIVERY_LIMIT;

/// What stands around a payload in its envelope fits many times.
const FRAME_LIMIT: usize = DELIVERY_LIMIT + 64 * 1024;
const WRITE_LIMIT: usize = 64 * 1024;

/// Frames both ways.
pub(super) trait Frames:
    Stream<Item = Result<Message, tungstenite::Error>>
    + Sink<Message, Error = tungstenite::Error>
    + Send
    + Unpin
{
}

impl<T> Frames for T where
    T: Stream<Item = Result<Message, tungstenite::Error>>
        + Sink<Message, Error = tungstenite::Error>
        + Send
        + Unpin
{
}

#[async_trait]
pub(super) trait Dial: Debug + Send + Sync + 'static {
    /// Connects to an address that holds a ticket; it says what went wrong without it.
    async fn dial(&self, url: &Secret<String>) -> Result<Box<dyn Frames>, &'static str>;
}

/// Dials over the network.
#[derive(Debug)]
pub(super) struct Network;

#[async_trait]
impl Dial for Network {
    async fn dial(&self, url: &Secret<String>) -> Result<Box<dyn Frames>, &'static str> {
        let connector = if url.expose().starts_with("wss:") {
            Connector::Rustls(Arc::new(tls()?))
        } else {
            Connector::Plain
        };
        let connected =
            connect_async_tls_with_config(url.expose(), Some(limits()), true, Some(connector));
        let (socket, _) = connected.await.map_err(|error| word(&error))?;
        Ok(Box::new(socket))
    }
}

pub(super) fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(FRAME_LIMIT))
        .max_frame_size(Some(FRAME_LIMIT))
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_LIMIT)
}

/// What went wrong, without the address, which stands in some errors.
pub(super) fn word(error: &tungstenite::Error) -> &'static str {
    match error {
        tungstenite::Error::Http(_) => "slack did not open the socket",
        tungstenite::Error::Tls(_) => "the connection could not be encrypted",
        tungstenite::Error::Capacity(_) => "a frame is too long",
        tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_) => {
            "what came is no web socket"
        }
        _ => "the connection broke",
    }
}

/// The provider is named here: a program in which two are compiled in has no default.
fn tls() -> Result<ClientConfig, &'static str> {
    ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_platform_verifier())
        .map(|builder| builder.with_no_client_auth())
        .map_err(|_| "the system's certificates could not be read")
}
