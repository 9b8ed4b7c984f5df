//! The process that is killed: one guardrail over a log, with calls in every phase.

mod doom;
mod life;
mod mortal;
mod open;
mod orders;
mod witness;

pub(crate) use doom::Doom;
pub(crate) use life::NAME;
pub(crate) use orders::Orders;
