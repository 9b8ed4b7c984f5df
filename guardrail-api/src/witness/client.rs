//! The end that has a log: sends its heads.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::audit::proof::{Checkpoint, SignedCheckpoint, Witness, WitnessError};
use guardrail_core::model::Secret;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode, Url, redirect};

use crate::witness::{NOTE_LIMIT, TEXT};

/// How long one exchange may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends every head to an HTTP endpoint elsewhere: one of [`witness_router`](crate::witness_router),
/// or any that keeps what it is sent, once, and refuses with 409 what contradicts it.
///
/// One exchange takes 10 s at most. No redirect is followed.
pub struct HttpWitness {
    name: String,
    url: Url,
    token: Option<Secret<String>>,
    client: reqwest::Client,
}

/// Why an address cannot be a witness.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpWitnessError {
    /// It is no address that may be used.
    #[error(
        "`{address}` cannot be a witness: give an https URL, or http to a loopback address, without a \
         user name, a password or a fragment"
    )]
    Address {
        /// What was given.
        address: Box<str>,
    },
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Client(#[from] reqwest::Error),
}

impl HttpWitness {
    /// At this URL: https, or http where it is on this machine.
    ///
    /// # Errors
    /// [`HttpWitnessError`].
    pub fn new(url: &str) -> Result<Self, HttpWitnessError> {
        let refused = || HttpWitnessError::Address { address: without_credentials(url).into() };
        let url = Url::parse(url).ok().filter(is_usable).ok_or_else(refused)?;
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("guardrail/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .timeout(TIMEOUT);
        if is_local(&url) {
            // What runs beside us a proxy cannot reach.
            client = client.no_proxy();
        }
        // A query may hold a secret.
        let name = format!("{}{}", url.origin().ascii_serialization(), url.path());
        Ok(Self { name, url, token: None, client: client.build()? })
    }

    /// Sends this token with every head, as `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(mut self, token: impl Into<Secret<String>>) -> Self {
        self.token = Some(token.into());
        self
    }
}

#[async_trait]
impl Witness for HttpWitness {
    fn name(&self) -> &str {
        &self.name
    }

    async fn publish(&self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        let mut request = self.client.post(self.url.clone()).header(CONTENT_TYPE, TEXT);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose());
        }
        // Its own words hold the address, and that may hold a secret.
        let unreachable = |error: reqwest::Error| WitnessError::failed(error.without_url());
        let answer = request.body(head.note().to_owned()).send().await.map_err(unreachable)?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            StatusCode::CONFLICT => Err(match read(answer).await.map_err(unreachable)? {
                Some(known) => WitnessError::Contradicts { known: Box::new(known) },
                None => WitnessError::failed("it knows a head that contradicts this one"),
            }),
            status => Err(WitnessError::failed(format!("it answered with status {status}"))),
        }
    }
}

impl fmt::Debug for HttpWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpWitness").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The head that an answer tells of.
async fn read(mut answer: Response) -> Result<Option<Checkpoint>, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if bytes.len().saturating_add(chunk.len()) > NOTE_LIMIT {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(std::str::from_utf8(&bytes).ok().and_then(Checkpoint::parse))
}

fn is_usable(url: &Url) -> bool {
    let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    is_bare
        && url.has_host()
        && (url.scheme() == "https" || (url.scheme() == "http" && is_local(url)))
}

/// Whether it is on this machine: a loopback address, or `localhost`, since any other name may point
/// elsewhere tomorrow.
fn is_local(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// An address for a message: what stands before the host, and behind the path, may be a secret.
fn without_credentials(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) => {
            format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
        }
        Err(_) => "this".to_owned(),
    }
}
