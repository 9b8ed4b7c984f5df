//! Inserts records: one statement for any number of them.

use sqlx::PgConnection;

use crate::log::row::Row;

/// Inserts these records, in order.
pub(super) async fn insert(
    on: &mut PgConnection,
    log: i64,
    rows: &[Row],
) -> Result<(), sqlx::Error> {
    fn column<T>(rows: &[Row], of: impl Fn(&Row) -> T) -> Vec<T> {
        rows.iter().map(of).collect()
    }
    sqlx::query(
        "INSERT INTO guardrail_record (log, seq, id, ver, event, was, became, digest, person,
                                           time, writer, prev, leaf, line)
             SELECT $1, seq, id, ver, event, was, became, digest, person,
                    time, writer, prev, leaf, line
             FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
                         $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::text[],
                         $13::text[], $14::text[])
                 AS new (seq, id, ver, event, was, became, digest, person,
                         time, writer, prev, leaf, line)
             ORDER BY seq",
    )
    .bind(log)
    .bind(column(rows, |row| row.seq))
    .bind(column(rows, |row| row.id.clone()))
    .bind(column(rows, |row| row.ver))
    .bind(column(rows, |row| row.event.clone()))
    .bind(column(rows, |row| row.was.clone()))
    .bind(column(rows, |row| row.became.clone()))
    .bind(column(rows, |row| row.digest.clone()))
    .bind(column(rows, |row| row.person.clone()))
    .bind(column(rows, |row| row.time))
    .bind(column(rows, |row| row.writer))
    .bind(column(rows, |row| row.prev.clone()))
    .bind(column(rows, |row| row.leaf.clone()))
    .bind(column(rows, |row| row.line.clone()))
    .execute(on)
    .await
    .map(drop)
}
