//! How a log in files is opened, where the defaults do not fit.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::audit::error::Error;
use crate::audit::file::disk::Disk;
use crate::audit::file::limits::Limits;
use crate::audit::file::open::{Opening, open};
use crate::audit::file::storage::Folder;
use crate::audit::file::ticker::Ticker;
use crate::audit::file::{FileLog, NAME, blocking};
use crate::audit::proof::{FileSigner, Rhythm, Signer};
use crate::clock::{Clock, SystemClock, SystemEntropy};
use crate::model::LogId;

/// Bytes at which a file is closed.
const BYTES: u64 = 64 * 1024 * 1024;
/// Age at which a file is closed.
const AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// The key, where no signer is given.
const KEY: &str = "key";

/// Where the log is.
#[derive(Debug)]
pub(super) enum Where {
    Path(PathBuf),
    Folder(Arc<dyn Folder>),
}

/// How a [`FileLog`] is opened. Made by [`FileLog::setup`].
pub struct Setup {
    place: Where,
    clock: Option<Arc<dyn Clock>>,
    fresh: Option<LogId>,
    limits: Limits,
    signer: Who,
    often: Option<(u64, Duration)>,
    is_ticking: bool,
}

/// Who signs the heads.
#[derive(Debug)]
enum Who {
    /// The key in the folder.
    Folder,
    Given(Arc<dyn Signer>),
    Nobody,
}

impl Setup {
    pub(super) fn new(place: Where) -> Self {
        Self {
            place,
            clock: None,
            fresh: None,
            limits: Limits { bytes: BYTES, age: AGE },
            signer: Who::Folder,
            often: None,
            is_ticking: true,
        }
    }

    /// On this clock, not the system's. It judges deadlines, and the age of files.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// A new log gets this id.
    pub(super) fn fresh(mut self, id: LogId) -> Self {
        self.fresh = Some(id);
        self
    }

    /// Heads are signed by this one, which may keep its key where those who write the log cannot
    /// reach it. Appends wait while it signs.
    #[must_use]
    pub fn signer(mut self, signer: impl Signer) -> Self {
        self.signer = Who::Given(Arc::new(signer));
        self
    }

    /// Nobody signs: whoever holds the files may write what they like, in the form of a log.
    #[must_use]
    pub fn unsigned(mut self) -> Self {
        self.signer = Who::Nobody;
        self
    }

    /// A head is signed after so many records (256), and where so long (1 s) has passed since the
    /// first that none covers.
    #[must_use]
    pub fn checkpoints(mut self, every: u64, within: Duration) -> Self {
        self.often = Some((every, within));
        self
    }

    /// A file is closed when it holds so many bytes (64 MiB), or its first record is so old (24 h).
    #[must_use]
    pub fn segments(mut self, bytes: u64, age: Duration) -> Self {
        self.limits = Limits { bytes, age };
        self
    }

    /// No thread signs while nobody writes, so that a test knows what happens when.
    #[doc(hidden)]
    #[must_use]
    pub fn without_ticker(mut self) -> Self {
        self.is_ticking = false;
        self
    }

    /// Opens it.
    ///
    /// # Errors
    /// As [`FileLog::open`]; also where the key cannot be used.
    ///
    /// # Cancel safety
    /// Dropped, it goes on in the background and then closes the log again.
    pub async fn open(self) -> Result<FileLog, Error> {
        let Self { place, clock, fresh, limits, signer, often, is_ticking } = self;
        let clock = clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let fresh = match fresh {
            Some(id) => id,
            None => LogId::random(clock.now(), &SystemEntropy)?,
        };
        let opened = move || {
            let (folder, key): (Arc<dyn Folder>, _) = match place {
                Where::Path(path) => (Arc::new(Disk::open(&path)?), Some(path.join(KEY))),
                Where::Folder(folder) => (folder, None),
            };
            let signer: Option<Arc<dyn Signer>> = match (signer, key) {
                (Who::Given(signer), _) => Some(signer),
                (Who::Folder, Some(key)) => {
                    let opened = FileSigner::open(key);
                    Some(Arc::new(opened.map_err(|e| Error::storage(NAME, "open its key", e))?))
                }
                (Who::Nobody, _) | (Who::Folder, None) => None,
            };
            let rhythm = signer.map(Rhythm::new).map(|rhythm| match often {
                Some((every, within)) => rhythm.often(every, within),
                None => rhythm,
            });
            open(Opening { folder, clock, fresh, limits, rhythm }).map(Arc::new)
        };
        let shared = blocking("open its folder", opened).await?;
        let ticker = shared.signing.as_ref().filter(|_| is_ticking);
        let ticker = ticker.and_then(|signing| Ticker::start(&shared, signing.within()));
        Ok(FileLog { shared, _ticker: ticker })
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("place", &self.place).finish_non_exhaustive()
    }
}
