//! A folder on a real disk, made for its owner alone, and locked against a second writer.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::storage::{Folder, Storage};

/// The file whose lock is the right to write. It is never deleted: a lock on a deleted file keeps
/// nobody out.
const LOCK: &str = "lock";

/// A folder on a real disk. The lock goes with it.
#[derive(Debug)]
pub struct Disk {
    path: PathBuf,
    place: String,
    lock: Option<File>,
}

impl Disk {
    /// Makes the folder where it is missing, for its owner alone, and takes its lock.
    ///
    /// # Errors
    /// `InUse`: somebody has the lock. `Unsafe`: everybody may write the folder.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let place = path.display().to_string();
        let failed = |error| Error::storage(NAME, "open its folder", named(error, path));
        if path.is_file() {
            let why = "it is a file, and this log lives in a folder of its own";
            return Err(failed(io::Error::new(io::ErrorKind::NotADirectory, why)));
        }
        make(path).map_err(failed)?;
        guard(path).map_err(failed)?.map_or(Ok(()), |mode| {
            let why = format!(
                "everyone may write it (mode {mode:o}), so anyone could rewrite the log; \
                 take that right away (chmod o-w)"
            );
            Err(Error::Unsafe { log: NAME, place: place.as_str().into(), why: why.into() })
        })?;
        let mut options = private();
        let lock = options.create(true).truncate(false).open(path.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), place, lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse { log: NAME, place: place.into() }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Makes the folder where it is missing, for its owner alone. Others of its owner's processes may
    /// use it, too.
    ///
    /// # Errors
    /// When others than its owner may enter it.
    pub fn private(path: &Path) -> io::Result<Self> {
        make(path)?;
        let open = mode(path)?.filter(|mode| mode & 0o077 != 0);
        open.map_or(Ok(()), |mode| {
            let place = path.display();
            let why = format!("others may enter `{place}` (mode {mode:o}); chmod 700");
            Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
        })?;
        Ok(Self { path: path.to_owned(), place: path.display().to_string(), lock: None })
    }
}

impl Folder for Disk {
    fn place(&self) -> &str {
        &self.place
    }

    fn names(&self) -> io::Result<Vec<String>> {
        // A name that is no text is none of ours.
        let name = |entry: fs::DirEntry| entry.file_name().into_string().ok();
        fs::read_dir(&self.path)?.filter_map(|entry| entry.map(name).transpose()).collect()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        let path = self.path.join(name);
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        if let Some(mode) = guard(&path)? {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("everyone may write `{name}` (mode {mode:o}); chmod o-w"),
            ));
        }
        Ok(Box::new(DiskFile(file)))
    }

    fn open_read(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        Ok(Box::new(DiskFile(File::open(self.path.join(name))?)))
    }

    fn protect(&self, name: &str) -> io::Result<()> {
        let path = self.path.join(name);
        let mut rights = fs::metadata(&path)?.permissions();
        if !rights.readonly() {
            rights.set_readonly(true);
            fs::set_permissions(&path, rights)?;
        }
        Ok(())
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        let file = private().create_new(true).open(self.path.join(name))?;
        Ok(Box::new(DiskFile(file)))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn sync(&self) -> io::Result<()> {
        sync_folder(&self.path)
    }

    fn release(&self) -> io::Result<()> {
        self.lock.as_ref().map_or(Ok(()), File::unlock)
    }
}

#[derive(Debug)]
struct DiskFile(File);

impl Storage for DiskFile {
    fn size(&self) -> io::Result<u64> {
        let about = self.0.metadata()?;
        if is_deleted(&about) {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the file was deleted"));
        }
        Ok(about.len())
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        self.0.set_len(size)?;
        self.0.sync_all()
    }

    #[cfg(unix)]
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::write_at(&self.0, bytes, offset)
    }

    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.0, buffer, offset)
    }

    #[cfg(windows)]
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_write(&self.0, bytes, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.0, buffer, offset)
    }
}

/// Makes the folder and the ones above it that are missing, durably.
fn make(path: &Path) -> io::Result<()> {
    let absolute = std::path::absolute(path)?;
    let missing: Vec<&Path> = absolute.ancestors().take_while(|path| !path.exists()).collect();
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&absolute)?;
    for made in missing {
        made.parent().map_or(Ok(()), sync_folder)?;
    }
    Ok(())
}

/// To read and write a file that is, where it is made, its owner's alone.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Its mode, where everyone may write it.
fn guard(path: &Path) -> io::Result<Option<u32>> {
    Ok(mode(path)?.filter(|mode| mode & 0o002 != 0))
}

/// Its mode, where the system has modes.
fn mode(path: &Path) -> io::Result<Option<u32>> {
    let about = fs::metadata(path)?;
    #[cfg(unix)]
    return Ok(Some(std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o7777));
    #[cfg(not(unix))]
    return Ok(Some(about).and(None));
}

fn is_deleted(about: &fs::Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::nlink(about) == 0;
    #[cfg(not(unix))]
    return about.is_dir();
}

fn sync_folder(path: &Path) -> io::Result<()> {
    // Other systems keep names durable by themselves, and have no call for it.
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

fn named(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}
