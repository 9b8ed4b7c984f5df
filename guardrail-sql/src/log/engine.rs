//! What a database does for a log: the few statements that differ from one to the other.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use guardrail_core::clock::Clock;
use guardrail_core::model::RequestId;

use crate::log::ahead::Window;
use crate::log::process::{Holder, Writer};
use crate::log::row::Row;

/// The head of a log: its last record, and the time.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// The place of the last record; 0 without any.
    pub(crate) last: i64,
    /// Its leaf hash, in hexadecimal.
    pub(crate) leaf: String,
    /// Its time, in microseconds.
    pub(crate) time: i64,
    /// The database's time, where that is the log's clock.
    pub(crate) clock: Option<i64>,
    /// The database's time, whichever clock is the log's.
    pub(crate) wall: i64,
    /// Microseconds since the writer that asks was heard of; nothing where it was not.
    pub(crate) silent: Option<i64>,
}

/// A log of this name, as the database knows it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// Its number in this database.
    pub(crate) number: i64,
    /// Its id.
    pub(crate) id: String,
    /// Its head.
    pub(crate) head: Head,
}

/// A record as it is stored: its place, and its line.
pub(crate) type Stored = (i64, String);

/// A signed head as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredHead {
    /// How many records it covers.
    pub(crate) size: i64,
    /// The right edge of the tree over all of them but the last, in hexadecimal.
    pub(crate) edge: String,
    /// The signed note.
    pub(crate) note: String,
}

/// A batch that is written by one statement, or not at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtOnce<'b> {
    /// The log.
    pub(crate) log: i64,
    /// The writer, which was heard of lately.
    pub(crate) writer: i64,
    /// The place of the record it follows.
    pub(crate) last: i64,
    /// The leaf hash of that, in hexadecimal.
    pub(crate) leaf: &'b str,
    /// When it may be written.
    pub(crate) window: Window,
    /// What is written.
    pub(crate) rows: &'b [Row],
}

