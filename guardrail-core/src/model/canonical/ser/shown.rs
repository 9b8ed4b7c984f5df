//! Writes what a value displays: piece by piece, so that a long one is given up at the bound, and no
//! deeper than the stack bears.

use std::fmt;

use crate::model::canonical::error::CaptureError;
use crate::model::canonical::write::Writer;

/// Most stack a `Display` or `Debug` may take, in bytes. Those of nested values call themselves once
/// a level, and the smallest stack a thread is given by itself has 2 MiB.
const STACK: usize = 256 * 1024;

impl Writer {
    /// Writes what `value` displays as a piece of the present text.
    pub(super) fn shown<T: fmt::Display + ?Sized>(
        &mut self,
        value: &T,
    ) -> Result<(), CaptureError> {
        let mut pieces = Pieces { writer: self, begun: false, error: None, stack: stack() };
        let written = fmt::write(&mut pieces, format_args!("{value}"));
        match (pieces.error, written) {
            (Some(error), _) => Err(error),
            (None, Err(fmt::Error)) => Err(CaptureError::failed("its `Display` failed")),
            (None, Ok(())) => Ok(()),
        }
    }
}

/// Passes what a `Display` writes on to the writer.
struct Pieces<'w> {
    writer: &'w mut Writer,
    begun: bool,
    error: Option<CaptureError>,
    /// Where the stack stood before anything was displayed.
    stack: usize,
}

impl fmt::Write for Pieces<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if self.error.is_some() {
            return Err(fmt::Error);
        }
        let written = if stack().abs_diff(self.stack) > STACK {
            Err(CaptureError::failed("it is nested too deeply to be shown"))
        } else if self.begun {
            self.writer.piece(piece)
        } else {
            self.writer.first_piece(piece)
        };
        self.begun |= !piece.is_empty();
        written.map_err(|error| {
            self.error = Some(error);
            fmt::Error
        })
    }
}

/// About where the stack stands.
#[inline(never)]
fn stack() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here).addr()
}
