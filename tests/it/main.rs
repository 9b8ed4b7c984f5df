//! The facade as its users meet it: one integration binary.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod approvers;
mod body;
mod bounds;
mod capture;
mod changed;
mod clock;
mod decisions;
#[cfg(all(target_os = "linux", debug_assertions))]
mod development;
mod digest;
mod door;
mod drops;
mod errors;
mod fence;
mod fold;
mod handed_over;
mod interleaved;
mod keys;
mod log_faults;
mod macros;
mod order;
mod own_side;
mod permits;
mod redaction;
mod rejudge;
mod restart;
mod retry;
mod scope;
mod secrets;
mod support;
mod telemetry;
mod tighter;
mod unknown;
mod unrecorded;
mod votes;
mod watch;
