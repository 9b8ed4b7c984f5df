//! Signed heads, beside the records.

use sqlx::{PgConnection, PgPool};

use crate::log::engine::StoredHead;
use crate::postgres::place::Place;

/// At most `limit` notes of heads behind this size, smallest first.
pub(crate) const NOTES: &str =
    "SELECT size, note FROM guardrail_head WHERE log = $1 AND size > $2 ORDER BY size LIMIT $3";

/// Keeps a head; whether none of its size was there.
pub(super) async fn cover(
    on: &mut PgConnection,
    place: &Place,
    log: i64,
    head: &StoredHead,
) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query(place.sql(
        "INSERT INTO guardrail_head (log, size, edge, note) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    ))
    .bind(log)
    .bind(head.size)
    .bind(&head.edge)
    .bind(&head.note)
    .execute(on)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// The same by itself, durable when it returns.
pub(super) async fn keep(
    pool: &PgPool,
    place: &Place,
    log: i64,
    head: &StoredHead,
) -> Result<bool, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query(
        "SELECT CASE WHEN current_setting('synchronous_commit') = 'off'
         THEN set_config('synchronous_commit', 'on', true) END",
    )
    .execute(&mut *transaction)
    .await?;
    let kept = cover(&mut transaction, place, log, head).await?;
    transaction.commit().await?;
    Ok(kept)
}

/// The newest heads, newest first.
pub(super) async fn newest(
    pool: &PgPool,
    place: &Place,
    log: i64,
    limit: i64,
) -> Result<Vec<StoredHead>, sqlx::Error> {
    let heads: Vec<(i64, String, String)> = sqlx::query_as(place.sql(
        "SELECT size, edge, note FROM guardrail_head WHERE log = $1 ORDER BY size DESC LIMIT $2",
    ))
    .bind(log)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    Ok(heads.into_iter().map(|(size, edge, note)| StoredHead { size, edge, note }).collect())
}
