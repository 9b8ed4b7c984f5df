//! Real HTTP against a small server: encoding, headers, status codes, limits, no redirects.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use guardrail_core::model::secret::Secret;
use serde_json::json;
use tokio::net::TcpListener;

use crate::address;
use crate::client::error::Error;
use crate::client::http::Http;
use crate::client::transport::{Answer, Body, Transport as _};

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<(String, HeaderMap, String)>>>);

/// A server that answers every path under `/api/`.
async fn server(answer: fn(&str) -> Response) -> (Http, Seen) {
    let seen = Seen::default();
    let heard = seen.clone();
    let app = Router::new().fallback(any(move |State(()): State<()>, request: Request| {
        let heard = heard.clone();
        async move {
            let path = request.uri().path().to_owned();
            let headers = request.headers().clone();
            let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            heard.0.lock().unwrap().push((path.clone(), headers, body));
            answer(&path)
        }
    }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}/api", listener.local_addr().unwrap());
    drop(tokio::spawn(async move { axum::serve(listener, app).await }));
    (Http::new(address::api(&api).unwrap()).unwrap(), seen)
}

async fn post(http: &Http, body: &Body) -> Result<Answer, Error> {
    http.post("auth.test", Some(&Secret::new("xoxb-1-token".to_owned())), body).await
}

fn status(code: StatusCode) -> Response {
    code.into_response()
}

#[tokio::test]
async fn json_and_forms_are_sent_as_slack_reads_them() {
    let (http, seen) = server(|_| "{\"ok\":true}".into_response()).await;
    post(&http, &Body::Json(json!({ "text": "é" }))).await.unwrap();
    let answer = post(&http, &Body::form([("user", "a&b=c é")])).await.unwrap();
    assert_eq!(answer.body, b"{\"ok\":true}");
    let seen = seen.0.lock().unwrap();
    let [(path, headers, body), (_, form_headers, form_body)] = &seen[..] else { panic!() };
    assert_eq!((path.as_str(), body.as_str()), ("/api/auth.test", "{\"text\":\"é\"}"));
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(headers["authorization"], "Bearer xoxb-1-token");
    assert_eq!(form_headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(form_body, "user=a%26b%3Dc+%C3%A9");
}

#[tokio::test]
async fn status_codes_say_whether_later_is_better() {
    let (http, _) =
        server(|_| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "12")]).into_response()).await;
    let limited = post(&http, &Body::form([])).await.err().unwrap();
    let after = std::time::Duration::from_secs(12);
    assert_eq!(limited, Error::RateLimited { method: "auth.test", after });
    let (http, _) = server(|_| status(StatusCode::BAD_GATEWAY)).await;
    assert!(post(&http, &Body::form([])).await.err().unwrap().may_retry());
    let (http, _) = server(|_| status(StatusCode::NOT_FOUND)).await;
    assert!(!post(&http, &Body::form([])).await.err().unwrap().may_retry());
}

#[tokio::test]
async fn a_token_follows_no_redirect() {
    let (http, seen) = server(|path| match path {
        "/api/auth.test" => {
            (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]).into_response()
        }
        _ => "{\"ok\":true}".into_response(),
    })
    .await;
    assert!(matches!(post(&http, &Body::form([])).await, Err(Error::Unreadable { .. })));
    assert_eq!(seen.0.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_too_long_is_left() {
    let (http, _) = server(|_| "x".repeat((4 << 20) + 1).into_response()).await;
    assert!(matches!(post(&http, &Body::form([])).await, Err(Error::Unreadable { .. })));
}

#[tokio::test]
async fn nobody_there_is_no_reason_to_tell_the_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let http = Http::new(address::api(&format!("http://{address}/api")).unwrap()).unwrap();
    let error = post(&http, &Body::form([])).await.err().unwrap();
    assert!(error.may_retry());
    assert!(!format!("{error} {error:?}").contains(&address.port().to_string()));
}
