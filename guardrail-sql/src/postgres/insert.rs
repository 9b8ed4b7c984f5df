//! Inserts records: one statement for any number of them.

use sqlx::PgConnection;
use sqlx::postgres::{PgArguments, Postgres};
use sqlx::query::Query;

use crate::log::engine::AtOnce;
use crate::log::process::FRESH;
use crate::log::row::{Row, number};
use crate::postgres::place::Place;
use crate::postgres::presence::clock;

/// What is written where. The log is `$1`, then comes an array a column.
macro_rules! columns {
    () => {
        "INSERT INTO guardrail_record (log, seq, id, ver, event, was, became, digest, person,
                                       time, writer, prev, leaf, line)
         SELECT $1, seq, id, ver, event, was, became, digest, person,
                time, writer, prev, leaf, line
         FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
                     $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::text[],
                     $13::text[], $14::text[])
             AS new (seq, id, ver, event, was, became, digest, person,
                     time, writer, prev, leaf, line)"
    };
}

/// Inserts these records, in order.
pub(super) async fn insert(
    on: &mut PgConnection,
    place: &Place,
    log: i64,
    rows: &[Row],
) -> Result<(), sqlx::Error> {
    let query = sqlx::query(place.sql(concat!(columns!(), " ORDER BY seq")));
    let done = bind(query, log, rows).execute(on).await?;
    // A rule or a trigger of somebody else's may swallow a record and say nothing.
    if done.rows_affected() == number(rows.len() as u64).unsigned_abs() {
        Ok(())
    } else {
        Err(sqlx::Error::Protocol("the database has not taken every record".to_owned()))
    }
}

/// Inserts them in a transaction of their own, or none of them.
pub(super) async fn at_once(
    on: &mut PgConnection,
    place: &Place,
    batch: &AtOnce<'_>,
) -> Result<bool, sqlx::Error> {
    // The clock is read once the lock is there, however long it was waited for.
    let query = sqlx::query(place.sql(concat!(
        "WITH head AS MATERIALIZED (
             SELECT last, leaf FROM guardrail_log WHERE number = $1 FOR UPDATE
         ), here AS MATERIALIZED (
             SELECT ",
        clock!(),
        " AS clock, CASE WHEN current_setting('synchronous_commit') = 'off'
                 THEN set_config('synchronous_commit', 'on', true) END AS durable
             FROM head WHERE last = $15 AND leaf = $16
         ) ",
        columns!(),
        ", here WHERE clock >= $17 AND clock < $18 AND coalesce(durable, 'on') = 'on'
             AND clock - (SELECT beat FROM guardrail_writer WHERE log = $1 AND writer = $19) < $20
         ORDER BY seq"
    )));
    let fresh = i64::try_from(FRESH.as_micros()).unwrap_or(i64::MAX);
    let done = bind(query, batch.log, batch.rows)
        .bind(batch.last)
        .bind(batch.leaf)
        .bind(batch.window.from)
        .bind(batch.window.until)
        .bind(batch.writer)
        .bind(fresh)
        .execute(on)
        .await?;
    Ok(done.rows_affected() == number(batch.rows.len() as u64).unsigned_abs())
}

fn bind<'q>(
    query: Query<'q, Postgres, PgArguments>,
    log: i64,
    rows: &'q [Row],
) -> Query<'q, Postgres, PgArguments> {
    fn column<'r, T>(rows: &'r [Row], of: impl Fn(&'r Row) -> T) -> Vec<T> {
        rows.iter().map(of).collect()
    }
    query
        .bind(log)
        .bind(column(rows, |row| row.seq))
        .bind(column(rows, |row| row.id.as_str()))
        .bind(column(rows, |row| row.ver))
        .bind(column(rows, |row| row.event.as_str()))
        .bind(column(rows, |row| row.was.as_str()))
        .bind(column(rows, |row| row.became.as_str()))
        .bind(column(rows, |row| row.digest.as_deref()))
        .bind(column(rows, |row| row.person.as_deref()))
        .bind(column(rows, |row| row.time))
        .bind(column(rows, |row| row.writer))
        .bind(column(rows, |row| row.prev.as_str()))
        .bind(column(rows, |row| row.leaf.as_str()))
        .bind(column(rows, |row| row.line.as_str()))
}
