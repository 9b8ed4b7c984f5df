//! Heads that go over HTTP are kept, once, and what contradicts them is refused.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Redirect;
use axum::routing::post;
use guardrail_api::{HttpWitness, HttpWitnessError, witness_router};
use guardrail_conformance::events;
use guardrail_core::audit::proof::{
    FileSigner, FileWitness, Keys, Publisher, SignedCheckpoint, Signer as _, Witness, WitnessError,
};
use guardrail_core::audit::{Append, AuditLog as _, FileLog};
use guardrail_core::clock::{Clock as _, SystemClock, SystemEntropy};
use guardrail_core::model::{RequestId, Secret, Version};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/")
}

async fn append(log: &FileLog) {
    let id = RequestId::random(SystemClock::new().now(), &SystemEntropy).unwrap();
    let events = vec![events::asked().unwrap()];
    log.append(&Append::new(id, Version::START, events)).await.unwrap();
}

/// The heads of a log in this folder, behind each of so many records, and what verifies them.
async fn heads(folder: &Path, count: usize) -> (Vec<Arc<SignedCheckpoint>>, Keys) {
    let signer = FileSigner::open(folder.join("key")).unwrap();
    let keys = Keys::of(signer.key());
    let log = FileLog::setup(folder.join("log")).signer(signer).open().await.unwrap();
    let mut heads = Vec::new();
    for _ in 0..count {
        append(&log).await;
        log.checkpoint().await.unwrap();
        heads.extend(log.heads().unwrap().latest());
    }
    log.close().await;
    (heads, keys)
}

#[tokio::test]
async fn an_endpoint_elsewhere_remembers() {
    let root = TempDir::new().unwrap();
    let (heads, keys) = heads(root.path(), 4).await;
    let path = root.path().join("elsewhere");
    let url = serve(witness_router(keys.clone(), FileWitness::new(&path))).await;
    let witness = HttpWitness::new(&url).unwrap();
    for at in [0, 0, 2, 2] {
        witness.publish(heads.get(at).unwrap()).await.unwrap();
    }
    let known = heads.get(2).unwrap().checkpoint();
    let refused = witness.publish(heads.get(1).unwrap()).await;
    assert!(
        matches!(&refused, Err(WitnessError::Contradicts { known: told }) if **told == *known),
        "{refused:?}"
    );
    witness.publish(heads.get(3).unwrap()).await.unwrap();
    let kept = std::fs::read_to_string(&path).unwrap();
    let kept = SignedCheckpoint::open_all(&kept, &keys).unwrap();
    let kept: Vec<u64> = kept.iter().map(|head| head.checkpoint().size()).collect();
    let sent = [0, 2, 3].map(|at| heads.get(at).unwrap().checkpoint().size());
    assert_eq!(kept, sent);
}

/// The last head of a log that is closed is at the witness before the program ends.
#[tokio::test]
async fn a_publisher_brings_it_every_last_head() {
    let root = TempDir::new().unwrap();
    let signer = FileSigner::open(root.path().join("key")).unwrap();
    let keys = Keys::of(signer.key());
    let path = root.path().join("elsewhere");
    let url = serve(witness_router(keys.clone(), FileWitness::new(&path))).await;
    let log = FileLog::setup(root.path().join("log")).signer(signer).open().await.unwrap();
    let heads = log.heads().unwrap();
    let publisher = Publisher::new(heads.clone()).to(HttpWitness::new(&url).unwrap());
    let publisher = tokio::spawn(publisher.run());
    append(&log).await;
    log.close().await;
    publisher.await.unwrap();
    let kept = std::fs::read_to_string(&path).unwrap();
    let kept = SignedCheckpoint::open_all(&kept, &keys).unwrap();
    assert_eq!(kept.last(), heads.latest().as_deref());
}

/// A witness that cannot keep anything.
#[derive(Debug)]
struct Full;

#[async_trait]
impl Witness for Full {
    fn name(&self) -> &str {
        "full"
    }

    async fn publish(&self, _: &SignedCheckpoint) -> Result<(), WitnessError> {
        Err(WitnessError::failed("/srv/witness: no space left"))
    }
}

