//! Where the bytes of a log in files go: the seam at which tests put a disk that fails.
//!
//! Everything a [`FileLog`](crate::audit::FileLog) asks of a disk stands here; every call blocks.

use std::fmt::Debug;
use std::io;

/// A folder that holds the files of one log, and the right to be its one writer.
pub trait Folder: Debug + Send + Sync + 'static {
    /// Where it is, for messages.
    fn place(&self) -> &str;

    /// The names of its files, in no order.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Opens a file that is there.
    fn open(&self, name: &str) -> io::Result<Box<dyn Storage>>;

    /// Opens a file that is there and may be read-only, to read it.
    fn open_read(&self, name: &str) -> io::Result<Box<dyn Storage>>;

    /// Makes a file read-only: nothing is written to it any more.
    fn protect(&self, name: &str) -> io::Result<()>;

    /// Makes a file that is not there yet.
    fn create(&self, name: &str) -> io::Result<Box<dyn Storage>>;

    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes the names of its files durable.
    fn sync(&self) -> io::Result<()>;

    /// Gives up the right to write.
    fn release(&self) -> io::Result<()>;
}

/// One file.
pub trait Storage: Debug + Send + Sync + 'static {
    /// How many bytes it holds.
    fn size(&self) -> io::Result<u64>;

    /// Writes at least one of these bytes from `offset` on, and says how many.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// Makes what was written durable.
    fn sync(&self) -> io::Result<()>;

    /// Reads at least one byte from `offset` on, none at the end, and says how many.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Cuts it to its first `size` bytes, durably.
    fn truncate(&self, size: u64) -> io::Result<()>;
}

/// Writes all of these bytes.
pub(in crate::audit) fn write_all(
    storage: &dyn Storage,
    bytes: &[u8],
    offset: u64,
) -> io::Result<()> {
    let mut done: usize = 0;
    while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
        match storage.write_at(rest, offset.saturating_add(done as u64)) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => done = done.saturating_add(written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads until the buffer is full or the file ends, and says how many bytes.
pub(in crate::audit) fn read_full(
    storage: &dyn Storage,
    buffer: &mut [u8],
    offset: u64,
) -> io::Result<usize> {
    let mut done: usize = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match storage.read_at(rest, offset.saturating_add(done as u64)) {
            Ok(0) => break,
            Ok(read) => done = done.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}
