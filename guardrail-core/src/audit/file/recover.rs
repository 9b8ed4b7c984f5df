//! Moves aside what a crash left at the end of a file.

use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::known::Known;
use crate::audit::file::storage::{Folder, read_full, write_all};

/// How much is copied at once.
const CHUNK: usize = 64 * 1024;
/// Most crashes at one place of one log whose remains are kept.
const MOST: u32 = 10_000;

/// Copies the torn end into a file of its own, then cuts it off: in this order, so that a crash
/// in between loses nothing and the next try only copies it again. Says what was done, if
/// anything was.
pub(super) fn set_aside(
    folder: &dyn Folder,
    known: &Known,
    size: u64,
) -> Result<Option<String>, Error> {
    let failed = |error| Error::storage(NAME, "set aside a torn end", error);
    let (from, storage) = (known.catalog.end(), &*known.active.storage);
    if size <= from {
        return Ok(None);
    }
    let names = folder.names().map_err(failed)?;
    let sequence = known.end.last().next();
    let mut free = (1..=MOST).map(|n| format!("torn-{sequence}-{n}"));
    let name = free.find(|name| !names.contains(name));
    let name = name.ok_or_else(|| Error::Full { log: NAME, limit: MOST as usize })?;
    let copy = folder.create(&name).map_err(failed)?;
    let mut buffer = vec![0; CHUNK];
    let mut at = from;
    loop {
        let read = read_full(storage, &mut buffer, at).map_err(failed)?;
        if read == 0 {
            break;
        }
        let bytes = buffer.get(..read).unwrap_or_default();
        write_all(&*copy, bytes, at.saturating_sub(from)).map_err(failed)?;
        at = at.saturating_add(read as u64);
    }
    copy.sync().map_err(failed)?;
    folder.sync().map_err(failed)?;
    storage.truncate(from).map_err(failed)?;
    let bytes = at.saturating_sub(from);
    tracing::warn!(folder = folder.place(), file = %name, bytes, "an unfinished write was set aside");
    Ok(Some(format!("{bytes} bytes of an unfinished write, now in `{name}`")))
}
