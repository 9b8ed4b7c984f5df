//! A transport that answers by script and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail_conformance::{ManualClock, SeededEntropy};
use guardrail_core::model::secret::Secret;
use serde_json::{Value, json};

use crate::client::call::Caller;
use crate::client::error::Error;
use crate::client::transport::{Answer, Body, Transport};
use crate::client::{Client, Rotation, Settings};

/// One answer to come.
#[derive(Clone)]
pub(crate) enum Reply {
    Json(Value),
    Fails(Error),
    /// Nothing, ever.
    Silence,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) token: Option<String>,
    pub(crate) body: Value,
    pub(crate) at: Duration,
}

#[derive(Clone)]
pub(crate) struct Script(Arc<Inner>);

struct Inner {
    replies: Mutex<VecDeque<Reply>>,
    asked: Mutex<Vec<Asked>>,
    start: tokio::time::Instant,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    pub(crate) fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self(Arc::new(Inner {
            replies: Mutex::new(replies.into_iter().collect()),
            asked: Mutex::default(),
            start: tokio::time::Instant::now(),
        }))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.0.asked.lock().unwrap().clone()
    }

    /// When each question came, in milliseconds since the start.
    pub(crate) fn times(&self) -> Vec<u128> {
        self.asked().iter().map(|asked| asked.at.as_millis()).collect()
    }

    pub(crate) fn client(&self) -> Client {
        self.client_with(None, Arc::new(ManualClock::new()))
    }

    pub(crate) fn client_with(
        &self,
        rotation: Option<Rotation>,
        clock: Arc<ManualClock>,
    ) -> Client {
        let settings = Settings {
            api: "https://slack.com/api/".parse().unwrap(),
            bot: Secret::new("xoxb-bot".to_owned()),
            rotation,
            app: Some(Secret::new("xapp-app".to_owned())),
            patience: Duration::from_secs(30),
            clock,
            entropy: Arc::new(SeededEntropy::new(1)),
        };
        Client::over(Arc::new(self.clone()), settings)
    }

    pub(in crate::client) fn caller(&self) -> Caller {
        Caller::new(Arc::new(self.clone()), Arc::new(SeededEntropy::new(1)))
    }
}

#[async_trait]
impl Transport for Script {
    async fn post(
        &self,
        method: &'static str,
        token: Option<&Secret<String>>,
        body: &Body,
    ) -> Result<Answer, Error> {
        let body = match body {
            Body::Json(json) => json.clone(),
            Body::Form(fields) => fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), json!(value.expose())))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        };
        let token = token.map(|token| token.expose().clone());
        self.0.asked.lock().unwrap().push(Asked {
            method,
            token,
            body,
            at: self.0.start.elapsed(),
        });
        let reply = self.0.replies.lock().unwrap().pop_front();
        match reply.expect("a question nobody expected") {
            Reply::Json(json) => Ok(Answer {
                body: json.to_string().into_bytes(),
                retry_after: Duration::from_secs(3),
            }),
            Reply::Fails(error) => Err(error),
            Reply::Silence => std::future::pending().await,
        }
    }
}

pub(crate) fn says(json: Value) -> Reply {
    Reply::Json(json)
}

pub(crate) fn refuses(code: &str) -> Reply {
    Reply::Json(json!({ "ok": false, "error": code }))
}

pub(crate) fn limits(seconds: u64) -> Reply {
    Reply::Fails(Error::RateLimited { method: "test", after: Duration::from_secs(seconds) })
}

pub(crate) fn breaks() -> Reply {
    Reply::Fails(Error::Unreachable { method: "test", why: "status 503".to_owned() })
}
