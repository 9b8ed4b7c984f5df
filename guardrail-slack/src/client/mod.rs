//! The Web API: ten methods, each bounded in time and size, with retries; tokens never printed.

mod answer;
mod call;
mod error;
mod http;
mod messages;
mod people;
mod workspace;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use guardrail_core::clock::{Clock, Entropy};
use guardrail_core::model::secret::Secret;
use reqwest::Url;

pub use self::error::BuildError;
pub(crate) use self::error::Error;
pub(crate) use self::messages::{Post, Sent};
pub(crate) use self::people::UserInfo;
pub(crate) use self::workspace::Me;

use self::http::Http;

/// What a client is made of.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Ends in `/`.
    pub(crate) api: Url,
    pub(crate) bot: Secret<String>,
    /// For Socket Mode.
    pub(crate) app: Option<Secret<String>>,
    /// How long one call may last, tries and waits included.
    pub(crate) patience: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// A client of the Web API; a clone is the same client.
#[derive(Clone)]
pub(crate) struct Client(Arc<Inner>);

struct Inner {
    http: Http,
    settings: Settings,
}

impl Client {
    pub(crate) fn new(settings: Settings) -> Result<Self, BuildError> {
        Ok(Self(Arc::new(Inner { http: Http::new()?, settings })))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api", &self.0.settings.api.as_str()).finish_non_exhaustive()
    }
}
