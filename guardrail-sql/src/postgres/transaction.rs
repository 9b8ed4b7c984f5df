//! A body whose effect and whose outcome commit together, or neither.

use std::sync::Arc;
use std::time::Duration;

use guardrail_core::audit::{Append, AuditLog as _, AuditRecord, Error, Standing};
use guardrail_core::desk;
use guardrail_core::gate::{self, Begun, Permit};
use guardrail_core::model::{AuditEvent, Outcome, State};
use sqlx::{Connection as _, PgConnection, Row as _};
use tokio::time::Instant;

use crate::log::batch::Batch;
use crate::log::engine::{Engine as _, Head};
use crate::log::error::Failed;
use crate::log::process::FRESH;
use crate::log::shared::{Shared, standings};
use crate::postgres::PostgresLog;
use crate::postgres::engine::Postgres;
use crate::postgres::error::is_certain;

/// How long each step that is ours may take.
const TRY: Duration = Duration::from_secs(10);

/// How long it is asked what became of a commit: longer than the server lets a transaction of ours idle.
const DOUBT: Duration = Duration::from_secs(12);

/// The pause before that is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// A body that runs in a transaction of the log's own database.
///
/// Effect and outcome commit together: the record that says `completed` is appended in the body's
/// transaction, as the last thing before its commit. Where the process dies before that, or anything
/// fails, neither is there. Other than [`Permit::run`] it also holds up a process that was taken for
/// gone: once its start is recorded as unknown, nothing of the effect commits.
///
/// ```no_run
/// use guardrail_core::gate::{Error, Guardrail};
/// use guardrail_core::model::Intent;
/// use guardrail_sql::{PostgresLog, RunIn as _};
///
/// async fn refund(guardrail: &Guardrail, log: &PostgresLog, order: i64) -> Result<(), BoxError> {
///     let intent = Intent::builder("refund").policy("refunds").arg("order", &order).build()?;
///     let permit = guardrail.authorize(intent).await?;
///     let order: i64 = permit.arg("order")?;
///     permit
///         .run_in(log, async |on| {
///             sqlx::query("UPDATE orders SET refunded = true WHERE id = $1")
///                 .bind(order)
///                 .execute(on)
///                 .await?;
///             Ok(())
///         })
///         .await
/// }
/// # type BoxError = Box<dyn std::error::Error + Send + Sync>;
/// ```
pub trait RunIn {
    /// Runs the body in a transaction of `log`'s database, on a connection of its own with the role of
    /// the log, and commits it together with its outcome. The body neither commits nor rolls back: an
    /// error of the body rolls back, and is recorded as failed. `on.begin()` makes a savepoint.
    ///
    /// The head of the log is locked only between the end of the body and the commit; a body may take
    /// its time.
    ///
    /// # Errors
    /// The body's own, and nothing of its effect is there. [`gate::Error::OtherLog`]: the approval is
    /// in another log, and the body did not begin. [`gate::Error::Unavailable`]: the database failed
    /// before the commit, or no longer lets it complete, and nothing of the effect is there.
    /// [`gate::Error::OutcomeUnknown`]: whether it was committed could not be found out for some seconds,
    /// or the body ended the transaction by itself.
    ///
    /// # Cancel safety
    /// Dropped in the body: nothing of the effect is there, and the outcome is recorded as unknown.
    /// Dropped in the commit: both are there or neither.
    fn run_in<T, E, B>(self, log: &PostgresLog, body: B) -> impl Future<Output = Result<T, E>>
    where
        E: From<gate::Error>,
        B: AsyncFnOnce(&mut PgConnection) -> Result<T, E>;
}

