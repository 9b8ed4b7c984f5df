//! What redacted values were: kept beside the log, where they can be erased without breaking it.
//!
//! The line of a request holds a salted [commitment](crate::model::secret::Commitment) in place of
//! each redacted value. Its [`Opening`], salt and value, is kept here before the request is on
//! record, and is erased after [`Redacted`](crate::model::Redacted) is. So the log says of every
//! value that was kept whether it is still there, and what is there is the very value that was
//! approved.
//!
//! Kept are the values of `redact(x)`. Never kept is one that holds a
//! [`Secret`](crate::model::Secret), looks like a credential, or stands under a name like
//! `password`; nor are values of calls that were refused before anybody was asked.
//!
//! # Contract
//! Whoever implements [`Sidecar`] promises:
//! - `keep` is durable when it returns. All or some of what it was given may be there after an error.
//! - `open` returns what was kept, byte for byte, until it is erased.
//! - After `erase` has returned, nobody finds salt or value in the sidecar again, a restart or loss of
//!   power in between included, and none of their bytes in the files it consists of. What copies
//!   there are elsewhere (backups, replicas, snapshots, blocks that a file system has given back) is
//!   documented.
//! - What is erased is not told apart from what was never kept, and erasing it again is no error.
//! - A [`Label`] is safe as a name. Places and values may hold anything, and never become one.
//! - Nothing of an opening is printed, in errors neither.
//!
//! Every method is safe to drop at any await: it happened or not, or in part as after an error.
//! The crate `guardrail-conformance` holds the suite every implementation passes.

mod check;
mod error;
mod folder;
mod form;
mod ledger;
mod memory;
mod opening;
mod redaction;

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

pub use check::{Checked, Fate, Flaw, Flawed};
pub use error::{Error, RedactError};
pub use folder::FolderSidecar;
pub use ledger::{Erasure, Ledger, Said};
pub use memory::MemorySidecar;
pub use opening::{Label, Opening};
pub use redaction::{Done, Redaction, redact, repeat};

/// Keeps the openings of redacted values, and erases them. See the [module](self) for the contract.
#[async_trait]
pub trait Sidecar: Debug + Send + Sync + 'static {
    /// Keeps these openings; durable when it returns. One that is there already stays as it is.
    ///
    /// # Errors
    /// When not all of them are kept for certain.
    async fn keep(&self, openings: &[Opening]) -> Result<(), Error>;

    /// The opening kept under this label; nothing where none is, or none any more.
    ///
    /// # Errors
    /// `Damaged`: what is kept there cannot be read. Else the storage failed.
    async fn open(&self, label: &Label) -> Result<Option<Opening>, Error>;

    /// Erases what is kept under these labels; how many of them there were. Durable when it returns.
    ///
    /// # Errors
    /// When some of it may still be there: then it is erased again.
    async fn erase(&self, labels: &[Label]) -> Result<usize, Error>;

    /// At most `limit` labels under which something is kept, in their order, behind `after`.
    ///
    /// # Errors
    /// When the storage failed.
    async fn labels(&self, after: Option<Label>, limit: usize) -> Result<Vec<Label>, Error>;
}

const _: Option<&dyn Sidecar> = None;

#[async_trait]
impl<S: Sidecar + ?Sized> Sidecar for Arc<S> {
    async fn keep(&self, openings: &[Opening]) -> Result<(), Error> {
        (**self).keep(openings).await
    }

    async fn open(&self, label: &Label) -> Result<Option<Opening>, Error> {
        (**self).open(label).await
    }

    async fn erase(&self, labels: &[Label]) -> Result<usize, Error> {
        (**self).erase(labels).await
    }

    async fn labels(&self, after: Option<Label>, limit: usize) -> Result<Vec<Label>, Error> {
        (**self).labels(after, limit).await
    }
}
