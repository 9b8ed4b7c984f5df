//! How expanded code hands over the arguments of a call.

use std::fmt::{self, Debug};

use serde::Serialize;

use crate::model::Captured;
use crate::model::canonical::{CaptureError, Pen};

/// An argument that can be shown: whatever implements `Serialize`, and what says how else.
#[diagnostic::on_unimplemented(
    message = "the argument of type `{Self}` cannot be shown to a reviewer",
    label = "does not implement `serde::Serialize`",
    note = "derive `serde::Serialize` for it, require it of a type parameter, or say how to treat \
            the parameter: `skip(name)` leaves it out and says so, `debug(name)` shows its `Debug` \
            text, `fields(name = expr)` shows an expression instead"
)]
pub trait Argument {
    /// How it is captured.
    fn captured(&self) -> Captured {
        Captured::Value
    }

    /// Writes it in canonical form.
    ///
    /// # Errors
    /// As [`Pen::put`] says.
    fn write(&self, pen: &mut Pen) -> Result<(), CaptureError>;
}

/// The name of an argument and what it is.
///
/// Not an enum of the ways to show one: a tuple of references is nothing but data to the compiler.
pub type Named<'a> = (&'static str, &'a dyn Argument);

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Argument for T {
    fn write(&self, pen: &mut Pen) -> Result<(), CaptureError> {
        pen.put(self)
    }
}

/// An argument that is shown by its `Debug`.
pub struct Debugged<'a>(pub &'a dyn Debug);

impl Argument for Debugged<'_> {
    fn captured(&self) -> Captured {
        Captured::Debug
    }

    fn write(&self, pen: &mut Pen) -> Result<(), CaptureError> {
        pen.put(&format_args!("{:?}", self.0))
    }
}

/// An argument nobody is shown.
pub struct Redacted<'a>(pub &'a dyn Argument);

impl Argument for Redacted<'_> {
    fn captured(&self) -> Captured {
        Captured::Redacted
    }

    fn write(&self, pen: &mut Pen) -> Result<(), CaptureError> {
        self.0.write(pen)
    }
}

/// An argument that is left out.
#[derive(Debug)]
pub struct Skipped;

impl Argument for Skipped {
    fn captured(&self) -> Captured {
        Captured::Skipped
    }

    fn write(&self, pen: &mut Pen) -> Result<(), CaptureError> {
        pen.put(&())
    }
}

impl Debug for Debugged<'_> {
    /// Says nothing of the value: it may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Debugged").finish_non_exhaustive()
    }
}

impl Debug for Redacted<'_> {
    /// Says nothing of the value: it may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redacted").finish_non_exhaustive()
    }
}