impl RunIn for Permit {
    async fn run_in<T, E, B>(self, log: &PostgresLog, body: B) -> Result<T, E>
    where
        E: From<gate::Error>,
        B: AsyncFnOnce(&mut PgConnection) -> Result<T, E>,
    {
        let shared = log.shared();
        let (found, request) = self.start().ok_or_else(|| unavailable(lost(), "find its start"))?;
        if found != log.id() {
            self.give_up("its transaction belongs to another log").await;
            return Err(gate::Error::OtherLog { request }.into());
        }
        let mut transaction = match Transaction::begin(shared).await {
            Ok(transaction) => transaction,
            Err(failed) => {
                self.give_up("its transaction could not be begun").await;
                return Err(unavailable(failed, "begin a transaction").into());
            }
        };
        let begun = self.begin()?;
        shared.step("transaction begun");
        let ended = begun.body(body(&mut transaction.on)).await;
        shared.step("transaction body ended");
        let value = match ended {
            Ok(value) => value,
            Err(error) => {
                let goes_on = transaction.goes_on().await;
                transaction.roll_back().await;
                let why = "its body ended the transaction by itself";
                let unknown = || Outcome::Unknown { why: why.into() };
                end(begun, if goes_on { failed() } else { unknown() }).await;
                return Err(error);
            }
        };
        match transaction.complete(shared, &begun).await {
            Ok(records) => {
                begun.completed();
                shared.grew(records.iter().map(|record| &**record));
                Ok(value)
            }
            Err(Broken::NotCommitted(failure)) => {
                end(begun, failed()).await;
                Err(unavailable(failure, "complete a transaction").into())
            }
            Err(Broken::InDoubt(number)) => {
                let is_aborted = is_aborted(shared, number).await;
                // Behind the lock of the head: what was under way has happened by then, or never will.
                match begun.end(failed()).await {
                    Ok(Some(Outcome::Completed)) => Ok(value),
                    Ok(Some(Outcome::Failed { .. })) => Err(unavailable(lost(), "commit").into()),
                    Ok(_) | Err(_) if is_aborted => Err(unavailable(lost(), "commit").into()),
                    Ok(_) | Err(_) => Err(gate::Error::OutcomeUnknown { request }.into()),
                }
            }
            Err(Broken::Ended) => {
                let why = "its body ended the transaction by itself".into();
                end(begun, Outcome::Unknown { why }).await;
                Err(gate::Error::OutcomeUnknown { request }.into())
            }
        }
    }
}

/// Why a transaction was not completed.
enum Broken {
    /// Nothing of it is there.
    NotCommitted(Failed),
    /// The commit of the transaction of this number was sent, and not answered.
    InDoubt(i64),
    /// The body has committed or rolled back: nobody knows how much.
    Ended,
}

impl From<sqlx::Error> for Broken {
    fn from(error: sqlx::Error) -> Self {
        Self::NotCommitted(error.into())
    }
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::NotCommitted(error.into())
    }
}

/// An open transaction. Dropped, its connection goes, and it with that.
struct Transaction {
    on: PgConnection,
    /// What tells it from another on the same connection.
    number: i64,
}

impl Transaction {
    async fn begin(shared: &Shared<Postgres>) -> Result<Self, Failed> {
        let begun = in_time(async {
            let mut on = shared.engine.session().await?;
            // Begun by sqlx, so that whatever a body begins with it is a savepoint; ended by its number
            // here, so that nothing a body leaves open turns the commit into the end of a savepoint.
            std::mem::forget(on.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?);
            let asked = sqlx::query_scalar("SELECT pg_catalog.txid_current()");
            let number = asked.fetch_one(&mut on).await?;
            Ok(Self { on, number })
        });
        Ok(begun.await?)
    }

    /// Whether it goes on: the body has not ended it by itself. One that failed cannot say, and has
    /// nothing that could be committed.
    async fn goes_on(&mut self) -> bool {
        let asked = sqlx::query_scalar::<_, i64>("SELECT pg_catalog.txid_current()")
            .fetch_one(&mut self.on);
        in_time(asked).await.map_or(true, |number| number == self.number)
    }

    /// Gives it up; a connection that answers nothing takes it along as it goes.
    async fn roll_back(mut self) {
        let rolled = in_time(async {
            sqlx::raw_sql("ROLLBACK").execute(&mut self.on).await?;
            self.on.close().await
        });
        if let Err(error) = rolled.await {
            tracing::debug!(%error, "a transaction went with its connection");
        }
    }

    /// Appends the completion under the lock of the head, and commits.
    async fn complete(
        mut self,
        shared: &Shared<Postgres>,
        begun: &Begun,
    ) -> Result<Vec<Arc<AuditRecord>>, Broken> {
        let appended = match tokio::time::timeout(TRY, self.append(shared, begun)).await {
            Ok(appended) => appended,
            Err(_) => Err(late().into()),
        };
        let records = match appended {
            Ok(records) => records,
            Err(broken) => {
                self.roll_back().await;
                return Err(broken);
            }
        };
        shared.step("transaction appended");
        let committed = in_time(async { shared.engine.commit(&mut self.on).await }).await;
        match committed {
            Ok(()) => shared.step("transaction committed"),
            // What the server itself refuses has not happened.
            Err(error) if is_certain(&error) => return Err(error.into()),
            Err(error) => {
                tracing::debug!(%error, "a commit was not answered");
                return Err(Broken::InDoubt(self.number));
            }
        }
        // What is committed is committed, however the farewell goes.
        let _ = in_time(self.on.close()).await;
        Ok(records)
    }

