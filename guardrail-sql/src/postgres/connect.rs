//! The way to the database, and its tables.

use std::str::FromStr as _;
use std::time::Duration;

use guardrail_core::audit::Error;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::time::Instant;

use crate::log::engine::Engine as _;
use crate::postgres::engine::Postgres;
use crate::schema::{Migration, missing};

const MIGRATIONS: &[Migration] = &[
    include_str!("../../migrations/postgres/0001_log.sql"),
    include_str!("../../migrations/postgres/0002_attended.sql"),
    include_str!("../../migrations/postgres/0003_guarded.sql"),
    include_str!("../../migrations/postgres/0004_unknown.sql"),
    include_str!("../../migrations/postgres/0005_opening.sql"),
    include_str!("../../migrations/postgres/0006_heads.sql"),
    include_str!("../../migrations/postgres/0007_at_once.sql"),
];

/// How long a connection is waited for.
const WAIT: Duration = Duration::from_secs(3);

/// How long it is tried to open a log, and the pause between two tries.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

/// Connections that read, or tell other processes.
const READERS: u32 = 8;

/// Connects, and brings the tables up to date.
pub(super) async fn connect(url: &str, own_clock: bool) -> Result<Postgres, Error> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| Error::storage(Postgres::NAME, "read its URL", error))?
        .application_name("guardrail")
        .disable_statement_logging();
    let deadline = Instant::now() + PATIENCE;
    while let Err(error) = prepare(&options).await {
        let passing = error.downcast_ref::<sqlx::Error>().is_some_and(is_worth_another_try);
        if !passing {
            return Err(Error::storage(Postgres::NAME, "make its tables", error));
        }
        if Instant::now() + PAUSE >= deadline {
            return Err(Error::unreachable(Postgres::NAME, "open", error));
        }
        // A pause: the server may just be starting, or another process be making the tables.
        tokio::time::sleep(PAUSE).await;
    }
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
    Ok(Postgres::new(options, pool, own_clock))
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn prepare(options: &PgConnectOptions) -> Result<(), Failure> {
    let connected = tokio::time::timeout(WAIT, options.connect()).await;
    let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    let mut connection = connected.map_err(late)??;
    let made = tokio::time::timeout(PATIENCE, migrate(&mut connection)).await;
    made.map_err(late)??;
    // What was made is made, however the farewell goes.
    let _ = tokio::time::timeout(WAIT, connection.close()).await;
    Ok(())
}

async fn migrate(connection: &mut PgConnection) -> Result<(), Failure> {
    // Asked first: a role that may not make tables opens a log whose tables are there.
    let is_there: bool = sqlx::query_scalar("SELECT to_regclass('guardrail_schema') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !is_there {
        sqlx::raw_sql("CREATE TABLE IF NOT EXISTS guardrail_schema (version BIGINT PRIMARY KEY)")
            .execute(&mut *connection)
            .await?;
    }
    let found: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM guardrail_schema")
        .fetch_one(&mut *connection)
        .await?;
    let schema: String = sqlx::query_scalar("SELECT quote_ident(current_schema())")
        .fetch_one(&mut *connection)
        .await?;
    for (version, statements) in missing(MIGRATIONS, found)? {
        let mut transaction = connection.begin().await?;
        // First: another process that makes the same version waits here, and then fails.
        sqlx::query("INSERT INTO guardrail_schema (version) VALUES ($1)")
            .bind(version)
            .execute(&mut *transaction)
            .await?;
        // The name of the schema, quoted by the database, is all that is not written here.
        let statements = AssertSqlSafe(statements.replace("{schema}", &schema));
        sqlx::raw_sql(statements).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// Also where another process has just made the same table or version.
fn is_worth_another_try(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    let is_race = matches!(code.as_deref(), Some("23505" | "42P07" | "XX000"));
    Postgres::is_passing(error) || is_race
}
