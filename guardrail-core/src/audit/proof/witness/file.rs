//! A witness that is a file elsewhere: on another machine's share, on a disk that is taken away.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::audit::proof::checkpoint::{Checkpoint, SignedCheckpoint, split};
use crate::audit::proof::witness::{Witness, WitnessError, is_new};

/// Keeps every head it is given in one file, one note behind the other with an empty line between.
/// [`SignedCheckpoint::open_all`] reads it.
#[derive(Debug)]
pub struct FileWitness {
    name: String,
    path: PathBuf,
    /// The last head in the file, once it was read.
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    is_read: bool,
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
            if !known.is_read {
                known.last = last(&path).map_err(WitnessError::failed)?;
                known.is_read = true;
            }
            if is_new(known.last.as_ref(), head.checkpoint())? {
                keep(&path, known.last.is_none(), head.note()).map_err(WitnessError::failed)?;
                known.last = Some(head.checkpoint().clone());
            }
            Ok(())
        };
        tokio::task::spawn_blocking(keep).await.map_err(WitnessError::failed)?
    }
}

/// The last head of a file; `None` where there is no file.
fn last(path: &Path) -> io::Result<Option<Checkpoint>> {
    let mut text = String::new();
    match File::open(path) {
        Ok(mut file) => file.read_to_string(&mut text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // A note that was cut short by a crash was never taken; the next one stands behind it.
    Ok(split(&text).filter_map(Checkpoint::read).last())
}

fn keep(path: &Path, is_first: bool, note: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let between = if is_first { "" } else { "\n" };
    file.write_all(format!("{between}{note}").as_bytes())?;
    file.sync_all()
}
