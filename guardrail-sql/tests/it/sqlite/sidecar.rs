//! The table of redacted values keeps the contract of a sidecar, and leaves no byte in the file.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use guardrail_conformance::sidecar::SidecarFactory;
use guardrail_core::audit::sidecar::{Opening, Sidecar};
use guardrail_core::model::secret::Salt;
use guardrail_sql::{Settings, SqliteLog, SqliteSidecar};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::samples::id;

/// Files in one folder.
struct Files {
    root: TempDir,
    made: AtomicU64,
}

impl Files {
    fn new() -> Self {
        Self { root: TempDir::new().unwrap(), made: AtomicU64::new(0) }
    }

    /// The file that was made last.
    fn last(&self) -> PathBuf {
        self.root.path().join(format!("{}.db", self.made.load(Ordering::Relaxed)))
    }
}

#[async_trait::async_trait]
impl SidecarFactory for Files {
    type Sidecar = SqliteSidecar;

    async fn fresh(&self) -> SqliteSidecar {
        self.made.fetch_add(1, Ordering::Relaxed);
        SqliteLog::open(self.last()).await.unwrap().sidecar()
    }

    async fn reopen(&self, sidecar: SqliteSidecar) -> Option<SqliteSidecar> {
        drop(sidecar);
        Some(SqliteSidecar::open(self.last(), "main").await.unwrap())
    }

    async fn bytes(&self, _: &SqliteSidecar) -> Option<Vec<u8>> {
        Some(bytes(&self.last()))
    }
}

guardrail_conformance::sidecar_suite!(Files::new());

/// The file, its write-ahead log and its index of that. Read by another process: whoever closes the
/// file gives up the locks that SQLite holds on it.
fn bytes(file: &Path) -> Vec<u8> {
    let names = ["", "-wal", "-shm"].map(|end| format!("{}{end}", file.display()));
    Command::new("cat").args(names).output().unwrap().stdout
}

fn opening(n: u64, value: &str) -> Opening {
    Opening::new(id(n), "/x", Salt::from_bytes([n as u8; 32]), value.to_owned())
}

/// Each of several logs in one file has a sidecar of its own.
#[tokio::test]
async fn each_log_of_a_file_has_its_own() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("log.db");
    let open = async |name| {
        let settings = Settings::new().name(name).unwrap();
        SqliteLog::open_with(&file, settings).await.unwrap().sidecar()
    };
    let (one, two) = (open("one").await, open("two").await);
    let kept = opening(1, "value");
    one.keep(std::slice::from_ref(&kept)).await.unwrap();
    assert!(two.open(&kept.label()).await.unwrap().is_none());
    assert_eq!(two.erase(&[kept.label()]).await.unwrap(), 0);
    assert!(one.open(&kept.label()).await.unwrap().is_some());
    assert!(SqliteSidecar::open(&file, "three").await.is_err());
}

/// While somebody reads, the write-ahead log cannot be emptied: that is told, and once they are done
/// it is enough to erase again.
#[tokio::test]
async fn a_reader_that_holds_on_is_told() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("log.db");
    let sidecar = SqliteLog::open(&file).await.unwrap().sidecar();
    let kept = opening(1, "a value that is long enough to find");
    sidecar.keep(std::slice::from_ref(&kept)).await.unwrap();
    let mut reader = SqliteConnection::connect(file.to_str().unwrap()).await.unwrap();
    let mut reading = reader.begin().await.unwrap();
    let read: Vec<(i64,)> = sqlx::query_as("SELECT number FROM guardrail_opening")
        .fetch_all(&mut *reading)
        .await
        .unwrap();
    assert_eq!(read.len(), 1);
    let error = sidecar.erase(&[kept.label()]).await.unwrap_err().to_string();
    assert!(error.contains("write-ahead log"), "{error}");
    assert!(sidecar.open(&kept.label()).await.unwrap().is_none(), "nobody is shown it");
    reading.rollback().await.unwrap();
    assert_eq!(sidecar.erase(&[kept.label()]).await.unwrap(), 0);
    let text = String::from_utf8_lossy(&bytes(&file)).into_owned();
    assert!(!text.contains("long enough to find"));
}

/// Rows may be deleted by hand, and leave zeroes behind: no trigger guards the table.
#[tokio::test]
async fn rows_may_be_deleted() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("log.db");
    let sidecar = SqliteLog::open(&file).await.unwrap().sidecar();
    sidecar.keep(&[opening(1, "x"), opening(2, "y")]).await.unwrap();
    let mut by_hand = SqliteConnection::connect(file.to_str().unwrap()).await.unwrap();
    sqlx::query("DELETE FROM guardrail_opening").execute(&mut by_hand).await.unwrap();
    assert_eq!(sidecar.labels(None, 9).await.unwrap(), []);
}

/// What comes to be kept after it was erased is not kept, nor anything else of its call.
#[tokio::test]
async fn what_is_erased_on_its_way_is_not_kept() {
    let folder = TempDir::new().unwrap();
    let sidecar = SqliteLog::open(folder.path().join("log.db")).await.unwrap().sidecar();
    let (kept, never) = (opening(1, "x"), opening(2, "y"));
    sidecar.keep(std::slice::from_ref(&kept)).await.unwrap();
    assert_eq!(sidecar.erase(&[kept.label(), never.label()]).await.unwrap(), 1);
    for erased in [kept, never] {
        sidecar.keep(&[opening(3, "z"), erased.clone()]).await.unwrap_err();
        assert!(sidecar.open(&erased.label()).await.unwrap().is_none());
    }
    assert_eq!(sidecar.labels(None, 9).await.unwrap(), []);
}
