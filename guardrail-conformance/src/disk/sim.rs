//! A disk in memory that loses power: what was not synced is gone, wholly or in part.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guardrail_core::audit::file::storage::{Folder, Storage};

/// What is left after a loss of power of what was written but not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing; and files whose names were not synced are gone.
    Nothing,
    /// So many bytes of each file, in the order in which they were written.
    Bytes(usize),
    /// All of it.
    All,
}

/// A disk with one folder, in memory. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct SimDisk(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    files: BTreeMap<String, File>,
    /// Files that were removed and whose names a sync has not yet forgotten.
    removed: BTreeMap<String, File>,
    /// Counts losses of power; what was opened before one is dead.
    epoch: u64,
    syncs: u64,
    /// The sync that fails.
    failing: Option<u64>,
}

#[derive(Clone, Debug, Default)]
struct File {
    /// What a reader sees.
    seen: Vec<u8>,
    durable: Vec<u8>,
    /// What a sync would make durable, in the order in which it was written.
    unsynced: Vec<(usize, Vec<u8>)>,
    is_named: bool,
    is_protected: bool,
}

impl SimDisk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Its folder, until the next loss of power.
    #[must_use]
    pub fn mount(&self) -> Arc<dyn Folder> {
        Arc::new(Mounted { disk: self.clone(), epoch: self.lock().epoch })
    }

    /// Loses power and gets it back.
    pub fn crash(&self, kept: Kept) {
        let mut inner = self.lock();
        inner.epoch = inner.epoch.saturating_add(1);
        let removed = std::mem::take(&mut inner.removed);
        if kept == Kept::Nothing {
            inner.files.retain(|_, file| file.is_named);
            for (name, file) in removed {
                inner.files.entry(name).or_insert(file);
            }
        }
        let most = match kept {
            Kept::Nothing => 0,
            Kept::Bytes(bytes) => bytes,
            Kept::All => usize::MAX,
        };
        for file in inner.files.values_mut() {
            file.is_named = true;
            let mut left = most;
            for (offset, bytes) in std::mem::take(&mut file.unsynced) {
                let kept = bytes.get(..left.min(bytes.len())).unwrap_or_default();
                left = left.saturating_sub(kept.len());
                overlay(&mut file.durable, offset, kept);
            }
            file.seen.clone_from(&file.durable);
        }
    }

    /// A disk as this one is now, to try more than one crash on.
    #[must_use]
    pub fn copy(&self) -> Self {
        let inner = self.lock();
        let (files, removed) = (inner.files.clone(), inner.removed.clone());
        let inner = Inner { files, removed, ..Inner::default() };
        Self(Arc::new(Mutex::new(inner)))
    }

    /// The `nth` sync of a file from now on, counted from 1, fails as on Linux: what it was to
    /// make durable is from then on taken for durable and is not, whatever sync comes later.
    pub fn fail_sync(&self, nth: u64) {
        let mut inner = self.lock();
        inner.failing = Some(inner.syncs.saturating_add(nth));
    }

    /// How many bytes wait for a sync, in the file where most do.
    #[must_use]
    pub fn unsynced(&self) -> usize {
        let bytes = |file: &File| file.unsynced.iter().map(|(_, bytes)| bytes.len()).sum();
        self.lock().files.values().map(bytes).max().unwrap_or(0)
    }

    /// What a file holds for a reader.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        self.lock().files.get(name).map(|file| file.seen.clone())
    }

    /// Makes a file hold this, durably.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let file = File {
            seen: bytes.to_vec(),
            durable: bytes.to_vec(),
            unsynced: Vec::new(),
            is_named: true,
            is_protected: false,
        };
        self.lock().files.insert(name.to_owned(), file);
    }

    /// Whether these bytes stand anywhere on it, removed files and what was not synced included.
    #[must_use]
    pub fn holds(&self, bytes: &[u8]) -> bool {
        let inner = self.lock();
        let found = |text: &[u8]| text.windows(bytes.len().max(1)).any(|part| part == bytes);
        inner.files.values().chain(inner.removed.values()).any(|file| {
            let unsynced = file.unsynced.iter().map(|(_, bytes)| bytes);
            unsynced.chain([&file.seen, &file.durable]).any(|text| found(text))
        })
    }

    /// The names of all files.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.lock().files.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alive(&self, epoch: u64) -> io::Result<MutexGuard<'_, Inner>> {
        let inner = self.lock();
        if inner.epoch == epoch { Ok(inner) } else { Err(io::Error::other("the power is off")) }
    }
}

