//! What guardrail says and hears over HTTP.
//!
//! So far that is the witness of an audit log: [`HttpWitness`] sends every signed head to an endpoint
//! elsewhere, and [`witness_router`] is such an endpoint.
//!
//! ```no_run
//! use guardrail_api::HttpWitness;
//! use guardrail_core::audit::FileLog;
//! use guardrail_core::audit::proof::{FileSigner, Publisher};
//!
//! # async fn witnessed() -> Result<(), Box<dyn std::error::Error>> {
//! let signer = FileSigner::open("/etc/guardrail/key")?;
//! let log = FileLog::setup("/var/lib/guardrail/audit").signer(signer).open().await?;
//! if let Some(heads) = log.heads() {
//!     let witness = HttpWitness::new("https://witness.example.com/heads")?;
//!     tokio::spawn(Publisher::new(heads).to(witness).run());
//! }
//! # Ok(())
//! # }
//! ```

mod witness;

pub use witness::{HttpWitness, HttpWitnessError, witness_router};
