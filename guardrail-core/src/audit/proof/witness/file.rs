//! A witness that is a file elsewhere: on another machine's share, on a disk that is taken away.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::audit::proof::checkpoint::{Checkpoint, SignedCheckpoint, split};
use crate::audit::proof::witness::{Witness, WitnessError, is_new};

/// Keeps every head it is given in one file, one note behind the other with an empty line between.
/// [`SignedCheckpoint::open_all`] reads it.
///
/// Several processes may write one file: each looks at what the others have added, and one that
/// finds it locked fails, to be given the head again. A note that a crash has cut short was never
/// taken, and gives way to the next.
#[derive(Debug)]
pub struct FileWitness {
    name: String,
    path: PathBuf,
    known: Arc<Mutex<Known>>,
}

/// What was read of the file.
#[derive(Debug, Default)]
struct Known {
    /// Up to here, in bytes.
    end: u64,
    /// The last head before that.
    last: Option<Checkpoint>,
}

impl FileWitness {
    /// At this path; the file is made with the first head.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        Self { name: format!("file `{}`", path.display()), path, known: Arc::default() }
    }
}

#[async_trait]
impl Witness for FileWitness {
    fn name(&self) -> &str {
        &self.name
    }

    async fn publish(&self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        let (path, head, known) = (self.path.clone(), head.clone(), Arc::clone(&self.known));
        let keep = move || {
            let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
            let mut file = open(&path).map_err(WitnessError::failed)?;
            let file = &mut file.0;
            known.read_on(file)?;
            if is_new(known.last.as_ref(), head.checkpoint())? {
                known.add(file, &head).map_err(WitnessError::failed)?;
            }
            Ok(())
        };
        tokio::task::spawn_blocking(keep).await.map_err(WitnessError::failed)?
    }
}

/// The file, locked as long as this is there.
struct Locked(File);

impl Drop for Locked {
    /// By itself, and not by being closed: a child process that is just being made holds it open, too,
    /// and would keep it locked.
    fn drop(&mut self) {
        // An error leaves it locked until it is closed.
        let _ = self.0.unlock();
    }
}

/// The file, made where there is none, and locked.
fn open(path: &Path) -> io::Result<Locked> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Locked(file)),
        Err(TryLockError::WouldBlock) => Err(io::Error::other("another process writes to it now")),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl Known {
    /// Reads what has come since.
    fn read_on(&mut self, file: &mut File) -> Result<(), WitnessError> {
        let failed = |error: io::Error| WitnessError::failed(error);
        if file.metadata().map_err(failed)?.len() < self.end {
            return Err(WitnessError::failed("it is shorter than it was: somebody cut it"));
        }
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(self.end)).map_err(failed)?;
        file.read_to_end(&mut bytes).map_err(failed)?;
        // A cut may lie inside a character.
        let text = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let mut notes: Vec<&str> = split(text).collect();
        let torn = notes.pop_if(|last| Checkpoint::read(last).is_none()).map_or(0, str::len);
        for note in notes {
            let Some(head) = Checkpoint::read(note) else {
                return Err(WitnessError::failed("it holds something that is no checkpoint"));
            };
            if is_new(self.last.as_ref(), &head)? {
                self.last = Some(head);
            }
        }
        let whole = text.len().saturating_sub(torn);
        self.end = self.end.saturating_add(u64::try_from(whole).unwrap_or(u64::MAX));
        if whole < bytes.len() {
            file.set_len(self.end).map_err(failed)?;
        }
        Ok(())
    }

    fn add(&mut self, file: &mut File, head: &SignedCheckpoint) -> io::Result<()> {
        let between = if self.end == 0 { "" } else { "\n" };
        let note = format!("{between}{}", head.note());
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        self.end = self.end.saturating_add(u64::try_from(note.len()).unwrap_or(u64::MAX));
        self.last = Some(head.checkpoint().clone());
        Ok(())
    }
}
