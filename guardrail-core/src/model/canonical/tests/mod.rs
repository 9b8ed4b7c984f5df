//! The canonical form by behaviour.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod attacks;
mod beside;
mod bounds;
mod form;
mod mask;
mod properties;
mod read;
mod refused;
mod sealed;
mod strict;
mod tree;
mod unified;
mod walk;

use serde::Serialize;

use super::{Bounds, Canonical, CaptureError};

fn of<T: Serialize + ?Sized>(value: &T) -> Canonical {
    Canonical::of(value, &Bounds::default()).unwrap()
}

fn text<T: Serialize + ?Sized>(value: &T) -> String {
    of(value).as_str().to_owned()
}

fn refusal<T: Serialize + ?Sized>(value: &T) -> CaptureError {
    Canonical::of(value, &Bounds::default()).unwrap_err()
}
