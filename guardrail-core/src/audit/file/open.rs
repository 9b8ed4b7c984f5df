//! Opens a log: finds its file, verifies it, sets a torn end aside, and says who writes from here.

use std::sync::Arc;

use crate::audit::append::Append;
use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::batch::Batch;
use crate::audit::file::recover::set_aside;
use crate::audit::file::scan::scan;
use crate::audit::file::shared::{LogClock, Shared};
use crate::audit::file::storage::{Folder, Storage};
use crate::audit::opened;
use crate::clock::Clock;
use crate::model::{AuditEvent, LogId, RequestId};

/// A file is named after its first record, so that a log in several reads in the order of names.
const FIRST: &str = "log-00000000000000000001.jsonl";

/// Opens the log in this folder, or makes it with the id `fresh`. Blocks.
pub(super) fn open(
    folder: Arc<dyn Folder>,
    clock: Arc<dyn Clock>,
    fresh: LogId,
) -> Result<Shared, Error> {
    let storage = file(&*folder)?;
    let scanned = scan(&*storage, FIRST, fresh)?;
    let recovered = set_aside(&*folder, &*storage, &scanned)?;
    let mut events = vec![opened()];
    events.extend(recovered.map(|what| AuditEvent::Recovered { what: what.into() }));
    let known = scanned.known;
    let clock = LogClock::new(clock, known.end.time());
    let append = Append::new(RequestId::LOG, known.index.version(RequestId::LOG), events);
    let mut batch = Batch::new(known.end);
    let standing = || known.index.stream(RequestId::LOG);
    let records = batch.add(&append, clock.now(), standing)?;
    let shared = Shared::new(clock, folder, storage, known);
    // This sync makes durable what a writer before left written but unsynced, too.
    shared.commit(&batch, &records)?;
    Ok(shared)
}

fn file(folder: &dyn Folder) -> Result<Box<dyn Storage>, Error> {
    let failed = |error| Error::storage(NAME, "open its file", error);
    let names = folder.names().map_err(failed)?;
    let is_ours = |name: &&String| name.starts_with("log-") && name.ends_with(".jsonl");
    let other = names.iter().filter(is_ours).find(|name| *name != FIRST);
    if let Some(other) = other {
        let why = "this version keeps a log in one file and does not know what this one is; use \
                   the version that wrote it, or move the file away";
        let place = format!("`{other}`");
        return Err(Error::Damaged { log: NAME, place: place.into(), why: why.into() });
    }
    let is_there = names.iter().any(|name| name == FIRST);
    let storage = if is_there { folder.open(FIRST) } else { folder.create(FIRST) };
    let storage = storage.map_err(failed)?;
    // Even where the file is there: who made it may have gone before its name was durable.
    folder.sync().map_err(failed)?;
    Ok(storage)
}
