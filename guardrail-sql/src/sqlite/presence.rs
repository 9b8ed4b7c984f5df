//! Who is there, as the database knows it: writers say so, and others read it.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection, SqlitePool};

use crate::log::process::{Heard, Holder, Writer};

/// The writers that open requests rest on.
pub(super) async fn holders(pool: &SqlitePool, log: i64) -> Result<Vec<Holder>, sqlx::Error> {
    let here = Writer::this(0);
    // Beats of this boot of the machine are compared by what the processes of it share; of
    // another one, nothing but the clock on the wall is left.
    let rows = sqlx::query(
        "SELECT holder, writer, boot, space, pid, start, beat,
                iif(boot IS ?2, ?3 - tick, CAST(unixepoch('subsec') * 1000000 AS INTEGER) - beat)
         FROM (SELECT DISTINCT holder FROM guardrail_open WHERE log = ?1)
         LEFT JOIN guardrail_writer ON log = ?1 AND writer = holder",
    )
    .bind(log)
    .bind(here.boot)
    .bind(tick())
    .fetch_all(pool)
    .await?;
    rows.iter().map(holder).collect()
}

/// Says that this writer is there.
pub(super) async fn say(
    on: &mut SqliteConnection,
    log: i64,
    writer: &Writer,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO guardrail_writer (log, writer, boot, space, pid, start, tick, beat)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, CAST(unixepoch('subsec') * 1000000 AS INTEGER))
         ON CONFLICT (log, writer) DO UPDATE SET tick = excluded.tick, beat = excluded.beat",
    )
    .bind(log)
    .bind(writer.writer)
    .bind(&writer.boot)
    .bind(&writer.space)
    .bind(writer.pid)
    .bind(writer.start)
    .bind(tick())
    .execute(on)
    .await
    .map(drop)
}

/// The same, and forgets those that have been silent for a day.
pub(super) async fn beat(
    pool: &SqlitePool,
    log: i64,
    writer: &Writer,
) -> Result<Option<i64>, sqlx::Error> {
    let mut on = pool.acquire().await?;
    let silent: Option<i64> =
        sqlx::query_scalar("SELECT ?3 - tick FROM guardrail_writer WHERE log = ?1 AND writer = ?2")
            .bind(log)
            .bind(writer.writer)
            .bind(tick())
            .fetch_optional(&mut *on)
            .await?;
    say(&mut on, log, writer).await?;
    sqlx::query(
        "DELETE FROM guardrail_writer WHERE log = ?1 AND writer <> ?2
         AND beat < CAST(unixepoch('subsec') * 1000000 AS INTEGER) - 86400000000",
    )
    .bind(log)
    .bind(writer.writer)
    .execute(&mut *on)
    .await?;
    Ok(silent)
}

fn holder(row: &SqliteRow) -> Result<Holder, sqlx::Error> {
    let heard = match row.try_get(1)? {
        Some(writer) => {
            let of = Writer {
                writer,
                boot: row.try_get(2)?,
                space: row.try_get(3)?,
                pid: row.try_get(4)?,
                start: row.try_get(5)?,
            };
            Some(Heard { of, beat: row.try_get(6)?, silent: row.try_get(7)? })
        }
        None => None,
    };
    Ok(Holder { writer: row.try_get(0)?, heard })
}

/// Microseconds by a clock that all processes of this machine share, that nobody sets, and that
/// stops while the machine sleeps.
#[cfg(unix)]
pub(super) fn tick() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec.saturating_mul(1_000_000).saturating_add(now.tv_nsec / 1000)
}

/// Microseconds by the clock of the machine.
#[cfg(not(unix))]
pub(super) fn tick() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
