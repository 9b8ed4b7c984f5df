//! The key beside the file of a log.

use std::ffi::OsString;
use std::path::Path;

use guardrail_core::audit::Error;
use guardrail_core::audit::proof::FileSigner;
use sqlx::Connection as _;

use crate::log::engine::Engine as _;
use crate::sqlite::engine::Sqlite;

impl Sqlite {
    /// Opens the key beside the file, or makes it, under the lock of the file: of processes that
    /// open a log at a time one makes its key.
    pub(super) async fn signer(&self, path: &Path) -> Result<FileSigner, Error> {
        let failed = |error: sqlx::Error| Error::storage(Self::NAME, "open its key", error);
        let mut key = OsString::from(path);
        key.push(".key");
        let mut lock = self.session().await.map_err(failed)?;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut lock).await.map_err(failed)?;
        let opened = tokio::task::spawn_blocking(move || FileSigner::open(key)).await;
        lock.close().await.map_err(failed)?;
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
            Error::storage(Self::NAME, "open its key", error)
        };
        let opened = opened.map_err(|error| failed(error.into()))?;
        opened.map_err(|error| failed(error.into()))
    }
}
