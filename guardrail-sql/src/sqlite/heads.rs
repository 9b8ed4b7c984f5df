//! Signed heads, beside the records.

use sqlx::{SqliteConnection, SqlitePool};

use crate::log::engine::StoredHead;

/// At most `limit` notes of heads behind this size, smallest first.
pub(crate) const NOTES: &str =
    "SELECT size, note FROM guardrail_head WHERE log = ?1 AND size > ?2 ORDER BY size LIMIT ?3";

/// Keeps a head; whether none of its size was there.
pub(super) async fn cover(
    on: &mut SqliteConnection,
    log: i64,
    head: &StoredHead,
) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query(
        "INSERT INTO guardrail_head (log, size, edge, note) SELECT ?1, ?2, ?3, ?4
         WHERE NOT EXISTS (SELECT 1 FROM guardrail_head WHERE log = ?1 AND size = ?2)",
    )
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
    pool: &SqlitePool,
    log: i64,
    head: &StoredHead,
) -> Result<bool, sqlx::Error> {
    let mut on = pool.acquire().await?;
    cover(&mut on, log, head).await
}

/// The newest heads, newest first.
pub(super) async fn newest(
    pool: &SqlitePool,
    log: i64,
    limit: i64,
) -> Result<Vec<StoredHead>, sqlx::Error> {
    let heads: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT size, edge, note FROM guardrail_head WHERE log = ?1 ORDER BY size DESC LIMIT ?2",
    )
    .bind(log)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    Ok(heads.into_iter().map(|(size, edge, note)| StoredHead { size, edge, note }).collect())
}