/// A database. Every call may fail by whatever the driver says; nothing is tried again here.
#[async_trait]
pub(crate) trait Engine: Debug + Send + Sync + 'static {
    /// A connection of the one writer.
    type Session: Send + 'static;

    /// The name of this kind of log in errors.
    const NAME: &'static str;

    /// How long, in milliseconds, another process's record may stay unseen by who waits for it,
    /// where nothing told of it.
    const POLL: u64;

    /// Most records that one statement writes by itself.
    const AT_ONCE: usize;

    /// Connects the writer.
    async fn session(&self) -> Result<Self::Session, sqlx::Error>;

    /// The log of this name, made with this id where there is none. The tables are there.
    async fn log(&self, name: &str, fresh: &str, start: &str) -> Result<Known, sqlx::Error>;

    /// The clock of a log that was given none.
    fn clock() -> Arc<dyn Clock>;

    /// Microseconds by what this process has that is nearest to the clock by which others see how long it
    /// is silent. Never told by one that stands still while theirs goes on.
    fn tick() -> i64;

    /// Begins a transaction in which this writer alone writes this log.
    async fn begin(
        &self,
        on: &mut Self::Session,
        log: i64,
        writer: i64,
    ) -> Result<Head, sqlx::Error>;

    /// Where these streams stand: id, version, state.
    async fn standings(
        &self,
        on: &mut Self::Session,
        log: i64,
        ids: &[String],
    ) -> Result<Vec<(String, i64, String)>, sqlx::Error>;

    /// The leaf hash of the record at this place, in the transaction.
    async fn leaf(
        &self,
        on: &mut Self::Session,
        log: i64,
        seq: i64,
    ) -> Result<Option<String>, sqlx::Error>;

    /// Writes records, in the transaction.
    async fn insert(
        &self,
        on: &mut Self::Session,
        log: i64,
        rows: &[Row],
    ) -> Result<(), sqlx::Error>;

    /// Keeps a head, in the transaction; whether none of its size was there.
    async fn cover(
        &self,
        on: &mut Self::Session,
        log: i64,
        head: &StoredHead,
    ) -> Result<bool, sqlx::Error>;

    /// The same by itself, durable when it returns.
    async fn keep(&self, log: i64, head: &StoredHead) -> Result<bool, sqlx::Error>;

    /// The newest heads, newest first.
    async fn heads(&self, log: i64, limit: i64) -> Result<Vec<StoredHead>, sqlx::Error>;

    /// Writes a batch by one statement that is a transaction by itself, durable when it returns. Whether
    /// it did: nothing is written where the head is another, where its clock says that it is not the
    /// time once it has the lock of the head, or where nothing was heard of the writer for long.
    async fn at_once(
        &self,
        on: &mut Self::Session,
        batch: &AtOnce<'_>,
    ) -> Result<bool, sqlx::Error>;

    /// Whether the clock that its statements read is the log's.
    fn keeps_time(&self) -> bool;

    /// Makes the transaction durable.
    async fn commit(&self, on: &mut Self::Session) -> Result<(), sqlx::Error>;

    /// Gives the transaction up.
    async fn rollback(&self, on: &mut Self::Session) -> Result<(), sqlx::Error>;

    /// Tells other processes that a log has grown. Nothing rests on it.
    fn tell(&self, log: i64);

    /// Returns when another process may have written. Nothing rests on it.
    async fn told(&self, log: i64);

    /// The head, outside of any transaction.
    async fn head(&self, log: i64) -> Result<Head, sqlx::Error>;

    /// How many events a stream holds.
    async fn version(&self, log: i64, id: &str) -> Result<i64, sqlx::Error>;

    /// The records of a stream behind this version, in order.
    async fn stream(&self, log: i64, id: &str, after: i64) -> Result<Vec<Stored>, sqlx::Error>;

    /// At most `limit` records behind this place, in order, of at most so many bytes, but one.
    async fn page(
        &self,
        log: i64,
        after: i64,
        limit: i64,
        bytes: i64,
    ) -> Result<Vec<Stored>, sqlx::Error>;

    /// The streams of at most `limit` records behind this place, with those places.
    async fn moved(
        &self,
        log: i64,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, String)>, sqlx::Error>;

    /// The open requests behind this one.
    async fn open(
        &self,
        log: i64,
        after: Option<RequestId>,
        limit: i64,
    ) -> Result<Vec<String>, sqlx::Error>;

    /// The writers that open requests rest on. One statement: whoever holds one when it is listed
    /// is listed as it was then.
    async fn holders(&self, log: i64) -> Result<Vec<Holder>, sqlx::Error>;

    /// Started requests of these writers, of those of whom nothing was heard since that beat; with their
    /// versions.
    async fn started(
        &self,
        log: i64,
        gone: &[(i64, i64)],
        limit: i64,
    ) -> Result<Vec<(String, i64)>, sqlx::Error>;

    /// Pending and approved requests behind this one which these writers look after, of those of
    /// whom nothing was heard since that beat; with their versions.
    async fn unattended(
        &self,
        log: i64,
        after: Option<RequestId>,
        gone: &[(i64, i64)],
        limit: i64,
    ) -> Result<Vec<(String, i64)>, sqlx::Error>;

    /// Says that this writer is there; in the transaction, where there is one.
    async fn say(
        &self,
        on: &mut Self::Session,
        log: i64,
        writer: &Writer,
    ) -> Result<(), sqlx::Error>;

    /// Says that this writer is there; forgets those that have been silent for a day. Returns for how many
    /// microseconds it was silent before, by the clock of the others; nothing where it was not known.
    async fn beat(&self, log: i64, writer: &Writer) -> Result<Option<i64>, sqlx::Error>;

    /// Says that this writer has left.
    async fn leave(&self, log: i64, writer: i64) -> Result<(), sqlx::Error>;

    /// Closes the connections that read.
    async fn close(&self);

    /// Whether the database refused what it was told because it breaks a rule.
    fn is_refusal(error: &sqlx::Error) -> bool;

    /// Whether what it says is proof that the statement or the commit it was told has not happened.
    fn is_certain(error: &sqlx::Error) -> bool;

    /// Whether it may go better a moment later.
    fn is_passing(error: &sqlx::Error) -> bool;
}
