//! Inserts records. Values that are bound need not be written as JSON first and read from it again,
//! which took longer than all the rest.

use std::sync::LazyLock;

use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};
use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::log::engine::AtOnce;
use crate::log::process::FRESH;
use crate::log::row::Row;
use crate::sqlite::presence::tick;

/// Most records of one statement.
pub(super) const MOST: usize = 64;

/// So precise, in microseconds, is the clock of a statement.
const PRECISION: i64 = 1000;

/// The statements for 64, 32, .. 1 records: as few as there are powers of two in a number of records.
/// A few statements stay prepared.
static STATEMENTS: LazyLock<Vec<(usize, String)>> = LazyLock::new(|| {
    let sizes = std::iter::successors(Some(MOST), |size| Some(size / 2).filter(|size| *size > 0));
    sizes.map(|size| (size, format!("INSERT INTO {COLUMNS} VALUES {}", values(size)))).collect()
});

/// The statements for 1, 2, .. 64 records that write all of them or none.
static AT_ONCE: LazyLock<Vec<String>> = LazyLock::new(|| (1..=MOST).map(at_once_of).collect());

const COLUMNS: &str = "guardrail_record (log, seq, id, ver, event, was, became, digest, person, \
                       time, writer, prev, leaf, line)";

fn values(size: usize) -> String {
    vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; size].join(", ")
}

fn at_once_of(size: usize) -> String {
    // A statement that writes has the lock of the file before it reads the clock.
    format!(
        "WITH here AS MATERIALIZED (
             SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER) AS clock
             FROM guardrail_log JOIN guardrail_writer AS who ON who.log = number
             WHERE number = ? AND last = ? AND leaf = ? AND writer = ? AND ? - tick < ?
         )
         INSERT INTO {COLUMNS}
         SELECT new.* FROM here CROSS JOIN (VALUES {}) AS new WHERE clock >= ? AND clock < ?",
        values(size)
    )
}

/// Inserts these records, in order.
pub(super) async fn insert(
    on: &mut SqliteConnection,
    log: i64,
    rows: &[Row],
) -> Result<(), sqlx::Error> {
    let mut rest = rows;
    for (size, statement) in &*STATEMENTS {
        while let Some((these, behind)) = rest.split_at_checked(*size) {
            rest = behind;
            // Nothing but question marks is not written here.
            let query = sqlx::query(AssertSqlSafe(statement.as_str()));
            bind(query, log, these).execute(&mut *on).await?;
        }
    }
    Ok(())
}

/// Inserts them in a transaction of their own, or none of them.
pub(super) async fn at_once(
    on: &mut SqliteConnection,
    batch: &AtOnce<'_>,
) -> Result<bool, sqlx::Error> {
    let size = batch.rows.len();
    let Some(statement) = size.checked_sub(1).and_then(|index| AT_ONCE.get(index)) else {
        return Ok(false);
    };
    let fresh = i64::try_from(FRESH.as_micros()).unwrap_or(i64::MAX);
    // Nothing but question marks is not written here.
    let query = sqlx::query(AssertSqlSafe(statement.as_str()))
        .bind(batch.log)
        .bind(batch.last)
        .bind(batch.leaf)
        .bind(batch.writer)
        .bind(tick())
        .bind(fresh);
    let done = bind(query, batch.log, batch.rows)
        .bind(batch.window.from)
        .bind(batch.window.until.saturating_sub(PRECISION))
        .execute(on)
        .await?;
    Ok(done.rows_affected() == size as u64)
}

fn bind<'q>(
    mut query: Query<'q, Sqlite, SqliteArguments>,
    log: i64,
    rows: &'q [Row],
) -> Query<'q, Sqlite, SqliteArguments> {
    for row in rows {
        query = query
            .bind(log)
            .bind(row.seq)
            .bind(&row.id)
            .bind(row.ver)
            .bind(&row.event)
            .bind(&row.was)
            .bind(&row.became)
            .bind(&row.digest)
            .bind(&row.person)
            .bind(row.time)
            .bind(row.writer)
            .bind(&row.prev)
            .bind(&row.leaf)
            .bind(&row.line);
    }
    query
}
