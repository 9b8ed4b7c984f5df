//! A connection that is cut at any point: what was answered is there once, and nothing twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use guardrail_conformance::events::{asked, commented};
use guardrail_core::audit::{Append, AuditLog as _, verify};
use guardrail_core::model::Version;
use guardrail_sql::{PostgresLog, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};

use super::server;
use crate::samples;

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// What the log says does not reach the server.
    Question,
    /// The same, and the server does not hear either that whoever said it is gone.
    Parted,
    /// The server has done what it was told, and its answer does not reach the log.
    Answer,
}

/// Counts what logs say to the server, and cuts the connection at the n-th of it, once.
pub(super) struct Wire {
    port: u16,
    said: AtomicU64,
    cut_at: AtomicU64,
    cut: Cut,
}

impl Wire {
    pub(super) async fn lay(server: u16, cut_at: u64, cut: Cut) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Arc::new(Self { port, said: AtomicU64::new(0), cut_at: cut_at.into(), cut });
        let shared = Arc::clone(&wire);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                tokio::spawn(Arc::clone(&shared).carry(client, server));
            }
        });
        wire
    }

    async fn carry(self: Arc<Self>, client: TcpStream, server: TcpStream) {
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let answers = tokio::spawn(async move {
            tokio::select! {
                _ = copy(&mut from_server, &mut to_client) => {}
                // Where its sender is gone nobody stops it.
                Ok(()) = stopped => {
                    // The server has done it when it answers.
                    let _ = from_server.read(&mut [0; 4096]).await;
                }
            }
        });
        let mut bytes = vec![0; 64 * 1024];
        let mut stop = Some(stop);
        while let Ok(length @ 1..) = from_client.read(&mut bytes).await {
            let said = self.said.fetch_add(1, Ordering::SeqCst) + 1;
            let is_last = said == self.cut_at.load(Ordering::SeqCst);
            if is_last && self.cut != Cut::Answer {
                answers.abort();
                if self.cut == Cut::Parted {
                    // The way to the server stays open, and nobody is on it.
                    std::mem::forget(to_server);
                }
                return;
            }
            if is_last && let Some(stop) = stop.take() {
                let _ = stop.send(());
            }
            let said = bytes.get(..length).unwrap_or_default();
            if to_server.write_all(said).await.is_err() || is_last {
                break;
            }
        }
        // The answers stop with the server's end, or were told to.
        drop(to_server);
        let _ = answers.await;
    }

    /// Cuts at the n-th thing that is said from now on.
    pub(super) fn cut_after(&self, n: u64) {
        self.cut_at.store(self.said.load(Ordering::SeqCst) + n, Ordering::SeqCst);
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    pub(super) fn was_cut(&self) -> bool {
        self.said.load(Ordering::SeqCst) >= self.cut_at.load(Ordering::SeqCst)
    }
}

/// Opens a log, writes, and leaves, over a wire that is cut at every point in turn.
async fn check(cut: Cut) {
    const NOTES: u64 = 4;
    let Some(server) = server::server() else { return };
    for cut_at in 1.. {
        let wire = Wire::lay(server.port(), cut_at, cut).await;
        let name = server::name();
        let settings = || Settings::new().name(&name).unwrap();
        // A log may refuse to open over a wire that is cut; the next time it opens.
        let log = match PostgresLog::connect_with(&wire.url(), settings()).await {
            Ok(log) => log,
            Err(_) => PostgresLog::connect_with(&wire.url(), settings()).await.unwrap(),
        };
        let id = samples::id(1);
        let ask = Append::new(id, Version::START, vec![asked().unwrap()]);
        let mut written = log.append(&ask).await.unwrap().records;
        for version in 1..=NOTES {
            let note = Append::new(id, Version::new(version), vec![commented("note")]);
            let appended = log.append(&note).await;
            written.extend(appended.unwrap_or_else(|e| panic!("{cut:?} at {cut_at}: {e}")).records);
        }
        log.close().await;
        let log = PostgresLog::connect_with(&server.url("postgres"), settings()).await.unwrap();
        let found = log.stream(id, Version::START).await.unwrap();
        let lines = |records: &[Arc<guardrail_core::audit::AuditRecord>]| {
            records.iter().map(|record| record.line().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(lines(&found), lines(&written), "{cut:?} at {cut_at}");
        verify(&log).await.unwrap();
        if !wire.was_cut() {
            assert!(cut_at > 30, "it says more than {cut_at} things");
            return;
        }
    }
}

#[tokio::test]
async fn a_question_that_is_lost_is_asked_again() {
    check(Cut::Question).await;
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_happened_once() {
    check(Cut::Answer).await;
}
