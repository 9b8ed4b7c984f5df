//! A way to the server that is gone for a while, or fails twice in a row.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use guardrail_conformance::events::{asked, commented};
use guardrail_core::audit::{Append, AuditLog as _};
use guardrail_core::model::Version;
use guardrail_sql::{PostgresLog, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::server;
use crate::samples;

/// A way to the server.
struct Way {
    port: u16,
    /// Whether there is one.
    is_there: watch::Sender<bool>,
    /// The answer to what says this next is lost; and a rollback, whenever it is asked for, fails.
    loses: Mutex<Option<&'static [u8]>>,
}

/// As they stand in the protocol.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";
/// In a statement that writes by itself, behind its preparation.
const REQUESTED: &[u8] = b"\"name\":\"requested\"";
const ROLLBACK: &[u8] = b"Q\0\0\0\x0dROLLBACK\0";

impl Way {
    async fn lay(server: u16) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_there = watch::Sender::new(true);
        let way = Arc::new(Self { port, is_there, loses: Mutex::default() });
        let shared = Arc::clone(&way);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let way = Arc::clone(&shared);
                tokio::spawn(async move {
                    let mut gone = way.is_there.subscribe();
                    tokio::select! {
                        _ = gone.wait_for(|is_there| !is_there) => {}
                        () = way.carry(client, server) => {}
                    }
                });
            }
        });
        way
    }

    async fn carry(&self, mut client: TcpStream, server: u16) {
        let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
        let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        loop {
            tokio::select! {
                read = client.read(&mut asked) => {
                    let Ok(length @ 1..) = read else { return };
                    let said = asked.get(..length).unwrap_or_default();
                    let is_failed = said == ROLLBACK;
                    let is_lost = self.loses(said);
                    if is_failed || server.write_all(said).await.is_err() {
                        return;
                    }
                    if is_lost {
                        // The server has done it when it answers.
                        let _ = server.read(&mut answered).await;
                        return;
                    }
                }
                read = server.read(&mut answered) => {
                    let Ok(length @ 1..) = read else { return };
                    let said = answered.get(..length).unwrap_or_default();
                    if client.write_all(said).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn loses(&self, said: &[u8]) -> bool {
        let contains = |part: &[u8]| said.windows(part.len()).any(|these| these == part);
        self.loses.lock().unwrap().take_if(|part| contains(part)).is_some()
    }

    async fn log(&self, name: &str) -> PostgresLog {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", self.port);
        let settings = Settings::new().name(name).unwrap();
        PostgresLog::connect_with(&url, settings).await.unwrap()
    }
}

/// That the append happened is found out, whatever becomes of the transaction that asked.
#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_known_when_the_rollback_fails() {
    let Some(server) = server::server() else { return };
    let way = Way::lay(server.port()).await;
    let name = server::name();
    let (log, other) = (way.log(&name).await, server::log(&server, &name).await);
    let ask = |n| Append::new(samples::id(n), Version::START, vec![asked().unwrap()]);
    // The head is not where it was: this one goes the careful way.
    other.append(&ask(2)).await.unwrap();
    *way.loses.lock().unwrap() = Some(COMMIT);
    assert_eq!(log.append(&ask(1)).await.unwrap().records.len(), 1);
    assert!(way.loses.lock().unwrap().is_none(), "the answer was lost");
    let note = Append::new(samples::id(1), Version::new(1), vec![commented("goes on")]);
    log.append(&note).await.unwrap();
}

/// The same of a statement that writes by itself. Where it never came to the server, it is known once
/// it can no longer happen.
#[tokio::test]
async fn a_statement_whose_answer_is_lost_happened_once() {
    let Some(server) = server::server() else { return };
    let way = Way::lay(server.port()).await;
    let log = way.log(&server::name()).await;
    let ask = |n| Append::new(samples::id(n), Version::START, vec![asked().unwrap()]);
    log.append(&ask(1)).await.unwrap();
    *way.loses.lock().unwrap() = Some(REQUESTED);
    assert_eq!(log.append(&ask(2)).await.unwrap().records.len(), 1);
    assert!(way.loses.lock().unwrap().is_none(), "the answer was lost");
    let note = Append::new(samples::id(2), Version::new(1), vec![commented("goes on")]);
    assert_eq!(log.append(&note).await.unwrap().records.len(), 1);
    assert_eq!(log.stream(samples::id(2), Version::START).await.unwrap().len(), 2);
}

/// Whoever waits for a request goes on waiting while the database is gone, and is woken after.
#[tokio::test]
async fn a_wait_outlasts_an_outage() {
    let Some(server) = server::server() else { return };
    let way = Way::lay(server.port()).await;
    let name = server::name();
    let (log, other) = (way.log(&name).await, server::log(&server, &name).await);
    let ask = Append::new(samples::id(1), Version::START, vec![asked().unwrap()]);
    log.append(&ask).await.unwrap();
    let outage = async {
        way.is_there.send_replace(false);
        // A sleep: longer than a question that is not answered is asked again.
        tokio::time::sleep(Duration::from_secs(7)).await;
        way.is_there.send_replace(true);
        let note = Append::new(samples::id(1), Version::new(1), vec![commented("after it")]);
        other.append(&note).await.unwrap();
    };
    let waits =
        tokio::time::timeout(Duration::from_secs(30), log.changed(samples::id(1), Version::new(1)));
    let ((), woken) = tokio::join!(outage, waits);
    woken.unwrap().unwrap();
}
