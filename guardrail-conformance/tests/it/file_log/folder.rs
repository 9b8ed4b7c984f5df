//! The folder on a real disk: its lock, its rights, its files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use guardrail_core::audit::{AuditLog, Error, FileLog};
use guardrail_core::model::{Sequence, Version};
use tempfile::TempDir;

use super::work::{ask, id};

const LOG: &str = "log-00000000000000000001.jsonl";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// A folder has one writer at a time; the next is told where, and gets in when the first is
/// closed or dropped.
#[tokio::test]
async fn one_writer_at_a_time() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("audit");
    let first = FileLog::open(&path).await.unwrap();
    let second = FileLog::open(&path).await;
    let Err(Error::InUse { place, .. }) = second else { panic!("{second:?}") };
    assert_eq!(&*place, path.to_str().unwrap());
    let said = FileLog::open(&path).await.unwrap_err().to_string();
    assert!(said.contains("or an earlier open in this one"), "{said}");
    first.append(&ask(1)).await.unwrap();
    first.close().await;
    for number in 2..200 {
        let next = FileLog::open(&path).await.unwrap();
        next.append(&ask(number)).await.unwrap();
        drop(next);
    }
    let third = FileLog::open(&path).await.unwrap();
    assert_eq!(third.stream(id(1), Version::START).await.unwrap().len(), 1);
    assert_eq!(third.stream(id(199), Version::START).await.unwrap().len(), 1);
}

/// Who names a file is told that it is one.
#[tokio::test]
async fn a_file_is_no_folder() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("audit.db");
    fs::write(&path, b"SQLite format 3\0").unwrap();
    let said = FileLog::open(&path).await.unwrap_err().to_string();
    let place = path.display();
    assert!(
        said.contains(&format!("`{place}`: it is a file, and this log lives in a folder")),
        "{said}"
    );
}

/// A folder that is refused is given free again.
#[tokio::test]
async fn a_damaged_log_does_not_keep_its_lock() {
    let root = TempDir::new().unwrap();
    FileLog::open(root.path()).await.unwrap().close().await;
    let file = root.path().join(LOG);
    let good = fs::read(&file).unwrap();
    fs::write(&file, b"no record\n").unwrap();
    let damaged = FileLog::open(root.path()).await;
    assert!(matches!(damaged, Err(Error::Damaged { .. })), "{damaged:?}");
    fs::write(&file, good).unwrap();
    FileLog::open(root.path()).await.unwrap();
}

/// Folders and files that are made are their owner's alone.
#[tokio::test]
async fn what_is_made_is_private() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("a/b/audit");
    let log = FileLog::open(&path).await.unwrap();
    log.append(&ask(1)).await.unwrap();
    for folder in ["a", "a/b", "a/b/audit"] {
        assert_eq!(mode(&root.path().join(folder)), 0o700, "{folder}");
    }
    log.close().await;
    let mut torn = fs::read(path.join(LOG)).unwrap();
    torn.push(b'{');
    fs::write(path.join(LOG), torn).unwrap();
    FileLog::open(&path).await.unwrap();
    let mut names = Vec::new();
    for file in fs::read_dir(&path).unwrap() {
        let file = file.unwrap();
        let public = file.file_name() == "key.pub";
        let expected = if public { 0o644 } else { 0o600 };
        assert_eq!(mode(&file.path()), expected, "{:?}", file.path());
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["checkpoints", "key", "key.lock", "key.pub", "lock", LOG, "torn-3-1"]);
}

/// What everyone may write is no place for a log.
#[tokio::test]
async fn a_folder_open_to_everyone_is_refused() {
    let root = TempDir::new().unwrap();
    FileLog::open(root.path()).await.unwrap().close().await;
    for bits in [0o777, 0o1777, 0o702] {
        fs::set_permissions(root.path(), fs::Permissions::from_mode(bits)).unwrap();
        let refused = FileLog::open(root.path()).await;
        let Err(Error::Unsafe { why, .. }) = &refused else { panic!("{bits:o}: {refused:?}") };
        assert!(why.contains("chmod o-w"), "{why}");
    }
    fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(root.path().join(LOG), fs::Permissions::from_mode(0o666)).unwrap();
    let refused = FileLog::open(root.path()).await.unwrap_err().to_string();
    assert!(refused.contains("chmod o-w"), "{refused}");
    fs::set_permissions(root.path().join(LOG), fs::Permissions::from_mode(0o644)).unwrap();
    FileLog::open(root.path()).await.unwrap();
}

/// A file that is deleted under the log is noticed at the next append, which does not happen.
#[tokio::test]
async fn a_deleted_file_stops_the_log() {
    let root = TempDir::new().unwrap();
    let log = FileLog::open(root.path()).await.unwrap();
    log.append(&ask(1)).await.unwrap();
    fs::remove_file(root.path().join(LOG)).unwrap();
    let failed = log.append(&ask(2)).await;
    assert!(failed.unwrap_err().to_string().contains("deleted"));
    let stopped = log.append(&ask(2)).await;
    assert!(matches!(stopped, Err(Error::Poisoned { .. })), "{stopped:?}");
}

/// A folder that cannot be made, or is a file, is an error that names it.
#[tokio::test]
async fn a_folder_that_cannot_be_is_named() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("audit")] {
        let failed = FileLog::open(&path).await.unwrap_err().to_string();
        assert!(failed.contains(path.to_str().unwrap()), "{failed}");
    }
}

/// The file is the lines, and nothing else: what is read is what any tool would read.
#[tokio::test]
async fn the_file_is_the_lines() {
    let root = TempDir::new().unwrap();
    let log = FileLog::open(root.path()).await.unwrap();
    for number in 0..5 {
        log.append(&ask(number)).await.unwrap();
    }
    let lines: String = log
        .read(Sequence::START, 100)
        .await
        .unwrap()
        .iter()
        .map(|record| format!("{}\n", record.line()))
        .collect();
    assert_eq!(fs::read_to_string(root.path().join(LOG)).unwrap(), lines);
}
