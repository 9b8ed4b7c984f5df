//! A log in small files whose heads are signed often, so that a short life sees every step of both.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use guardrail_conformance::ManualClock;
use guardrail_conformance::disk::SimDisk;
use guardrail_core::audit::file::Setup;
use guardrail_core::audit::file::storage::Folder;
use guardrail_core::audit::proof::{FileSigner, SignedCheckpoint};
use guardrail_core::audit::{Error, FileLog, Inspector, Report, VerifyError, inspect};
use tempfile::TempDir;

use super::work::Opening;

/// Bytes at which a file is closed: two or three records.
const BYTES: u64 = 2500;

/// Who signs, in every test.
pub(crate) fn signer() -> Arc<FileSigner> {
    static SIGNER: OnceLock<(Arc<FileSigner>, TempDir)> = OnceLock::new();
    let make = || {
        let root = TempDir::new().unwrap();
        (Arc::new(FileSigner::open(root.path().join("key")).unwrap()), root)
    };
    Arc::clone(&SIGNER.get_or_init(make).0)
}

/// A head after every third record, and at every second of this clock; files of a few records.
pub(crate) fn setup(folder: Arc<dyn Folder>, clock: Arc<ManualClock>) -> Setup {
    FileLog::setup_in(folder)
        .clock(clock)
        .signer(signer())
        .checkpoints(3, Duration::from_secs(1))
        .segments(BYTES, Duration::from_secs(3600))
        .without_ticker()
}

pub(super) async fn open(folder: Arc<dyn Folder>) -> Result<FileLog, Error> {
    setup(folder, Arc::new(ManualClock::new())).open().await
}

pub(super) fn opening(folder: Arc<dyn Folder>) -> Opening {
    Box::pin(open(folder))
}

/// The heads that are kept on this disk, all of them.
pub(super) fn heads(disk: &SimDisk) -> Vec<SignedCheckpoint> {
    let text = String::from_utf8(disk.read("checkpoints").unwrap_or_default()).unwrap();
    SignedCheckpoint::open_all(&text, signer().keys()).unwrap()
}

/// The whole log against all heads on its disk.
pub(super) async fn against(log: &FileLog, disk: &SimDisk) -> Result<Report, VerifyError> {
    inspect(log, Inspector::new().against(heads(disk))).await
}

/// The names of the files with lines.
pub(super) fn files(disk: &SimDisk) -> Vec<String> {
    disk.names().into_iter().filter(|name| name.ends_with(".jsonl")).collect()
}
