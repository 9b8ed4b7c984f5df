//! `guardrail unknowns`: what was started and has no known outcome, and what people found out.

mod list;
mod resolve;

use crate::args::{Unknowns, UnknownsCommand};
use crate::error::Error;
use crate::out::Out;
use crate::source;

/// Carries out one command.
pub(crate) fn run(unknowns: Unknowns, out: &mut Out) -> Result<(), Error> {
    let Unknowns { place, command } = unknowns;
    match command {
        None => list::run(source::open(&place.log, &place.name)?, place.json, out),
        Some(UnknownsCommand::Resolve(resolve)) => resolve::run(&resolve, &place, out),
    }
}
