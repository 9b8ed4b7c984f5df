//! One HTTP exchange with Slack: bounded in time and size, no redirects, nothing printed.

use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::model::secret::Secret;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, Url, redirect};

use crate::address;
use crate::client::error::{BuildError, Error};
use crate::client::transport::{Answer, Body, RETRY_AFTER_DEFAULT, Transport};

/// How long one exchange may last.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an answer may be, in bytes: a user group of thousands fits.
const ANSWER_LIMIT: usize = 4 << 20;

#[derive(Clone, Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    /// Ends in `/`.
    api: Url,
}

impl Http {
    pub(super) fn new(api: Url) -> Result<Self, BuildError> {
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("guardrail/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            // reqwest would send some calls again by itself; how often is decided in one place.
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT);
        if address::is_local(&api) {
            // What runs beside us a proxy cannot reach, and it must not see the token.
            client = client.no_proxy();
        }
        Ok(Self { client: client.build()?, api })
    }
}

#[async_trait]
impl Transport for Http {
    async fn post(
        &self,
        method: &'static str,
        token: Option<&Secret<String>>,
        body: &Body,
    ) -> Result<Answer, Error> {
        let unreadable = |why| Error::Unreadable { method, why };
        let url = self.api.join(method).map_err(|_| unreadable("its address is none"))?;
        let mut request = self.client.post(url);
        if let Some(token) = token {
            // Marked as sensitive by reqwest: no debug output of headers shows it.
            request = request.bearer_auth(token.expose());
        }
        let request = match body {
            Body::Json(json) => request
                .header(CONTENT_TYPE, "application/json; charset=utf-8")
                .body(json.to_string()),
            Body::Form(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(name, value)| (name, value.expose())).collect();
                request.form(&fields)
            }
        };
        let mut answer = request.send().await.map_err(|error| unreachable(method, &error))?;
        let retry_after = retry_after(answer.headers());
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::TOO_MANY_REQUESTS => {
                return Err(Error::RateLimited { method, after: retry_after });
            }
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                let why = format!("status {}", status.as_u16());
                return Err(Error::Unreachable { method, why });
            }
            status if status.is_redirection() => {
                return Err(unreadable("it points elsewhere, and a token follows no redirect"));
            }
            _ => return Err(unreadable("its status is none the Web API uses")),
        }
        let mut read = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| unreachable(method, &error))? {
            if read.len().saturating_add(chunk.len()) > ANSWER_LIMIT {
                return Err(unreadable("it is too long"));
            }
            read.extend_from_slice(&chunk);
        }
        Ok(Answer { body: read, retry_after })
    }
}

/// Says what went wrong without the address: reqwest's own words hold it.
fn unreachable(method: &'static str, error: &reqwest::Error) -> Error {
    let why = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    Error::Unreachable { method, why: why.to_owned() }
}

fn retry_after(headers: &HeaderMap) -> Duration {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = seconds.and_then(|seconds| seconds.trim().parse().ok());
    seconds.map_or(RETRY_AFTER_DEFAULT, Duration::from_secs)
}
