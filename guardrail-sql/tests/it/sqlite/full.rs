//! A disk without room, at every place a write may end: refused, nothing half there, no body run;
//! with room again the same log goes on.
//!
//! A child process has the real thing done to it: a limit on the size of its files, which cuts
//! writes at any byte (`RLIMIT_FSIZE`), and a small file system of its own that is full (`ENOSPC`).

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use guardrail_conformance::events::{asked, commented, requested, started};
use guardrail_core::audit::{Append, AuditLog as _, Error, verify};
use guardrail_core::gate::{self, Guardrail};
use guardrail_core::model::{Intent, RequestId, Sequence, Verdict, Version};
use guardrail_core::policy::PolicySet;
use guardrail_core::testing::MockApprover;
use guardrail_sql::SqliteLog;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;

use super::machine::made;
use crate::samples;

/// The folder in which the child works, and what is done to it.
const FOLDER: &str = "GUARDRAIL_FULL_FOLDER";
const MEANS: &str = "GUARDRAIL_FULL_MEANS";
const CHILD: &str = "sqlite::full::child";

/// Bytes, or pages, from one place to the next: all places in a soak.
fn stride(soak: u64, else_: u64) -> u64 {
    if std::env::var_os("GUARDRAIL_SOAK").is_some() { soak } else { else_ }
}

/// Takes the room away so that so much is left, and gives it back.
enum Room {
    /// No file grows longer than so many bytes.
    Limit,
    /// So many pages are left on the file system of this folder.
    Disk(PathBuf),
}

const PAGE: u64 = 4096;

impl Room {
    fn take(&self, left: u64) {
        match self {
            Self::Limit => self.set(Some(left)),
            Self::Disk(folder) => {
                let ballast = folder.join("ballast");
                let free = rustix::fs::statvfs(folder).unwrap().f_bavail;
                let bytes = free.saturating_sub(left) * PAGE;
                std::fs::write(ballast, vec![0; usize::try_from(bytes).unwrap()]).unwrap();
            }
        }
    }

    fn give(&self) {
        match self {
            Self::Limit => self.set(None),
            Self::Disk(folder) => std::fs::remove_file(folder.join("ballast")).unwrap(),
        }
    }

    fn set(&self, current: Option<u64>) {
        let maximum = getrlimit(Resource::Fsize).maximum;
        setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
    }

