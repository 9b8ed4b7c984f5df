//! The way to the database, and its tables.

use std::time::Duration;

use guardrail_core::audit::Error;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::time::Instant;

use crate::log::engine::Engine as _;
use crate::postgres::address::options;
use crate::postgres::engine::Postgres;
use crate::postgres::place::{Place, PlaceError};
use crate::postgres::rules::{self, Broken};
use crate::schema::{Migration, SchemaError, missing};

/// The tables, the rules over them, and what stands beside a log.
const MIGRATIONS: &[Migration] = &[concat!(
    include_str!("../../migrations/postgres/0001/tables.sql"),
    include_str!("../../migrations/postgres/0001/rules.sql"),
    include_str!("../../migrations/postgres/0001/beside.sql"),
)];

/// How long a connection is waited for.
const WAIT: Duration = Duration::from_secs(3);

/// How long it is tried to open a log, and the pause between two tries.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

/// Connections that read, or tell other processes.
const READERS: u32 = 8;

/// Connects, and brings the tables up to date.
pub(super) async fn connect(url: &str, own_clock: bool) -> Result<Postgres, Error> {
    let options =
        options(url).map_err(|error| Error::storage(Postgres::NAME, "use its URL", error))?;
    let deadline = Instant::now() + PATIENCE;
    let place = loop {
        let error = match prepare(&options).await {
            Ok(place) => break place,
            Err(error) => error,
        };
        if let Failure::Rules(why) = &error {
            let (place, why) = ("its rules".into(), why.to_string().into());
            return Err(Error::Unsafe { log: Postgres::NAME, place, why });
        }
        if !error.is_worth_another_try() {
            return Err(Error::storage(Postgres::NAME, "make its tables", error));
        }
        if Instant::now() + PAUSE >= deadline {
            return Err(Error::unreachable(Postgres::NAME, "open", error));
        }
        // A pause: the server may just be starting, or another process be making the tables.
        tokio::time::sleep(PAUSE).await;
    };
    let pool = PoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .after_release(|connection: &mut PgConnection, _| {
            Box::pin(async {
                // One that answers nothing would keep its place for as long as the wire is waited on.
                let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
                tokio::time::timeout(WAIT, connection.ping()).await.map_err(late)?.map(|()| true)
            })
        })
        .connect_lazy_with(options.clone());
    Ok(Postgres::new(options, place, pool, own_clock))
}

/// Why a log cannot be opened.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error(transparent)]
    Schema(#[from] SchemaError),
    #[error(transparent)]
    Rules(#[from] Broken),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Failure {
    /// Also where another process has just made the same table or version.
    fn is_worth_another_try(&self) -> bool {
        let (Self::Database(error) | Self::Place(PlaceError::Database(error))) = self else {
            return false;
        };
        let code = error.as_database_error().and_then(|error| error.code());
        let is_race = matches!(
            code.as_deref(),
            // The table, or its name in a catalogue, or the type of its rows; "tuple concurrently updated"
            // has no code of its own.
            Some("42P07" | "23505" | "42710" | "XX000")
        );
        Postgres::is_passing(error) || is_race
    }
}

async fn prepare(options: &PgConnectOptions) -> Result<Place, Failure> {
    let connected = tokio::time::timeout(WAIT, options.connect()).await;
    let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    let mut connection = connected.map_err(late)??;
    let made = tokio::time::timeout(PATIENCE, migrate(&mut connection)).await;
    let place = made.map_err(late)??;
    // What was made is made, however the farewell goes.
    let _ = tokio::time::timeout(WAIT, connection.close()).await;
    Ok(place)
}

async fn migrate(on: &mut PgConnection) -> Result<Place, Failure> {
    let place = Place::find(on).await?;
    // Asked first: a role that may not make tables opens a log whose tables are there.
    let name = place.made("{schema}.guardrail_schema");
    let is_there: bool = sqlx::query_scalar("SELECT pg_catalog.to_regclass($1::text) IS NOT NULL")
        .bind(name)
        .fetch_one(&mut *on)
        .await?;
    if is_there {
        rules::look_at_versions(on, &place, false).await??;
    } else {
        let make = "CREATE TABLE IF NOT EXISTS guardrail_schema (version BIGINT PRIMARY KEY)";
        sqlx::raw_sql(place.sql(make)).execute(&mut *on).await?;
    }
    let found = place.sql("SELECT coalesce(max(version), 0::bigint) FROM guardrail_schema");
    let found: i64 = sqlx::query_scalar(found).fetch_one(&mut *on).await?;
    for (version, statements) in missing(MIGRATIONS, found)? {
        // Whoever has made this table has a say in what is written into it.
        rules::look_at_versions(on, &place, true).await??;
        let mut transaction = on.begin().await?;
        // First: another process that makes the same version waits here, and then fails.
        sqlx::query(place.sql("INSERT INTO guardrail_schema (version) VALUES ($1)"))
            .bind(version)
            .execute(&mut *transaction)
            .await?;
        // Nothing that others have put into the schema is meant by a name in these statements.
        let path = "SET LOCAL search_path = pg_catalog, pg_temp; \
                    SET LOCAL standard_conforming_strings = on";
        sqlx::raw_sql(path).execute(&mut *transaction).await?;
        sqlx::raw_sql(AssertSqlSafe(place.made(statements))).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    rules::look(on, &place, &place.made(&MIGRATIONS.concat())).await??;
    Ok(place)
}
