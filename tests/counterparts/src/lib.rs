//! Programs of other people that tests talk to: where they are, how to start them, and how to end them.
//!
//! `cargo xtask test` installs them and says where; a plain `cargo test` runs without them, and each test that
//! needs one says aloud that it did not run:
//!
//! ```
//! use guardrail_test_counterparts::Counterparts;
//!
//! let Some(parts) = Counterparts::find("our proofs against pymerkle") else { return Ok(()) };
//! let said = parts.python().args(["-c", "import pymerkle; print('here')"]).output()?;
//! assert_eq!(said.stdout, b"here\n");
//! # Ok::<(), std::io::Error>(())
//! ```

mod counterparts;
mod dialogue;
#[cfg(unix)]
mod postgres;
mod running;

pub use crate::counterparts::Counterparts;
pub use crate::dialogue::Dialogue;
#[cfg(unix)]
pub use crate::postgres::Postgres;
pub use crate::running::Running;
