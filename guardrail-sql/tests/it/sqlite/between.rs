//! What other processes, or this one, do with the file while a log looks.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use guardrail_conformance::events::{asked, commented, requested, started};
use guardrail_core::audit::{Append, AuditLog as _};
use guardrail_core::model::{Sequence, Verdict, Version};
use guardrail_sql::{Reader, Settings, SqliteLog};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::samples;

async fn start(log: &SqliteLog) {
    let events = vec![requested(Verdict::Allow).unwrap(), started()];
    log.append(&Append::new(samples::id(2), Version::START, events)).await.unwrap();
}

/// A log in which something happens once, when it has looked who writes.
async fn interrupted(path: &Path, between: impl Fn() + Send + Sync + 'static) -> SqliteLog {
    let is_done = AtomicBool::new(false);
    let settings = Settings::new().steps(Arc::new(move |step| {
        if step == "sql writers listed" && !is_done.swap(true, Ordering::SeqCst) {
            between();
        }
    }));
    SqliteLog::open_with(path, settings).await.unwrap()
}

/// A process that comes and starts a body while another looks for orphans is there.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_newcomer_starts_is_not_orphaned() {
    let folder = TempDir::new().unwrap();
    let path: PathBuf = folder.path().join("log.db");
    let runtime = tokio::runtime::Handle::current();
    let (there, come) = (path.clone(), Arc::new(Mutex::new(None)));
    let newcomer = Arc::clone(&come);
    let log = interrupted(&path, move || {
        let opened = tokio::task::block_in_place(|| {
            runtime.block_on(async {
                let log = SqliteLog::open(&there).await.unwrap();
                start(&log).await;
                log
            })
        });
        *newcomer.lock().unwrap() = Some(opened);
    })
    .await;
    assert!(log.orphaned(10).await.unwrap().is_empty(), "its writer is there");
    assert!(come.lock().unwrap().is_some(), "it came in between");
}

/// A process that seemed to be gone and starts a body while another looks is there.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_that_wakes_starts_is_not_orphaned() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.db");
    let sleeper = Arc::new(SqliteLog::open(&path).await.unwrap());
    let events = vec![requested(Verdict::Allow).unwrap(), started()];
    sleeper.append(&Append::new(samples::id(1), Version::START, events)).await.unwrap();
    let runtime = tokio::runtime::Handle::current();
    let wakes = Arc::clone(&sleeper);
    let log = interrupted(&path, move || {
        tokio::task::block_in_place(|| runtime.block_on(start(&wakes)));
    })
    .await;
    let mut connection =
        SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let silence = "UPDATE guardrail_writer SET beat = beat - 60000000, tick = tick - 60000000";
    sqlx::raw_sql(silence).execute(&mut connection).await.unwrap();
    assert!(log.orphaned(10).await.unwrap().is_empty(), "it woke before it was acted upon");
}

/// A second log of a process in one file leaves the locks of the first alone: without them another
/// process would take away what is not yet in the file.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_second_log_keeps_the_locks_of_the_first() {
    use std::os::unix::fs::MetadataExt as _;

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.db");
    let first = SqliteLog::open(&path).await.unwrap();
    let file = format!(":{} ", std::fs::metadata(&path).unwrap().ino());
    let locks = || std::fs::read_to_string("/proc/locks").unwrap().matches(&file).count();
    assert!(locks() > 0, "the first holds the file");
    let second = SqliteLog::open_with(&path, Settings::new().name("other").unwrap()).await.unwrap();
    assert!(locks() > 0, "the first still holds the file");
    second.close().await;
    assert!(locks() > 0, "the first still holds the file");
    first.close().await;
}

/// However many wait, what is written at a time is bounded, and so is a page that is read.
#[tokio::test]
async fn large_appends_come_in_several_batches() {
    const SIZE: usize = 512 * 1024;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.db");
    let commits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commits);
    let settings = Settings::new().steps(Arc::new(move |step| {
        counted.fetch_add(usize::from(step == "sql committed"), Ordering::SeqCst);
    }));
    let log = Arc::new(SqliteLog::open_with(&path, settings).await.unwrap());
    let before = commits.load(Ordering::SeqCst);
    let mut appends = tokio::task::JoinSet::new();
    for n in 0..80 {
        let events = vec![asked().unwrap(), commented(&"x".repeat(SIZE))];
        let append = Append::new(samples::id(n), Version::START, events);
        let log = Arc::clone(&log);
        appends.spawn(async move { log.append(&append).await.unwrap() });
    }
    appends.join_all().await;
    let batches = commits.load(Ordering::SeqCst) - before;
    assert!((5..40).contains(&batches), "{batches}");
    let mut reader = Reader::sqlite(&path, "main").await.unwrap();
    let (mut last, mut lines) = (Sequence::START, 0);
    loop {
        let page = reader.lines(last, 1000).await.unwrap();
        let Some((end, _)) = page.last() else { break };
        last = *end;
        assert!(page.iter().map(|(_, line)| line.len()).sum::<usize>() < 9 * 1024 * 1024);
        lines += page.len();
    }
    assert_eq!(lines, 161);
    reader.close().await;
}
