//! Where output goes: buffered, and written by one hand.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use crate::error::Error;

/// The output of a command.
pub(crate) struct Out {
    to: BufWriter<Box<dyn Write>>,
}

impl Out {
    pub(crate) fn stdout() -> Self {
        Self { to: BufWriter::new(Box::new(io::stdout())) }
    }

    /// A file that is not there yet.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let made = OpenOptions::new().write(true).create_new(true).open(path);
        let file = made.map_err(|why| Error::Create { place: path.display().to_string(), why })?;
        Ok(Self { to: BufWriter::new(Box::new(file)) })
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.to.write_all(bytes).map_err(Error::Write)
    }

    pub(crate) fn text(&mut self, text: &str) -> Result<(), Error> {
        self.bytes(text.as_bytes())
    }

    /// Text and a line feed.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Error> {
        self.text(text)?;
        self.text("\n")
    }

    /// A value as one line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.to, value).map_err(|error| Error::Write(error.into()))?;
        self.text("\n")
    }

    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        self.to.flush().map_err(Error::Write)
    }

    /// Says what went wrong, behind whatever was written before it.
    pub(crate) fn fail(&mut self, error: Error) {
        // Where the output itself is gone there is still standard error.
        drop(self.to.flush());
        let report = miette::Report::new(error);
        drop(writeln!(io::stderr(), "{report:?}"));
    }
}