/// Puts bytes into a file, behind zeroes where it is shorter.
fn overlay(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset.saturating_add(bytes.len());
    if !bytes.is_empty() && file.len() < end {
        file.resize(end, 0);
    }
    if let Some(target) = file.get_mut(offset..end) {
        target.copy_from_slice(bytes);
    }
}

#[derive(Debug)]
struct Mounted {
    disk: SimDisk,
    epoch: u64,
}

impl Mounted {
    fn open_any(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        if !self.disk.alive(self.epoch)?.files.contains_key(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(Box::new(Open { disk: self.disk.clone(), epoch: self.epoch, name: name.to_owned() }))
    }
}

impl Folder for Mounted {
    fn place(&self) -> &str {
        "a simulated disk"
    }

    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.disk.alive(self.epoch)?.files.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        if self.disk.alive(self.epoch)?.files.get(name).is_some_and(|file| file.is_protected) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.open_any(name)
    }

    fn open_read(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        self.open_any(name)
    }

    fn protect(&self, name: &str) -> io::Result<()> {
        let mut inner = self.disk.alive(self.epoch)?;
        let file = inner.files.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        file.is_protected = true;
        Ok(())
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        {
            let mut inner = self.disk.alive(self.epoch)?;
            if inner.files.contains_key(name) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            inner.files.insert(name.to_owned(), File::default());
        }
        self.open(name)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut inner = self.disk.alive(self.epoch)?;
        let file = inner.files.remove(name).ok_or(io::ErrorKind::NotFound)?;
        if file.is_named {
            inner.removed.insert(name.to_owned(), file);
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut inner = self.disk.alive(self.epoch)?;
        inner.files.values_mut().for_each(|file| file.is_named = true);
        inner.removed.clear();
        Ok(())
    }

    fn release(&self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Debug)]
struct Open {
    disk: SimDisk,
    epoch: u64,
    name: String,
}

impl Open {
    fn with<T>(&self, work: impl FnOnce(&mut File) -> T) -> io::Result<T> {
        let mut inner = self.disk.alive(self.epoch)?;
        inner.files.get_mut(&self.name).map(work).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

impl Storage for Open {
    fn size(&self) -> io::Result<u64> {
        self.with(|file| file.seen.len() as u64)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.with(|file| {
            overlay(&mut file.seen, index(offset), bytes);
            file.unsynced.push((index(offset), bytes.to_vec()));
            bytes.len()
        })
    }

    fn sync(&self) -> io::Result<()> {
        let fails = {
            let mut inner = self.disk.alive(self.epoch)?;
            inner.syncs = inner.syncs.saturating_add(1);
            inner.failing == Some(inner.syncs)
        };
        self.with(|file| {
            for (offset, bytes) in std::mem::take(&mut file.unsynced) {
                if !fails {
                    overlay(&mut file.durable, offset, &bytes);
                }
            }
        })?;
        if fails { Err(io::Error::other("the disk said no")) } else { Ok(()) }
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.with(|file| {
            let rest = file.seen.get(index(offset)..).unwrap_or_default();
            let bytes = rest.get(..buffer.len().min(rest.len())).unwrap_or_default();
            for (to, from) in buffer.iter_mut().zip(bytes) {
                *to = *from;
            }
            bytes.len()
        })
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        self.with(|file| {
            file.seen.truncate(index(size));
            file.durable.truncate(index(size));
            file.unsynced.retain_mut(|(offset, bytes)| {
                bytes.truncate(index(size).saturating_sub(*offset));
                !bytes.is_empty()
            });
        })
    }
}
