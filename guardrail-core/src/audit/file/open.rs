//! Opens a log: finds its files, verifies the last, sets a torn end aside, and says who writes now.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::audit::append::Append;
use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::active::Active;
use crate::audit::file::batch::Batch;
use crate::audit::file::known::Known;
use crate::audit::file::limits::Limits;
use crate::audit::file::recover::set_aside;
use crate::audit::file::rotate::{file_name, first_of, note_down};
use crate::audit::file::scan::scan;
use crate::audit::file::segment::{Segment, encode, load};
use crate::audit::file::shared::{LogClock, Shared};
use crate::audit::file::signing::{Signing, compare, measure};
use crate::audit::file::storage::{Folder, read_full};
use crate::audit::opened;
use crate::audit::proof::{Checkpoint, Rhythm};
use crate::clock::Clock;
use crate::model::{AuditEvent, Digest, LogId, RequestId, Sequence};

/// How much is read at once.
const CHUNK: usize = 1024 * 1024;

/// The first record of a log.
const FIRST: Sequence = Sequence::new(1);

/// How a log is opened.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) folder: Arc<dyn Folder>,
    pub(super) clock: Arc<dyn Clock>,
    /// The id of a new log.
    pub(super) fresh: LogId,
    pub(super) limits: Limits,
    pub(super) rhythm: Option<Rhythm>,
}

/// Opens the log in this folder, or makes it. Blocks.
pub(super) fn open(opening: Opening) -> Result<Shared, Error> {
    let Opening { folder, clock, fresh, limits, rhythm } = opening;
    let mut names = files(&*folder)?;
    let last = names.pop().unwrap_or_else(|| file_name(FIRST));
    // Before anything is made, so that a folder that is not understood is not touched.
    if names.first().map_or(first_of(&last), |name| first_of(name)) != Some(FIRST) {
        return Err(damaged(names.first().unwrap_or(&last), "the files before it are missing"));
    }
    let signing = rhythm.map(|rhythm| Signing::open(&*folder, rhythm)).transpose()?;
    let head = signing.as_ref().and_then(Signing::last);
    let known = read_closed(&*folder, fresh, &names, &last, head.as_ref())?;
    let mut known = match known {
        None => Known::new(fresh, writable(&*folder, last)?),
        Some(mut known) => {
            known.active = writable(&*folder, last)?;
            known
        }
    };
    let size = scan(&*folder, &mut known, head.as_ref())?;
    if let Some(head) = &head {
        compare(head, known.end.log(), &known.tree)?;
        measure(head, &known.tree)?;
    }
    let recovered = set_aside(&*folder, &known, size)?;
    let mut events = vec![opened()];
    events.extend(recovered.map(|what| AuditEvent::Recovered { what: what.into() }));
    if known.catalog.end() == 0
        && let Some(segment) = known.closed.last()
    {
        // Closing it was cut short before its hash was on record.
        known.active.opening = Some(hash(&*folder, segment)?);
    }
    events.extend(known.active.opening.clone());
    let clock = LogClock::new(clock, known.end.time());
    let append = Append::new(RequestId::LOG, known.index.version(RequestId::LOG), events);
    let mut batch = Batch::new(known.end);
    let standing = known.index.stream(RequestId::LOG);
    let records = batch.add(&append, clock.now(), || Ok(standing))?;
    let shared = Shared::new(clock, folder, known, limits, signing);
    // This sync makes durable what a writer before left written but unsynced, too.
    shared.commit(&batch, [&*records])?;
    shared.hash(&batch);
    shared.protect();
    shared.checkpoint_if_due();
    Ok(shared)
}

/// What is known at the end of the closed files; `None` where there are none.
fn read_closed(
    folder: &dyn Folder,
    fresh: LogId,
    names: &[String],
    last: &str,
    head: Option<&Checkpoint>,
) -> Result<Option<Known>, Error> {
    let mut known: Option<Known> = None;
    for name in names {
        let active = readable(folder, name)?;
        let mut here = match known.take() {
            None => Known::new(fresh, active),
            Some(mut before) => {
                before.active = active;
                before
            }
        };
        follows(&here, name)?;
        match load(folder, name).filter(|(_, header)| header.follows(&here.written())) {
            Some((segment, header)) => here.skip(segment, &header),
            None => {
                tracing::info!(folder = folder.place(), file = %name, "its index is made again");
                let size = scan(folder, &mut here, head)?;
                if size != here.catalog.end() {
                    return Err(damaged(name, "it is cut short, and another file follows"));
                }
                let segment = note_down(folder, encode(&here.written()))?;
                here.roll(segment, readable(folder, name)?);
            }
        }
        if let Some(head) = head {
            compare(head, here.end.log(), &here.tree)?;
        }
        known = Some(here);
    }
    if let Some(known) = &known {
        follows(known, last)?;
    }
    Ok(known)
}

/// The names of the files with lines, in order.
fn files(folder: &dyn Folder) -> Result<Vec<String>, Error> {
    let names = folder.names().map_err(unopened)?;
    let is_ours = |name: &String| name.starts_with("log-") && name.ends_with(".jsonl");
    let mut names: Vec<String> = names.into_iter().filter(is_ours).collect();
    names.sort_unstable();
    match names.iter().find(|name| first_of(name).is_none()) {
        Some(odd) => Err(damaged(odd, "its name is none of a file of this log; move it away")),
        None => Ok(names),
    }
}

/// # Errors
/// `Damaged`, where a file is missing before this one.
fn follows(known: &Known, name: &str) -> Result<(), Error> {
    let next = known.end.last().next();
    if first_of(name) == Some(next) {
        return Ok(());
    }
    let why = format!(
        "the file that begins with record {next} is missing; nothing was changed: put back a copy"
    );
    Err(damaged(name, &why))
}

fn readable(folder: &dyn Folder, name: &str) -> Result<Active, Error> {
    let storage = folder.open_read(name).map_err(unopened)?;
    Ok(Active::new(name.to_owned(), Arc::from(storage), None))
}

fn writable(folder: &dyn Folder, name: String) -> Result<Active, Error> {
    let is_there = folder.names().map_err(unopened)?.contains(&name);
    let storage = if is_there { folder.open(&name) } else { folder.create(&name) };
    let storage = storage.map_err(unopened)?;
    // Even where the file is there: who made it may have gone before its name was durable.
    folder.sync().map_err(unopened)?;
    Ok(Active::new(name, Arc::from(storage), None))
}

/// That this file was closed, from its bytes.
fn hash(folder: &dyn Folder, segment: &Segment) -> Result<AuditEvent, Error> {
    let failed = |error| Error::storage(NAME, "read", error);
    let storage = segment.open(folder)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut at = 0;
    loop {
        let read = read_full(&*storage, &mut buffer, at).map_err(failed)?;
        if read == 0 {
            break;
        }
        hash.update(buffer.get(..read).unwrap_or_default());
        at = at.saturating_add(read as u64);
    }
    let sha256 = Digest::from_bytes(hash.finalize().into());
    Ok(AuditEvent::Rotated { file: segment.name().into(), bytes: segment.size(), sha256 })
}

fn unopened(error: std::io::Error) -> Error {
    Error::storage(NAME, "open its files", error)
}

fn damaged(name: &str, why: &str) -> Error {
    Error::Damaged { log: NAME, place: format!("`{name}`").into(), why: why.into() }
}