    async fn append(
        &mut self,
        shared: &Shared<Postgres>,
        begun: &Begun,
    ) -> Result<Vec<Arc<AuditRecord>>, Broken> {
        let (engine, log) = (&shared.engine, shared.number);
        let (id, started) = begun.start();
        // Whatever the body has put in the way of a name.
        let row = sqlx::query(
            "SELECT pg_catalog.txid_current(),
                 pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true),
                 pg_catalog.current_setting('session_replication_role')",
        )
        .fetch_one(&mut self.on)
        .await?;
        if row.try_get::<i64, _>(0)? != self.number {
            return Err(Broken::Ended);
        }
        if row.try_get::<String, _>(2)? != "origin" {
            // The rules of the log are triggers, which would not be asked.
            let why = "its body has set session_replication_role".into();
            return Err(Error::Illegal { event: "completed".into(), why }.into());
        }
        sqlx::raw_sql(
            "SET LOCAL lock_timeout = '3s'; SET LOCAL idle_in_transaction_session_timeout = '10s'",
        )
        .execute(&mut self.on)
        .await?;
        let head: Head = engine.lock(&mut self.on, log, shared.writer()).await?;
        shared.step("transaction locked");
        let text = id.to_string();
        let found = engine.standings(&mut self.on, log, std::slice::from_ref(&text)).await?;
        let found = standings::<Postgres>(found)?;
        let standing = found.get(&id).copied().unwrap_or(Standing::NEW);
        self.is_still_ours(shared, &text, started.get()).await?;
        let now = shared.time.judge(&head);
        let mut batch = Batch::new(shared.sealer(&head)?, now, found);
        let records =
            batch.add(&Append::new(id, standing.version(), vec![AuditEvent::Completed]))?;
        let fresh = i64::try_from(FRESH.as_micros()).unwrap_or(i64::MAX);
        if let Some(this) = shared.this()
            && head.silent.is_none_or(|silent| silent > fresh)
        {
            shared.lease.saw(head.silent);
            engine.say(&mut self.on, log, this).await?;
        }
        engine.insert(&mut self.on, log, batch.rows()).await?;
        Ok(records)
    }

    /// Since the start nothing but notes was written: it was not recorded as unknown, and no other
    /// process has begun it again.
    async fn is_still_ours(
        &mut self,
        shared: &Shared<Postgres>,
        id: &str,
        started: u64,
    ) -> Result<(), Broken> {
        let lines: Vec<(i64, String)> = sqlx::query_as(shared.engine.place().sql(
            "SELECT seq, line FROM guardrail_record WHERE log = $1 AND id = $2 AND ver > $3
             ORDER BY ver",
        ))
        .bind(shared.number)
        .bind(id)
        .bind(i64::try_from(started).unwrap_or(i64::MAX))
        .fetch_all(&mut self.on)
        .await?;
        for record in shared.records(lines)? {
            let event = record.event();
            if event.step(State::Started) != Some(State::Started) {
                let why = "others have recorded since how it ended".into();
                return Err(Error::Illegal { event: event.name().into(), why }.into());
            }
        }
        Ok(())
    }
}

/// Waits, for a while, until the server has done with a transaction whose commit was not answered; whether
/// it says that nothing of it is there. That it has committed the log says, and it alone: behind a
/// failover another transaction may bear the number.
async fn is_aborted(shared: &Shared<Postgres>, number: i64) -> bool {
    let deadline = Instant::now() + DOUBT;
    while Instant::now() < deadline {
        let asked = in_time(async {
            let mut on = shared.engine.session().await?;
            let status = sqlx::query_scalar("SELECT pg_catalog.txid_status($1)");
            let status: Option<String> = status.bind(number).fetch_one(&mut on).await?;
            on.close().await?;
            Ok(status)
        });
        match asked.await {
            Ok(status) if status.as_deref() != Some("in progress") => {
                return status.as_deref() == Some("aborted");
            }
            Ok(_) => {}
            Err(error) if !Postgres::is_passing(&error) => return false,
            Err(error) => tracing::debug!(%error, "the fate of a commit is asked again"),
        }
        // A pause: a server that has not noticed that a connection is gone notices in its own time.
        tokio::time::sleep(PAUSE).await;
    }
    false
}

fn failed() -> Outcome {
    Outcome::Failed { panicked: false }
}

/// Puts an end on record. What cannot be recorded is found by the recovery of who comes next.
async fn end(begun: Begun, outcome: Outcome) {
    if let Err(error) = begun.end(outcome).await {
        tracing::error!(%error, "the end of a transaction is not on record");
    }
}

fn unavailable(failed: Failed, doing: &'static str) -> gate::Error {
    let source = desk::Error::Log(failed.told::<Postgres>(doing));
    gate::Error::Unavailable { source: source.into() }
}

fn lost() -> Failed {
    late().into()
}

fn late() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}

async fn in_time<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    tokio::time::timeout(TRY, asked).await.unwrap_or_else(|_| Err(late()))
}
