//! The process that is killed: one guardrail over a log, with calls in every phase.

mod again;
mod doom;
mod life;
mod mortal;
mod open;
mod orders;
mod racer;
mod transact;
mod witness;

pub(crate) use again::AGAIN;
pub(crate) use doom::{Doom, Path};
pub(crate) use life::NAME;
pub(crate) use open::open;
pub(crate) use orders::Orders;
pub(crate) use racer::{RACER, share};
pub(crate) use transact::TRANSACT;
