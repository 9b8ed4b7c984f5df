//! The log in an SQLite file beside the model. A crash leaves a copy of the file and its WAL, as the
//! death of the process does; the copy is opened next.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use guardrail_conformance::ManualClock;
use guardrail_conformance::machine::{Broken, Loss, Mishap, Runs, Site, run};
use guardrail_core::audit::Error;
use guardrail_sql::{Settings, SqliteLog};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::fuse::Fuse;

struct File {
    root: TempDir,
    life: u32,
    fuse: Fuse,
}

impl File {
    /// In memory, where there is room: what dies here is a process, not the machine.
    fn new(_seed: u64) -> Self {
        let shared = Path::new("/dev/shm");
        let root = if shared.is_dir() { TempDir::new_in(shared) } else { TempDir::new() };
        let file = Self { root: root.unwrap(), life: 0, fuse: Fuse::default() };
        std::fs::create_dir(file.folder()).unwrap();
        std::fs::write(file.path(), made()).unwrap();
        file
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join(self.life.to_string())
    }

    fn path(&self) -> PathBuf {
        self.folder().join("log.db")
    }

    async fn connect(&self) -> SqliteConnection {
        let url = format!("sqlite://{}", self.path().display());
        SqliteConnection::connect(&url).await.unwrap()
    }
}

/// A file whose tables are made, with a log that was opened and closed: to make them takes as long
/// as a whole sequence.
pub(super) fn made() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        let make = || {
            let root = TempDir::new().unwrap();
            let path = root.path().join("log.db");
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                // Its records are the oldest there can be.
                let clock =
                    Arc::new(ManualClock::at(guardrail_core::clock::Timestamp::from_micros(0)));
                let log = SqliteLog::open_with(&path, Settings::new().clock(clock)).await.unwrap();
                log.close().await;
            });
            std::fs::read(path).unwrap()
        };
        // A thread of its own: this may be asked for inside of another runtime.
        std::thread::spawn(make).join().unwrap()
    })
}

#[async_trait::async_trait]
impl Site for File {
    type Log = SqliteLog;

    async fn open(&mut self, clock: Arc<ManualClock>) -> Result<SqliteLog, Error> {
        if self.fuse.is_blown() {
            self.fuse = Fuse::default();
        }
        let settings = self.fuse.on(Settings::new().clock(clock));
        let log = SqliteLog::open_with(self.path(), settings).await?;
        // This process goes on: what was it before is only silent.
        let silence = "UPDATE guardrail_writer SET beat = beat - 60000000, tick = tick - 60000000
                       WHERE writer < (SELECT max(writer) FROM guardrail_writer)";
        let mut on = self.connect().await;
        sqlx::raw_sql(silence).execute(&mut on).await.unwrap();
        on.close().await.unwrap();
        Ok(log)
    }

    fn is_durable(&self) -> bool {
        true
    }

    async fn close(&mut self, log: SqliteLog) {
        log.close().await;
    }

    async fn crash(&mut self, log: SqliteLog, _loss: Loss) {
        let from = self.path();
        // Nobody writes while the file is copied. A checkpoint may go on, and takes nothing away
        // from the WAL, which is copied last.
        let mut on = self.connect().await;
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut on).await.unwrap();
        self.life += 1;
        std::fs::create_dir(self.folder()).unwrap();
        std::fs::copy(&from, self.path()).unwrap();
        let wal = |path: &Path| path.with_extension("db-wal");
        if wal(&from).exists() {
            std::fs::copy(wal(&from), wal(&self.path())).unwrap();
        }
        sqlx::raw_sql("ROLLBACK").execute(&mut on).await.unwrap();
        on.close().await.unwrap();
        self.fuse = Fuse::default();
        drop(log);
    }

    fn plan(&mut self, nth: usize, _mishap: Mishap) -> bool {
        self.fuse.light(nth);
        true
    }

    fn heal(&mut self) {
        self.fuse.put_out();
    }

    fn is_dead(&self) -> bool {
        self.fuse.is_blown()
    }
}

/// Each opens several files and connections: one in fourteen of all sequences.
#[test]
fn the_log_does_what_the_model_says() -> Result<(), Broken> {
    run("SqliteLog", Runs::of(1_400, 24), File::new).map(drop)
}
