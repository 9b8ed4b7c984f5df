//! The log in files beside the model, on a disk that fails and loses power.

use std::io::ErrorKind;
use std::sync::Arc;

use guardrail_conformance::disk::{Fault, FaultyFolder, Kept, SimDisk};
use guardrail_conformance::machine::{Broken, Loss, Mishap, Runs, Site, run};
use guardrail_conformance::{ManualClock, SeededEntropy};
use guardrail_core::audit::file::storage::Folder;
use guardrail_core::audit::{Error, FileLog};

use crate::file_log::small;

/// One disk, and the folder through which it is seen until it loses power.
pub(super) struct Files {
    disk: SimDisk,
    folder: FaultyFolder,
    /// In small files with heads that are signed often; else in one that nobody signs.
    is_small: bool,
    seed: u64,
    around: fn(Arc<dyn Folder>) -> Arc<dyn Folder>,
}

impl Files {
    pub(super) fn new(seed: u64) -> Self {
        Self::around(seed, |folder| folder)
    }

    /// The same, seen through this.
    pub(super) fn around(seed: u64, around: fn(Arc<dyn Folder>) -> Arc<dyn Folder>) -> Self {
        let disk = SimDisk::new();
        let folder = FaultyFolder::new(around(disk.mount()));
        Self { disk, folder, is_small: (seed / 4).is_multiple_of(2), seed, around }
    }

    /// The same in one file that nobody signs.
    pub(super) fn plain(self) -> Self {
        Self { is_small: false, ..self }
    }
}

#[async_trait::async_trait]
impl Site for Files {
    type Log = FileLog;

    async fn open(&mut self, clock: Arc<ManualClock>) -> Result<FileLog, Error> {
        let folder = Arc::new(self.folder.clone());
        if self.is_small {
            return small::setup(folder, clock).open().await;
        }
        FileLog::open_in(folder, clock, &SeededEntropy::new(self.seed)).await
    }

    fn is_durable(&self) -> bool {
        true
    }

    async fn close(&mut self, log: FileLog) {
        // A panic on the way out would be this thread's.
        self.folder.heal();
        log.close().await;
    }

    async fn crash(&mut self, log: FileLog, loss: Loss) {
        self.disk.crash(match loss {
            Loss::Nothing => Kept::All,
            Loss::Behind(bytes) => Kept::Bytes(bytes),
            Loss::All => Kept::Nothing,
        });
        self.folder.heal();
        self.folder = FaultyFolder::new((self.around)(self.disk.mount()));
        drop(log);
    }

    fn plan(&mut self, nth: usize, mishap: Mishap) -> bool {
        self.folder.at(
            nth,
            match mishap {
                Mishap::Error => Fault::Error(ErrorKind::Other),
                Mishap::Full => Fault::Error(ErrorKind::StorageFull),
                Mishap::Short(bytes) => Fault::Short(bytes),
                Mishap::Panic => Fault::Panic,
            },
        );
        true
    }

    fn heal(&mut self) {
        self.folder.heal();
    }
}

/// Where most can go wrong, at three times the price of the log in memory: a quarter of all sequences.
#[test]
fn the_log_in_files_does_what_the_model_says() -> Result<(), Broken> {
    run("FileLog", Runs::of(5_000, 40), Files::new).map(drop)
}
