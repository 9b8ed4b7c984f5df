//! A folder whose n-th operation goes wrong.

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guardrail_core::audit::file::storage::{Folder, Storage};
use tokio::sync::Semaphore;

/// What goes wrong with one operation.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It fails and does nothing.
    Error(io::ErrorKind),
    /// A write writes so many bytes, and the next operation finds the disk full. Anything else
    /// finds it full at once.
    Short(usize),
    /// It waits, with its thread, until it is let go, and then succeeds.
    Hold(Hold),
    /// It panics.
    Panic,
}

/// Holds an operation on its way.
#[derive(Clone)]
pub struct Hold {
    reached: Arc<Semaphore>,
    released: Arc<(Mutex<bool>, Condvar)>,
}

impl Hold {
    /// Nothing is held yet.
    #[must_use]
    pub fn new() -> Self {
        Self { reached: Arc::new(Semaphore::new(0)), released: Arc::default() }
    }

    /// Returns when the operation is being held.
    pub async fn reached(&self) {
        // It is never closed.
        if let Ok(permit) = self.reached.acquire().await {
            permit.forget();
        }
    }

    /// Lets it go.
    pub fn release(&self) {
        let (released, bell) = &*self.released;
        *released.lock().unwrap_or_else(PoisonError::into_inner) = true;
        bell.notify_all();
    }

    fn hold(&self) {
        const MOST: Duration = Duration::from_secs(60);
        self.reached.add_permits(1);
        let (released, bell) = &*self.released;
        let released = released.lock().unwrap_or_else(PoisonError::into_inner);
        drop(bell.wait_timeout_while(released, MOST, |released| !*released));
    }
}

impl Default for Hold {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hold")
    }
}

#[derive(Debug, Default)]
struct Plan {
    faults: Vec<(usize, Fault)>,
    /// From this operation on everything fails.
    dead: Option<usize>,
    /// The names of the operations so far.
    done: Vec<&'static str>,
}

/// A folder around another one: notes its operations and lets some of them fail. Clones are the
/// same folder.
#[derive(Clone, Debug)]
pub struct FaultyFolder {
    inner: Arc<dyn Folder>,
    plan: Arc<Mutex<Plan>>,
}

impl FaultyFolder {
    /// Around this folder, without any fault yet.
    #[must_use]
    pub fn new(inner: Arc<dyn Folder>) -> Self {
        Self { inner, plan: Arc::default() }
    }

    /// A fault at the `nth` operation from now on, counted from 1, whatever it is.
    pub fn at(&self, nth: usize, fault: Fault) {
        let mut plan = self.lock();
        let at = plan.done.len().saturating_add(nth);
        plan.faults.push((at, fault));
    }

    /// From the `nth` operation from now on, counted from 1, nothing works any more.
    pub fn dies_at(&self, nth: usize) {
        let mut plan = self.lock();
        plan.dead = Some(plan.done.len().saturating_add(nth));
    }

    /// Faults that are planned and have not happened do not. What is dead stays dead.
    pub fn heal(&self) {
        self.lock().faults.clear();
    }

    /// The operations so far: `names`, `open`, `create`, `protect`, `remove`, `sync names` of the
    /// folder; `size`, `write`, `sync`, `read`, `truncate` of a file.
    #[must_use]
    pub fn operations(&self) -> Vec<&'static str> {
        self.lock().done.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an operation; how many bytes it may write, where it is a write.
    fn operation(&self, name: &'static str) -> io::Result<usize> {
        let hit = {
            let mut plan = self.lock();
            plan.done.push(name);
            let number = plan.done.len();
            if plan.dead.is_some_and(|dead| number >= dead) {
                return Err(io::Error::other("the disk is dead"));
            }
            let hit = plan.faults.iter().position(|(at, _)| *at == number);
            hit.map(|index| plan.faults.swap_remove(index).1)
        };
        match hit {
            None => Ok(usize::MAX),
            Some(Fault::Error(kind)) => Err(kind.into()),
            Some(Fault::Short(most)) if name == "write" && most > 0 => {
                let next = self.lock().done.len().saturating_add(1);
                self.lock().faults.push((next, Fault::Short(0)));
                Ok(most)
            }
            Some(Fault::Short(_)) => Err(io::ErrorKind::StorageFull.into()),
            Some(Fault::Hold(hold)) => {
                hold.hold();
                Ok(usize::MAX)
            }
            Some(Fault::Panic) => std::panic::resume_unwind(Box::new("a planned panic")),
        }
    }

    fn file(&self, inner: Box<dyn Storage>) -> Box<dyn Storage> {
        Box::new(FaultyFile { folder: self.clone(), inner })
    }
}

impl Folder for FaultyFolder {
    fn place(&self) -> &str {
        self.inner.place()
    }

    fn names(&self) -> io::Result<Vec<String>> {
        self.operation("names")?;
        self.inner.names()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        self.operation("open")?;
        self.inner.open(name).map(|file| self.file(file))
    }

    fn open_read(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        self.operation("open")?;
        self.inner.open_read(name).map(|file| self.file(file))
    }

    fn protect(&self, name: &str) -> io::Result<()> {
        self.operation("protect")?;
        self.inner.protect(name)
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Storage>> {
        self.operation("create")?;
        self.inner.create(name).map(|file| self.file(file))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.operation("remove")?;
        self.inner.remove(name)
    }

    fn sync(&self) -> io::Result<()> {
        self.operation("sync names")?;
        self.inner.sync()
    }

    fn release(&self) -> io::Result<()> {
        self.inner.release()
    }
}

#[derive(Debug)]
struct FaultyFile {
    folder: FaultyFolder,
    inner: Box<dyn Storage>,
}

impl Storage for FaultyFile {
    fn size(&self) -> io::Result<u64> {
        self.folder.operation("size")?;
        self.inner.size()
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let most = self.folder.operation("write")?;
        self.inner.write_at(bytes.get(..most.min(bytes.len())).unwrap_or_default(), offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.folder.operation("sync")?;
        self.inner.sync()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.folder.operation("read")?;
        self.inner.read_at(buffer, offset)
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        self.folder.operation("truncate")?;
        self.inner.truncate(size)
    }
}
