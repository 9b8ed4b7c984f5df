//! What all themes share: a world with people and policies, a body that counts, doubles, and the
//! story a log tells.

mod approvers;
mod body;
mod capturing;
mod forging;
mod late;
mod pausing;
mod policies;
mod stepping;
mod story;
mod told;
mod world;

pub(crate) use approvers::{End, Scripted, Voter};
pub(crate) use body::{Body, deploy};
pub(crate) use capturing::Captured;
pub(crate) use forging::ForgingLog;
pub(crate) use late::LateLog;
pub(crate) use pausing::{PausingLog, Place};
pub(crate) use policies::{PEOPLE, policies, policies_of};
pub(crate) use stepping::SteppingLog;
pub(crate) use story::{last_step, story};
pub(crate) use told::Told;
pub(crate) use world::{World, approve, cast, deny};
