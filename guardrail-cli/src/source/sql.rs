//! The lines of a log in a database, a page at a time.

use std::collections::VecDeque;
use std::path::Path;

use guardrail_core::audit;
use guardrail_core::model::Sequence;
use guardrail_sql::Reader;
use tokio::runtime::{Builder, Runtime};

use crate::error::Error;
use crate::source::Source;

/// Lines of one page: half a gigabyte if each were as long as a line can be, and usually 64 KiB.
const PAGE: u32 = 64;

/// Heads of one page.
const HEADS: u32 = 1024;

/// A log in a database. Only read; agents go on.
pub(crate) struct Sql {
    place: String,
    runtime: Runtime,
    reader: Reader,
    last: Sequence,
    page: VecDeque<(Sequence, String)>,
}

impl Sql {
    pub(crate) fn sqlite(path: &Path, name: &str) -> Result<Self, Error> {
        let place = path.display().to_string();
        let runtime = runtime(&place)?;
        let reader = runtime.block_on(Reader::sqlite(path, name));
        let reader = reader.map_err(|why| Error::Database { place: place.clone(), why })?;
        Ok(Self { place, runtime, reader, last: Sequence::START, page: VecDeque::new() })
    }

    pub(crate) fn postgres(url: &str, name: &str) -> Result<Self, Error> {
        // The URL may hold a password.
        let place = "the database".to_owned();
        let runtime = runtime(&place)?;
        let reader = runtime.block_on(Reader::postgres(url, name));
        let reader = reader.map_err(|why| Error::Database { place: place.clone(), why })?;
        Ok(Self { place, runtime, reader, last: Sequence::START, page: VecDeque::new() })
    }
}

impl Source for Sql {
    fn next(&mut self) -> Result<Option<String>, Error> {
        if self.page.is_empty() {
            let page = self.runtime.block_on(self.reader.lines(self.last, PAGE));
            let failed = |why: audit::Error| Error::Database { place: self.place.clone(), why };
            self.page = page.map_err(failed)?.into();
        }
        let next = self.page.pop_front();
        Ok(next.map(|(sequence, line)| {
            self.last = sequence;
            line
        }))
    }

    fn is_torn(&self) -> bool {
        false
    }

    fn size(&self) -> Option<u64> {
        None
    }

    fn checkpoints(&mut self) -> Result<Option<String>, Error> {
        let (mut notes, mut size) = (String::new(), 0);
        loop {
            let page = self.runtime.block_on(self.reader.heads(size, HEADS));
            let failed = |why: audit::Error| Error::Database { place: self.place.clone(), why };
            let page = page.map_err(failed)?;
            let Some((last, _)) = page.last() else { break };
            size = *last;
            for (_, note) in &page {
                if !notes.is_empty() {
                    notes.push('\n');
                }
                notes.push_str(note);
            }
        }
        Ok((!notes.is_empty()).then_some(notes))
    }

    fn takes_heads_of_others(&self) -> bool {
        true
    }

    fn place(&self) -> &str {
        &self.place
    }
}

fn runtime(place: &str) -> Result<Runtime, Error> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|why| Error::Read { place: place.to_owned(), why })
}
