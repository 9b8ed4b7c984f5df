//! The Web API over HTTP: tokens, faults on command, and every call on record.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::methods::{self, Sent};
use crate::slack::Slack;
use crate::state::{Call, Fault};

/// Serves on a port of its own, until the runtime ends.
pub(crate) async fn serve(slack: Slack, listener: TcpListener) {
    let app = Router::new().route("/api/{method}", post(answer)).with_state(Arc::new(slack));
    axum::serve(listener, app).await.expect("the port is ours");
}

async fn answer(
    State(slack): State<Arc<Slack>>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let arguments = arguments(&headers, &body);
    let fault = slack.take_fault(&method);
    let answer = match &fault {
        None | Some(Fault::Lost) => {
            let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
            let kind = kind(&headers).to_owned();
            let call = Sent { method: &method, token, kind, body: body.to_vec() };
            Some(methods::answer(&slack, call, &arguments).await)
        }
        Some(Fault::Code(code)) => Some(json!({ "ok": false, "error": code })),
        Some(Fault::Status(_) | Fault::RateLimited(_) | Fault::Hang) => None,
    };
    slack.change(|state| {
        state.calls.push(Call { method, arguments, answer: answer.clone() });
    });
    match (fault, answer) {
        (None | Some(Fault::Code(_)), Some(answer)) => {
            ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], answer.to_string())
                .into_response()
        }
        (Some(Fault::RateLimited(after)), _) => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, after.to_string())])
                .into_response()
        }
        (Some(Fault::Hang), _) => {
            // Longer than any client waits.
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            StatusCode::OK.into_response()
        }
        (Some(Fault::Status(status)), _) => {
            (StatusCode::from_u16(status).unwrap(), "<html>Slack is down</html>").into_response()
        }
        // Lost on the way.
        _ => (StatusCode::BAD_GATEWAY, "").into_response(),
    }
}

/// The arguments of a call, from JSON or a form.
fn arguments(headers: &HeaderMap, body: &[u8]) -> Value {
    if kind(headers).starts_with("application/json") {
        return serde_json::from_slice(body).unwrap_or(Value::Null);
    }
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let fields: Map<String, Value> = pairs
        .map(|(name, value)| {
            let value = decode(value);
            // Structured arguments come as JSON inside of a form.
            let value = match name {
                "blocks" | "view" => serde_json::from_str(&value).unwrap_or(Value::String(value)),
                _ => Value::String(value),
            };
            (decode(name), value)
        })
        .collect();
    Value::Object(fields)
}

fn kind(headers: &HeaderMap) -> &str {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.unwrap_or_default()
}

/// Percent decoding of a form.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&hex, 16).unwrap_or(b'?')
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