    /// Where room ends, from nothing on: for as long as something is refused.
    fn places(&self) -> impl Iterator<Item = u64> {
        let stride = match self {
            // Frames of the WAL are 24 bytes and a page long: no two places are alike.
            Self::Limit => stride(61, 1_499),
            Self::Disk(_) => stride(1, 2),
        };
        (0..).step_by(to_usize(stride))
    }
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

/// What is done while there is too little room.
fn work() -> Vec<Append> {
    let ask = |n, events| Append::new(samples::id(n), Version::START, events);
    let note = |n: u64, version, bytes: usize| {
        let text = commented(&"x".repeat(bytes));
        Append::new(samples::id(n), Version::new(version), vec![text])
    };
    vec![
        ask(1, vec![asked().unwrap()]),
        ask(2, vec![requested(Verdict::Allow).unwrap(), started()]),
        note(1, 1, 10),
        note(1, 2, 60_000),
        ask(3, vec![asked().unwrap(), commented("and more")]),
    ]
}

/// A call that needs nobody, whose body counts.
async fn call(guardrail: &Guardrail, runs: &Arc<AtomicU64>) -> Result<(), gate::Error> {
    let intent = Intent::builder("deed").policy("free").arg("n", &1);
    let permit = guardrail.authorize(intent).await?;
    let runs = Arc::clone(runs);
    permit
        .run(async move {
            runs.fetch_add(1, Ordering::SeqCst);
            Ok::<_, gate::Error>(())
        })
        .await
}

async fn open(path: &Path) -> Arc<SqliteLog> {
    let log = SqliteLog::open(path).await;
    Arc::new(log.unwrap_or_else(|error| panic!("it opens where there is room: {error}")))
}

/// Closes the log, and makes room for the next one.
async fn leave(log: Arc<SqliteLog>, path: &Path) {
    Arc::into_inner(log).unwrap().close().await;
    // A log that was dropped before leaves in its own time; the rest goes with the test's folder.
    let _ = std::fs::remove_dir_all(path.parent().unwrap());
}

/// One log, and so much room; with a call, where that is wanted. Whether anything was refused.
async fn check(room: &Room, folder: &Path, left: u64, calls: bool) -> bool {
    let path = folder.join(format!("{left}")).join("log.db");
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    std::fs::write(&path, made()).unwrap();
    let log = open(&path).await;
    let guardrail = Guardrail::builder()
        .agent("deploy-bot")
        .policies(PolicySet::parse("[policies.free]\neffect = \"allow\"\n").unwrap())
        .approver(MockApprover::silent())
        .audit_log(Arc::clone(&log))
        .build()
        .await
        .unwrap();
    let (mut done, mut refused, runs) = (Vec::new(), 0, Arc::new(AtomicU64::new(0)));
    room.take(left);
    for append in work() {
        match log.append(&append).await {
            Ok(appended) => done.extend(appended.records),
            // What was refused before may be missing now.
            Err(Error::Conflict { .. }) => {}
            Err(error) => {
                assert!(matches!(error, Error::Storage { .. }), "{left}: {error}");
                refused += 1;
            }
        }
    }
    // A body that has run takes some time to put its end on record where it cannot.
    if refused > 0 && calls {
        let ended = call(&guardrail, &runs).await;
        if runs.load(Ordering::SeqCst) == 0 {
            assert!(ended.is_err(), "{left}: it did not run, and no one was told");
        }
    }
    room.give();
    let whole = log.read(Sequence::START, 1000).await.unwrap();
    let count = |name| whole.iter().filter(|record| record.event().name() == name).count();
    let ours = |id: RequestId| whole.iter().filter(|record| record.id() == id).count();
    assert!([0, 2].contains(&ours(samples::id(2))) && [0, 2].contains(&ours(samples::id(3))));
    let ran = to_usize(runs.load(Ordering::SeqCst));
    let own = usize::from(ours(samples::id(2)) > 0);
    assert!(count("started") - own >= ran, "{left}: a body ran that is not on record");
    for record in &done {
        let there = whole.get(to_usize(record.sequence().get()) - 1);
        assert_eq!(there.map(|there| there.line()), Some(record.line()), "{left}: it was answered");
    }
    let fresh = Append::new(samples::id(9), Version::START, vec![asked().unwrap()]);
    log.append(&fresh).await.unwrap_or_else(|error| panic!("{left}: with room again: {error}"));
    call(&guardrail, &runs).await.unwrap_or_else(|error| panic!("{left}: {error}"));
    assert_eq!(to_usize(runs.load(Ordering::SeqCst)), ran + 1);
    verify(&*log).await.unwrap_or_else(|error| panic!("{left}: {error}"));
    drop((guardrail, log));
    let log = open(&path).await;
    verify(&*log).await.unwrap_or_else(|error| panic!("{left}, opened again: {error}"));
    leave(log, &path).await;
    refused > 0
}

/// A log that is made where there is too little room is made once there is.
async fn check_making(room: &Room, folder: &Path, left: u64) {
    let path = folder.join(format!("new-{left}")).join("log.db");
    room.take(left);
    let made = SqliteLog::open(&path).await;
    room.give();
    drop(made);
    let log = open(&path).await;
    verify(&*log).await.unwrap();
    log.append(&Append::new(samples::id(9), Version::START, vec![asked().unwrap()])).await.unwrap();
    leave(log, &path).await;
}

/// The child; nothing in a process that is none.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let size = made().len() as u64;
    let room = match std::env::var(MEANS).unwrap().as_str() {
        "disk" => Room::Disk(folder.clone()),
        _ => Room::Limit,
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (mut places, mut full) = (0_u32, 0);
    for left in room.places() {
        let is_full = runtime.block_on(check(&room, &folder, left, places % 4 == 0));
        places += 1;
        full += u32::from(is_full);
        if !is_full {
            break;
        }
    }
    assert!(full > 20, "{full} of {places} were full");
    for left in (0..=size).step_by(to_usize(stride(PAGE / 2, 5 * PAGE))) {
        let left = if matches!(room, Room::Disk(_)) { left / PAGE } else { left };
        runtime.block_on(check_making(&room, &folder, left));
        places += 1;
    }
    let told = format!("SqliteLog: {places} places at which room ended, {full} in a write\n");
    std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes()).unwrap();
}

fn run(mut command: Command, folder: &Path, means: &str) {
    let child = command.env(FOLDER, folder).env(MEANS, means).output().unwrap();
    let said = String::from_utf8_lossy(&child.stderr);
    let passed = String::from_utf8_lossy(&child.stdout).contains("1 passed");
    assert!(child.status.success() && passed, "{said}\n{}", String::from_utf8_lossy(&child.stdout));
    let told = said.lines().filter(|line| line.starts_with("SqliteLog: ")).collect::<String>();
    std::io::Write::write_all(&mut std::io::stderr(), format!("{told}\n").as_bytes()).unwrap();
}

#[test]
fn a_write_cut_anywhere_is_refused_and_the_log_goes_on() {
    let folder = TempDir::new().unwrap();
    let mut child = Command::new("sh");
    // The signal would end the process instead.
    child.args(["-c", r#"trap '' XFSZ; exec "$0" "$@""#]);
    child.arg(std::env::current_exe().unwrap()).args([CHILD, "--exact", "--nocapture"]);
    run(child, folder.path(), "limit");
}

#[test]
fn a_full_disk_refuses_and_the_log_goes_on() {
    let folder = TempDir::new().unwrap();
    let space = ["--user", "--map-root-user", "--mount"];
    let mount = "mount -t tmpfs -o size=4m tmpfs \"$GUARDRAIL_FULL_FOLDER\"";
    let mut tried = Command::new("unshare");
    tried.args(space).args(["sh", "-c", mount]).env(FOLDER, folder.path());
    if !tried.output().is_ok_and(|done| done.status.success()) {
        let told = b"NOT RUN: a full disk under SQLite: no file system can be mounted here\n";
        return std::io::Write::write_all(&mut std::io::stderr(), told).unwrap();
    }
    let mut child = Command::new("unshare");
    child.args(space).args(["sh", "-c", &format!("{mount} && exec \"$0\" \"$@\"")]);
    child.arg(std::env::current_exe().unwrap()).args([CHILD, "--exact", "--nocapture"]);
    run(child, folder.path(), "disk");
}
