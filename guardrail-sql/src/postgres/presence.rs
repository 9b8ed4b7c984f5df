//! Who is there, as the database knows it: writers say so, and others read it.

use guardrail_core::model::RequestId;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row as _};

use crate::log::process::{Heard, Holder, Writer};
use crate::postgres::place::Place;

/// Microseconds since 1970, by the database's clock at this very moment. The operator is named in
/// full: of those for exactly these types there is none, so that another could step in.
macro_rules! clock {
    () => {
        "(extract(epoch FROM clock_timestamp()) OPERATOR(pg_catalog.*) 1000000)::bigint"
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
pub(super) async fn holders(
    pool: &PgPool,
    place: &Place,
    log: i64,
) -> Result<Vec<Holder>, sqlx::Error> {
    // Machines that were copied while they ran say they are the same boot of the same machine.
    // So what can be seen of a process counts only where it is on the machine of the database.
    let rows = sqlx::query(place.sql(concat!(
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
    )))
    .bind(log)
    .fetch_all(pool)
    .await?;
    rows.iter().map(holder).collect()
}

/// Started requests that rest on writers of whom nothing was heard since that beat.
pub(super) async fn started(
    pool: &PgPool,
    place: &Place,
    log: i64,
    gone: &[(i64, i64)],
    limit: i64,
) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let (writers, beats): (Vec<i64>, Vec<i64>) = gone.iter().copied().unzip();
    sqlx::query_as(place.sql(
        "SELECT id, version FROM guardrail_stream held
         LEFT JOIN guardrail_writer who ON who.log = held.log AND writer = starter
         WHERE held.log = $1 AND state IN ('pending', 'approved', 'started')
             AND state = 'started' AND (starter, coalesce(beat, -1))
                 IN (SELECT * FROM unnest($2::bigint[], $3::bigint[]))
         ORDER BY first LIMIT $4",
    ))
    .bind(log)
    .bind(writers)
    .bind(beats)
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Pending and approved requests behind this one which such writers look after, with their versions.
pub(super) async fn unattended(
    pool: &PgPool,
    place: &Place,
    log: i64,
    after: Option<RequestId>,
    gone: &[(i64, i64)],
    limit: i64,
) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let (writers, beats): (Vec<i64>, Vec<i64>) = gone.iter().copied().unzip();
    sqlx::query_as(place.sql(
        "SELECT id, version FROM guardrail_stream held
         LEFT JOIN guardrail_writer who ON who.log = held.log AND writer = attendant
         WHERE held.log = $1 AND state IN ('pending', 'approved', 'started')
             AND state <> 'started' AND (attendant, coalesce(beat, -1))
                 IN (SELECT * FROM unnest($2::bigint[], $3::bigint[]))
             AND first > coalesce(
                 (SELECT first FROM guardrail_stream WHERE log = $1 AND id = $4), 0)
         ORDER BY first LIMIT $5",
    ))
    .bind(log)
    .bind(writers)
    .bind(beats)
    .bind(after.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Says that this writer is there.
pub(super) async fn say(
    on: &mut PgConnection,
    place: &Place,
    log: i64,
    writer: &Writer,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(place.sql(concat!(
        "WITH before AS MATERIALIZED (
             SELECT ",
        clock!(),
        " - beat AS silent FROM guardrail_writer WHERE log = $1 AND writer = $2
         )
         INSERT INTO guardrail_writer (log, writer, boot, space, pid, start, beat)
         VALUES ($1, $2, CASE WHEN ",
        is_here!(),
        " THEN $3 END, $4, $5, $6, ",
        clock!(),
        ") ON CONFLICT (log, writer) DO UPDATE SET beat = excluded.beat
         RETURNING (SELECT silent FROM before)",
    )))
    .bind(log)
    .bind(writer.writer)
    .bind(&writer.boot)
    .bind(&writer.space)
    .bind(writer.pid)
    .bind(writer.start)
    .fetch_one(on)
    .await
}

/// The same, and forgets those that have been silent for a day.
pub(super) async fn beat(
    pool: &PgPool,
    place: &Place,
    log: i64,
    writer: &Writer,
) -> Result<Option<i64>, sqlx::Error> {
    let mut on = pool.acquire().await?;
    let silent = say(&mut on, place, log, writer).await?;
    sqlx::query(place.sql(concat!(
        "DELETE FROM guardrail_writer WHERE log = $1 AND writer <> $2 AND beat < ",
        clock!(),
        " - 86400000000"
    )))
    .bind(log)
    .bind(writer.writer)
    .execute(&mut *on)
    .await?;
    Ok(silent)
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

/// Microseconds by a clock that goes on while this machine sleeps, as the database's does.
#[cfg(unix)]
pub(super) fn tick() -> i64 {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = rustix::time::ClockId::Boottime;
    // Elsewhere that is the one there is.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = rustix::time::ClockId::Monotonic;
    let now = rustix::time::clock_gettime(clock);
    now.tv_sec.saturating_mul(1_000_000).saturating_add(now.tv_nsec / 1000)
}

/// Microseconds by the clock of the machine.
#[cfg(not(unix))]
pub(super) fn tick() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
