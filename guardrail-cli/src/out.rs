//! Where output goes: buffered, and written by one hand.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use guardrail_core::view::within;
use serde::Serialize;

use crate::error::Error;

/// The output of a command.
pub(crate) struct Out {
    to: BufWriter<Box<dyn Write>>,
    /// Of the terminal that shows it, if one does.
    columns: Option<usize>,
}

impl Out {
    pub(crate) fn stdout() -> Self {
        Self { to: BufWriter::new(Box::new(io::stdout())), columns: columns() }
    }

    /// A file that is not there yet, for its owner alone, as the log is.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(path)
            .map_err(|why| Error::Create { place: path.display().to_string(), why })?;
        Ok(Self { to: BufWriter::new(Box::new(file)), columns: None })
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.to.write_all(bytes).map_err(Error::Write)
    }

    pub(crate) fn text(&mut self, text: &str) -> Result<(), Error> {
        self.bytes(text.as_bytes())
    }

    /// Lines with texts of agents and people in them. A terminal would break those that are too long, and
    /// whoever wrote them could choose what then begins a line.
    pub(crate) fn told(&mut self, text: &str) -> Result<(), Error> {
        match self.columns {
            Some(columns) => self.text(&within(text, columns)),
            None => self.text(text),
        }
    }

    /// Text and a line feed.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Error> {
        self.text(text)?;
        self.text("\n")
    }

    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        self.to.flush().map_err(Error::Write)
    }

    /// Says something beside the output.
    pub(crate) fn warn(&mut self, text: &str) -> Result<(), Error> {
        self.flush()?;
        // Where standard error is closed nobody wants to know.
        drop(writeln!(io::stderr(), "{text}"));
        Ok(())
    }

    /// A value as one line of JSON in printable ASCII: a reader at a terminal sees what is there.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string(value).map_err(|error| Error::Write(error.into()))?;
        self.line(&ascii(&text))
    }

    /// Says what went wrong, behind whatever was written before it.
    pub(crate) fn fail(&mut self, error: Error) {
        // Where the output itself is gone there is still standard error.
        drop(self.to.flush());
        let report = miette::Report::new(error);
        drop(writeln!(io::stderr(), "{report:?}"));
    }
}

/// How wide the terminal at standard output is, if there is one.
fn columns() -> Option<usize> {
    #[cfg(unix)]
    {
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
        (size.ws_col > 0).then_some(usize::from(size.ws_col))
    }
    #[cfg(not(unix))]
    None
}

/// JSON in printable ASCII: whoever prints it to a terminal sees what is there, and nothing of it acts.
pub(crate) fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if matches!(c, ' '..='~') {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}
