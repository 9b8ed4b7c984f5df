//! One HTTP exchange with Slack: bounded in time and size, no redirects, nothing printed.

use std::time::Duration;

use guardrail_core::model::secret::Secret;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, Url, redirect};
use serde_json::Value;

use crate::client::error::{BuildError, Error};

/// How long one exchange may last.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an answer may be, in bytes: a user group of thousands fits.
const ANSWER_LIMIT: usize = 4 << 20;

/// Slack says how long to wait; where it does not, this long.
const RETRY_AFTER_DEFAULT: Duration = Duration::from_secs(1);

/// What a method is given.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Json(Value),
    Form(Vec<(&'static str, String)>),
}

#[derive(Clone, Debug)]
pub(super) struct Http(reqwest::Client);

impl Http {
    pub(super) fn new() -> Result<Self, BuildError> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("guardrail/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self(client))
    }

    /// Posts to one method and gives the body of the answer, which is not read yet.
    pub(super) async fn post(
        &self,
        api: &Url,
        method: &'static str,
        token: Option<&Secret<String>>,
        body: &Body,
    ) -> Result<Vec<u8>, Error> {
        let unreadable = |why| Error::Unreadable { method, why };
        let url = api.join(method).map_err(|_| unreadable("its address is none"))?;
        let mut request = self.0.post(url);
        if let Some(token) = token {
            request = request.bearer_auth(token.expose());
        }
        let request = match body {
            Body::Json(json) => request
                .header(CONTENT_TYPE, "application/json; charset=utf-8")
                .body(json.to_string()),
            Body::Form(fields) => request.form(fields),
        };
        let mut answer = request.send().await.map_err(|error| unreachable(method, &error))?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::TOO_MANY_REQUESTS => {
                return Err(Error::RateLimited { method, after: retry_after(answer.headers()) });
            }
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                return Err(Error::Unreachable {
                    method,
                    why: format!("status {}", status.as_u16()),
                });
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
        Ok(read)
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
    seconds
        .and_then(|seconds| seconds.trim().parse().ok())
        .map_or(RETRY_AFTER_DEFAULT, Duration::from_secs)
}
