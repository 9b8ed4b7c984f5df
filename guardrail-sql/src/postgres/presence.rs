//! Who is there, as the database knows it: writers say so, and others read it.

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row as _};

use crate::log::process::{Heard, Holder, Writer};

/// Microseconds since 1970, by the database's clock at this very moment.
macro_rules! clock {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    };
}
pub(super) use clock;

/// Whether the database sees this process on its own machine.
macro_rules! is_here {
    () => {
        "coalesce(inet_client_addr() <<= '127.0.0.0/8' OR inet_client_addr() = '::1', true)"
    };
}

/// The writers that open requests rest on.
pub(super) async fn holders(pool: &PgPool, log: i64) -> Result<Vec<Holder>, sqlx::Error> {
    // Machines that were copied while they ran say they are the same boot of the same machine.
    // So what can be seen of a process counts only where it is on the machine of the database.
    let rows = sqlx::query(concat!(
        "SELECT holder, writer, CASE WHEN ",
        is_here!(),
        " THEN boot END, space, pid, start, beat, ",
        clock!(),
        " - beat
         FROM (SELECT DISTINCT CASE WHEN state = 'started' THEN starter ELSE attendant END
                   AS holder
               FROM guardrail_stream
               WHERE log = $1 AND state IN ('pending', 'approved', 'started')) held
         LEFT JOIN guardrail_writer ON log = $1 AND writer = holder"
    ))
    .bind(log)
    .fetch_all(pool)
    .await?;
    rows.iter().map(holder).collect()
}

/// Says that this writer is there.
pub(super) async fn say(
    on: &mut PgConnection,
    log: i64,
    writer: &Writer,
) -> Result<(), sqlx::Error> {
    sqlx::query(concat!(
        "INSERT INTO guardrail_writer (log, writer, boot, space, pid, start, beat)
         VALUES ($1, $2, CASE WHEN ",
        is_here!(),
        " THEN $3 END, $4, $5, $6, ",
        clock!(),
        ") ON CONFLICT (log, writer) DO UPDATE SET beat = excluded.beat",
    ))
    .bind(log)
    .bind(writer.writer)
    .bind(&writer.boot)
    .bind(&writer.space)
    .bind(writer.pid)
    .bind(writer.start)
    .execute(on)
    .await
    .map(drop)
}

/// The same, and forgets those that have been silent for a day.
pub(super) async fn beat(pool: &PgPool, log: i64, writer: &Writer) -> Result<(), sqlx::Error> {
    let mut on = pool.acquire().await?;
    say(&mut on, log, writer).await?;
    sqlx::query(concat!(
        "DELETE FROM guardrail_writer WHERE log = $1 AND writer <> $2 AND beat < ",
        clock!(),
        " - 86400000000"
    ))
    .bind(log)
    .bind(writer.writer)
    .execute(&mut *on)
    .await
    .map(drop)
}

fn holder(row: &PgRow) -> Result<Holder, sqlx::Error> {
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