#[tokio::test]
async fn an_endpoint_takes_nothing_but_heads_of_its_log() {
    let root = TempDir::new().unwrap();
    let (heads, keys) = heads(root.path(), 1).await;
    let note = heads.first().unwrap().note().to_owned();
    let path = root.path().join("elsewhere");
    let url = serve(witness_router(keys.clone(), FileWitness::new(&path))).await;
    let client = reqwest::Client::new();
    let status =
        async |url: &str, body: Vec<u8>| client.post(url).body(body).send().await.unwrap().status();
    let stranger = FileSigner::open(root.path().join("other")).unwrap();
    let theirs = heads.first().unwrap().checkpoint().clone().sign(&stranger).unwrap();
    for (body, answer) in [
        (Vec::new(), StatusCode::BAD_REQUEST),
        (b"no checkpoint\n".to_vec(), StatusCode::BAD_REQUEST),
        (vec![0xff; 10], StatusCode::BAD_REQUEST),
        (theirs.note().as_bytes().to_vec(), StatusCode::FORBIDDEN),
        (
            note.replacen("\n1\n", "\n2\n", 1).replacen("\n2\n", "\n3\n", 1).into_bytes(),
            StatusCode::FORBIDDEN,
        ),
        (vec![b'a'; 300 * 1024], StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        assert_eq!(status(&url, body.clone()).await, answer, "{:?}", body.get(..20));
    }
    assert!(!path.exists(), "nothing was kept");
    let full = serve(witness_router(keys, Full)).await;
    let answer = client.post(&full).body(note.clone()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.text().await.unwrap().contains("/srv"));
    let refused = HttpWitness::new(&full).unwrap().publish(heads.first().unwrap()).await;
    assert!(matches!(refused, Err(WitnessError::Failed(_))), "{refused:?}");
}

/// Whoever has no key may send slowly, and many at a time.
#[tokio::test]
async fn an_endpoint_reads_no_more_than_it_has_room_for() {
    let root = TempDir::new().unwrap();
    let (heads, keys) = heads(root.path(), 1).await;
    let note = heads.first().unwrap().note();
    let path = root.path().join("elsewhere");
    let url = serve(witness_router(keys, FileWitness::new(&path))).await;
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut slow = Vec::new();
    for _ in 0..64 {
        let mut one = TcpStream::connect(address).await.unwrap();
        one.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na").await.unwrap();
        slow.push(one);
    }
    let client = reqwest::Client::new();
    let status = async || client.post(&url).body(note.to_owned()).send().await.unwrap().status();
    // All that were sent are heard of a moment later.
    let mut answers = HashSet::new();
    for _ in 0..100 {
        answers.insert(status().await);
    }
    assert!(answers.contains(&StatusCode::SERVICE_UNAVAILABLE), "{answers:?}");
    let mut said = [0; 12];
    slow.first_mut().unwrap().read_exact(&mut said).await.unwrap();
    assert_eq!(said, *b"HTTP/1.1 408");
    drop(slow);
    // Their places are free a moment later.
    let mut last = StatusCode::SERVICE_UNAVAILABLE;
    for _ in 0..10_000 {
        last = status().await;
        if last == StatusCode::NO_CONTENT {
            break;
        }
    }
    assert_eq!(last, StatusCode::NO_CONTENT);
}

/// Strange endpoints: each is a failure that says why, and never a head that counts as kept.
#[tokio::test]
async fn an_endpoint_that_answers_strangely_has_kept_nothing() {
    let root = TempDir::new().unwrap();
    let (heads, _) = heads(root.path(), 1).await;
    let head = heads.first().unwrap();
    let here = || async { StatusCode::OK };
    let router = Router::new()
        .route("/moved", post(|| async { Redirect::temporary("/here") }))
        .route("/here", post(here))
        .route("/no", post(|| async { StatusCode::NOT_FOUND }))
        .route("/conflict", post(|| async { (StatusCode::CONFLICT, "what?") }))
        .route("/long", post(|| async { (StatusCode::CONFLICT, "x".repeat(1 << 20)) }));
    let url = serve(router).await;
    for path in ["moved", "no", "conflict", "long"] {
        let refused = HttpWitness::new(&format!("{url}{path}")).unwrap().publish(head).await;
        assert!(matches!(refused, Err(WitnessError::Failed(_))), "{path}: {refused:?}");
    }
    HttpWitness::new(&format!("{url}here")).unwrap().publish(head).await.unwrap();
    let nobody = HttpWitness::new("http://127.0.0.1:9/?token=hush").unwrap();
    let refused = nobody.publish(head).await.unwrap_err();
    assert!(
        !format!("{refused} {refused:?} {nobody:?} {}", nobody.name()).contains("hush"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_token_goes_along_and_is_never_printed() {
    let root = TempDir::new().unwrap();
    let (heads, _) = heads(root.path(), 1).await;
    let check = |headers: HeaderMap| async move {
        let sent =
            headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
        if sent.as_deref() == Some("Bearer hush") { StatusCode::OK } else { StatusCode::FORBIDDEN }
    };
    let url = serve(Router::new().route("/", post(check))).await;
    let witness = HttpWitness::new(&url).unwrap().bearer(Secret::new("hush".to_owned()));
    witness.publish(heads.first().unwrap()).await.unwrap();
    assert!(!format!("{witness:?}").contains("hush"));
}

#[test]
fn an_address_is_encrypted_or_on_this_machine() {
    for good in [
        "https://witness.example.com/heads",
        "https://witness.example.com/heads?of=prod",
        "http://127.0.0.1:80/",
        "http://[::1]/",
        "http://localhost:9/",
    ] {
        assert!(HttpWitness::new(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "witness.example.com",
        "http://witness.example.com/",
        "http://127.0.0.1.example.com/",
        "https://hush:hush@witness.example.com/",
        "https://witness.example.com/#hush",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
    ] {
        let refused = HttpWitness::new(bad).unwrap_err();
        assert!(matches!(refused, HttpWitnessError::Address { .. }), "{bad}");
        assert!(!format!("{refused} {refused:?}").contains("hush"), "{refused:?}");
    }
}
