//! Lines from one stream of bytes, each of bounded length.

use std::io::{BufRead, BufReader, Read};

use crate::error::Error;
use crate::source::Source;

/// Most bytes of a line: more than any record has.
const LIMIT: u64 = 8 * 1024 * 1024 + 1;

/// Lines of one stream.
pub(crate) struct Lines {
    place: String,
    size: Option<u64>,
    from: BufReader<Box<dyn Read>>,
    /// The beginning of a line whose end is not there yet.
    begun: Vec<u8>,
}

impl Lines {
    pub(crate) fn new(place: &str, size: Option<u64>, from: Box<dyn Read>) -> Self {
        let from = BufReader::with_capacity(256 * 1024, from);
        Self { place: place.to_owned(), size, from, begun: Vec::new() }
    }

    /// What stands behind the last line feed.
    pub(crate) fn rest(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.begun);
        (!rest.is_empty()).then(|| String::from_utf8_lossy(&rest).into_owned())
    }
}

impl Source for Lines {
    fn next(&mut self) -> Result<Option<String>, Error> {
        let fail = |why| Error::Read { place: self.place.clone(), why };
        let room = LIMIT.saturating_sub(self.begun.len() as u64);
        (&mut self.from).take(room).read_until(b'\n', &mut self.begun).map_err(fail)?;
        if self.begun.last() != Some(&b'\n') && (self.begun.len() as u64) < LIMIT {
            return Ok(None);
        }
        let mut line = std::mem::take(&mut self.begun);
        line.pop_if(|last| *last == b'\n');
        // What is no text is no record either; the parser says so.
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
    }

    fn is_torn(&self) -> bool {
        !self.begun.is_empty()
    }

    fn size(&self) -> Option<u64> {
        self.size
    }

    fn checkpoints(&mut self) -> Result<Option<String>, Error> {
        Ok(None)
    }

    fn place(&self) -> &str {
        &self.place
    }
}
