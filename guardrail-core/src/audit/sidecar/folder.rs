//! A sidecar in a folder of its own: one file an opening.

use std::io;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

use crate::audit::file::Disk;
use crate::audit::file::storage::{Folder, Storage, read_full, write_all};
use crate::audit::sidecar::Sidecar;
use crate::audit::sidecar::error::Error;
use crate::audit::sidecar::form::{self, LIMIT};
use crate::audit::sidecar::opening::{Label, Opening};

const NAME: &str = "folder sidecar";
/// Bytes of one write of zeroes.
const ZEROES: usize = 64 * 1024;

/// A sidecar in a folder: a file for each opening, named by its [`Label`].
///
/// The folder is made for its owner alone (0700, its files 0600); one that others may enter is refused.
/// Several processes of one machine may use it at a time. It belongs to one log, on a local file
/// system, and out of the backups of the log: what was erased comes back with a backup.
///
/// Erasing overwrites the file with zeroes, syncs it, cuts it, removes it and syncs the folder. That
/// reaches the file and its name. It does not reach backups, snapshots, and blocks that the file
/// system or the disk has put elsewhere before: file systems that copy on write, journals that hold
/// data, flash that levels its wear. Where that matters the folder stands on an encrypted volume, or
/// in memory.
///
/// ```
/// # async fn example() -> Result<(), guardrail_core::audit::sidecar::Error> {
/// use guardrail_core::audit::sidecar::FolderSidecar;
///
/// let sidecar = FolderSidecar::open(".guardrail/openings").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FolderSidecar {
    folder: Arc<dyn Folder>,
}

impl FolderSidecar {
    /// Opens the sidecar in this folder, or makes it.
    ///
    /// # Errors
    /// When others than its owner may enter the folder, or the disk failed.
    pub async fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let path = folder.as_ref().to_owned();
        let opened = blocking("open its folder", move || Disk::private(&path)).await?;
        Ok(Self { folder: Arc::new(opened) })
    }

    /// The same in a folder of any make, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn open_in(folder: Arc<dyn Folder>) -> Self {
        Self { folder }
    }

    async fn with<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&dyn Folder) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let folder = Arc::clone(&self.folder);
        blocking(doing, move || work(&*folder)).await
    }
}

#[async_trait]
impl Sidecar for FolderSidecar {
    async fn keep(&self, openings: &[Opening]) -> Result<(), Error> {
        let openings = openings.to_vec();
        self.with("keep", move |folder| {
            let kept = openings.iter().try_for_each(|opening| write(folder, opening));
            let kept = kept.and_then(|()| folder.sync());
            if kept.is_err() {
                // The call is refused. What was written of its values is taken back where that
                // can be done; else it is found as an opening of no request.
                for opening in &openings {
                    drop(wipe(folder, &opening.label().to_string()));
                }
                drop(folder.sync());
            }
            kept
        })
        .await
    }

    async fn open(&self, label: &Label) -> Result<Option<Opening>, Error> {
        let label = *label;
        let line = self.with("open", move |folder| read(folder, &label.to_string())).await?;
        let Some(line) = line else { return Ok(None) };
        form::read(label, &line).map(Some).ok_or_else(|| Error::Damaged {
            sidecar: NAME,
            place: label.to_string().into(),
            why: "the file holds no opening of this label".into(),
        })
    }

    async fn erase(&self, labels: &[Label]) -> Result<usize, Error> {
        let labels = labels.to_vec();
        self.with("erase", move |folder| {
            let mut erased = 0_usize;
            for label in labels {
                erased = erased.saturating_add(usize::from(wipe(folder, &label.to_string())?));
            }
            // Also where nothing was there: a name that is gone may come back with the power.
            folder.sync()?;
            Ok(erased)
        })
        .await
    }

    async fn labels(&self, after: Option<Label>, limit: usize) -> Result<Vec<Label>, Error> {
        self.with("list", move |folder| {
            let names = folder.names()?;
            let labels = names.iter().filter_map(|name| Label::parse(name));
            let mut labels: Vec<Label> = labels.filter(|label| Some(*label) > after).collect();
            labels.sort_unstable();
            labels.truncate(limit);
            Ok(labels)
        })
        .await
    }
}

/// Writes one file, whole and durable but for its name.
fn write(folder: &dyn Folder, opening: &Opening) -> io::Result<()> {
    let line = form::write(opening)?;
    if line.len() as u64 > LIMIT {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let name = opening.label().to_string();
    let file = match folder.create(&name) {
        // A label is a hash of what is kept under it: there is the same, or the rest of it.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => folder.open(&name)?,
        made => made?,
    };
    write_all(&*file, &line, 0)?;
    file.sync()
}

/// The bytes of a file; nothing where there is none.
fn read(folder: &dyn Folder, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let file = match folder.open_read(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let size = usize::try_from(file.size()?.min(LIMIT)).unwrap_or(0);
    let mut bytes = Zeroizing::new(vec![0; size]);
    let read = read_full(&*file, &mut bytes, 0)?;
    bytes.truncate(read);
    Ok(Some(bytes))
}

/// Overwrites a file with zeroes and removes it; whether there was one.
fn wipe(folder: &dyn Folder, name: &str) -> io::Result<bool> {
    let file = match folder.open(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    overwrite(&*file)?;
    file.truncate(0)?;
    folder.remove(name)?;
    Ok(true)
}

fn overwrite(file: &dyn Storage) -> io::Result<()> {
    let size = file.size()?;
    let zeroes = [0; ZEROES];
    let mut at = 0;
    while at < size {
        let rest = usize::try_from(size - at).unwrap_or(ZEROES).min(ZEROES);
        write_all(file, zeroes.get(..rest).unwrap_or_default(), at)?;
        at = at.saturating_add(rest as u64);
    }
    file.sync()
}

/// Does what blocks where it may.
async fn blocking<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| Error::storage(NAME, doing, error);
    let runtime = Handle::try_current().map_err(|error| failed(error.into()))?;
    match runtime.spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| failed(error.into())),
        Err(error) => Err(failed(error.into())),
    }
}
