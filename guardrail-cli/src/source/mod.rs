//! Where the lines of a log come from: a folder, a database, an exported file, standard input.

mod files;
mod lines;
mod sql;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use guardrail_core::audit::AuditRecord;
use guardrail_core::model::Sequence;

use crate::error::Error;
use crate::out::Out;
use files::Files;
use lines::Lines;
use sql::Sql;

/// The lines of a log, in sequence.
pub(crate) trait Source {
    /// The next line, without its line feed; `None`: none for now. Asked again it may know more.
    fn next(&mut self) -> Result<Option<String>, Error>;

    /// Whether it ended inside a line.
    fn is_torn(&self) -> bool;

    /// How many bytes are read in all, where that is known.
    fn size(&self) -> Option<u64>;

    /// The heads that the log itself keeps, one note behind the other; `None` where it keeps none.
    fn checkpoints(&mut self) -> Result<Option<String>, Error>;

    /// Whether others than its writer may add to these heads.
    fn takes_heads_of_others(&self) -> bool {
        false
    }

    /// What is read, for messages.
    fn place(&self) -> &str;
}

/// What kind of log a person named.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// Lines on standard input.
    Input,
    /// A PostgreSQL URL.
    Postgres,
    /// A folder of files.
    Folder,
    /// An SQLite file.
    Sqlite,
    /// A file of exported lines.
    Exported,
}

/// Tells what kind of log this is. To be asked once, before anything is opened: an SQLite file that
/// is closed takes away all locks that SQLite holds on it in this process.
pub(crate) fn kind(log: &str) -> Result<Kind, Error> {
    let fail = |why| Error::Open { log: log.to_owned(), why };
    if log == "-" {
        return Ok(Kind::Input);
    }
    let scheme = log.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    if matches!(scheme.as_deref(), Some("postgres" | "postgresql")) {
        return Ok(Kind::Postgres);
    }
    let path = Path::new(log);
    if path.metadata().map_err(fail)?.is_dir() {
        return Ok(Kind::Folder);
    }
    let mut magic = [0; 16];
    let is_read = File::open(path).map_err(fail)?.read_exact(&mut magic).is_ok();
    Ok(if is_read && &magic == b"SQLite format 3\0" { Kind::Sqlite } else { Kind::Exported })
}

/// Opens the log that a person named.
pub(crate) fn open(log: &str, name: &str) -> Result<Box<dyn Source>, Error> {
    open_as(kind(log)?, log, name)
}

/// Opens a log of this kind.
pub(crate) fn open_as(kind: Kind, log: &str, name: &str) -> Result<Box<dyn Source>, Error> {
    let fail = |why| Error::Open { log: log.to_owned(), why };
    let path = Path::new(log);
    Ok(match kind {
        Kind::Input => Box::new(Lines::new("standard input", None, Box::new(io::stdin()))),
        Kind::Postgres => Box::new(Sql::postgres(log, name)?),
        Kind::Folder => Box::new(Files::open(path)?),
        Kind::Sqlite => Box::new(Sql::sqlite(path, name)?),
        Kind::Exported => {
            let file = File::open(path).map_err(fail)?;
            let size = file.metadata().map_err(fail)?.len();
            Box::new(Lines::new(log, Some(size), Box::new(file)))
        }
    })
}

/// Reads a log as records. What it reads is not verified, only parsed.
pub(crate) struct Records {
    source: Box<dyn Source>,
    last: Sequence,
}

impl Records {
    pub(crate) fn new(source: Box<dyn Source>) -> Self {
        Self { source, last: Sequence::START }
    }

    /// Says so where the log ended inside a line, which is left out.
    pub(crate) fn warn_of_torn_end(&self, out: &mut Out) -> Result<(), Error> {
        if !self.source.is_torn() {
            return Ok(());
        }
        let last = self.last;
        out.warn(&format!(
            "the log ends inside a line, behind record {last}: that line is left out"
        ))
    }

    /// The next record; `None`: none for now.
    pub(crate) fn next(&mut self) -> Result<Option<AuditRecord>, Error> {
        let Some(line) = self.source.next()? else { return Ok(None) };
        let record = AuditRecord::parse(&line).map_err(|why| Error::Record {
            place: self.source.place().to_owned(),
            sequence: self.last.next(),
            why,
        })?;
        self.last = record.sequence();
        Ok(Some(record))
    }
}
