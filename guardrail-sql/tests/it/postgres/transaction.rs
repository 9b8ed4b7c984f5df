//! A body in a transaction: its effect and its outcome are there together, or neither is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use guardrail_core::audit::{Append, AuditLog as _, Inspector, inspect};
use guardrail_core::gate::{Error, Guardrail, Permit, idempotency_key};
use guardrail_core::model::{AuditEvent, Identity, Intent, RequestId, State, Version};
use guardrail_core::policy::PolicySet;
use guardrail_sql::{PostgresLog, RunIn as _, Settings};
use guardrail_test_counterparts::Postgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::server;

/// What a body may end with.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A guardrail over a log, and a table that bodies change.
pub(super) struct Bed {
    server: Arc<Postgres>,
    name: String,
    table: String,
    pub(super) log: Arc<PostgresLog>,
    guardrail: Guardrail,
}

impl Bed {
    async fn new() -> Option<Self> {
        let server = server::server()?;
        let url = server.url("postgres");
        Some(Self::over(server, &url).await)
    }

    pub(super) async fn over(server: Arc<Postgres>, url: &str) -> Self {
        Self::with(server, url, |_| {}).await
    }

    pub(super) async fn with(
        server: Arc<Postgres>,
        url: &str,
        steps: impl Fn(&'static str) + Send + Sync + 'static,
    ) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let table = format!("effects_{}", MADE.fetch_add(1, Ordering::Relaxed));
        let name = server::name();
        let made = format!(
            "CREATE TABLE {table} (n BIGINT PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, key TEXT)"
        );
        execute(&server, &made).await;
        let settings = Settings::new().name(&name).unwrap().steps(Arc::new(steps));
        let log = Arc::new(PostgresLog::connect_with(url, settings).await.unwrap());
        let guardrail = guardrail(&log).await;
        Self { server, name, table, log, guardrail }
    }

    pub(super) async fn permit(&self) -> Permit {
        let intent = Intent::builder("refund").policy("free").arg("order", "1042");
        self.guardrail.authorize(intent).await.unwrap()
    }

    /// One more row.
    pub(super) fn effect(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!("INSERT INTO {} VALUES (1, $1)", self.table))
    }

    /// The effect is there as often as its outcome says it is.
    pub(super) async fn check(&self, id: RequestId, state: State) {
        let settings = Settings::new().name(&self.name).unwrap();
        let url = self.server.url("postgres");
        let log = PostgresLog::connect_with(&url, settings).await.unwrap();
        assert_eq!(self.state(id).await, state);
        assert_eq!(self.effects().await, i64::from(state == State::Completed), "{state}");
        inspect(&log, Inspector::new().complete()).await.unwrap();
    }

    pub(super) async fn effects(&self) -> i64 {
        let mut on = PgConnection::connect(&self.server.url("postgres")).await.unwrap();
        let count = AssertSqlSafe(format!("SELECT count(*) FROM {}", self.table));
        sqlx::query_scalar(count).fetch_one(&mut on).await.unwrap()
    }

    /// Where the request stands, by the database itself.
    pub(super) async fn state(&self, id: RequestId) -> State {
        let mut on = PgConnection::connect(&self.server.url("postgres")).await.unwrap();
        let state: String = sqlx::query_scalar(
            "SELECT state FROM guardrail_stream JOIN guardrail_log ON number = log \
             WHERE name = $1 AND guardrail_stream.id = $2",
        )
        .bind(&self.name)
        .bind(id.to_string())
        .fetch_one(&mut on)
        .await
        .unwrap();
        State::ALL.into_iter().find(|known| known.to_string() == state).unwrap()
    }
}

async fn guardrail(log: &Arc<PostgresLog>) -> Guardrail {
    let policies = PolicySet::parse("[people.bob]\n[policies.free]\neffect = \"allow\"\n");
    let builder = Guardrail::builder().agent("deploy-bot").policies(policies.unwrap());
    builder.audit_log(Arc::clone(log)).build().await.unwrap()
}

async fn execute(server: &Postgres, statement: &str) {
    let mut on = PgConnection::connect(&server.url("postgres")).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut on).await.unwrap();
}

pub(super) fn id(permit: &Permit) -> RequestId {
    permit.start().unwrap().1
}

/// The error of the gate in what a body's call ended with.
pub(super) fn of_gate<T: std::fmt::Debug>(ended: Result<T, Failure>) -> Error {
    *ended.unwrap_err().downcast::<Error>().unwrap()
}

/// In a task of its own, so that it is known to be `Send`.
#[tokio::test]
async fn effect_and_outcome_commit_together() {
    let Some(bed) = Bed::new().await else { return };
    let permit = bed.permit().await;
    let request = id(&permit);
    let (log, effect) = (Arc::clone(&bed.log), bed.effect());
    let ran = tokio::spawn(async move {
        permit
            .run_in(&log, async |on| {
                let key = idempotency_key().unwrap().to_string();
                sqlx::query(effect).bind(&key).execute(&mut *on).await?;
                Ok::<_, Failure>(key)
            })
            .await
    });
    let key = ran.await.unwrap().unwrap();
    assert_eq!(key.len(), 36);
    bed.check(request, State::Completed).await;
    // Whoever waits on the log hears of it.
    let seen = Version::new(2);
    tokio::time::timeout(Duration::from_secs(5), bed.log.changed(request, seen))
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn an_error_of_the_body_leaves_nothing_of_it() {
    let Some(bed) = Bed::new().await else { return };
    let permit = bed.permit().await;
    let request = id(&permit);
    let ran = permit.run_in(&bed.log, async |on| {
        sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
        Err::<(), Failure>("it went wrong".into())
    });
    assert_eq!(ran.await.unwrap_err().to_string(), "it went wrong");
    bed.check(request, State::Failed).await;
}

#[tokio::test]
async fn what_the_database_refuses_at_the_commit_is_not_there() {
    let Some(bed) = Bed::new().await else { return };
    let permit = bed.permit().await;
    let request = id(&permit);
    let ran = permit.run_in(&bed.log, async |on| {
        // Twice the same key, which the table finds at the commit.
        for _ in 0..2 {
            sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
        }
        Ok::<_, Failure>(())
    });
    let error = of_gate(ran.await);
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    bed.check(request, State::Failed).await;
}

#[tokio::test]
async fn a_body_that_hides_an_error_commits_nothing() {
    let Some(bed) = Bed::new().await else { return };
    let permit = bed.permit().await;
    let request = id(&permit);
    let ran = permit.run_in(&bed.log, async |on| {
        sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
        let _ = sqlx::raw_sql("SELECT 1 / 0").execute(&mut *on).await;
        Ok::<_, Failure>(())
    });
    let error = of_gate(ran.await);
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    bed.check(request, State::Failed).await;
}

#[tokio::test]
async fn a_body_that_ends_the_transaction_leaves_its_outcome_unknown() {
    for ends in ["COMMIT", "ROLLBACK", "COMMIT; BEGIN"] {
        let Some(bed) = Bed::new().await else { return };
        let permit = bed.permit().await;
        let request = id(&permit);
        let ran = permit.run_in(&bed.log, async |on| {
            sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
            sqlx::raw_sql(ends).execute(&mut *on).await?;
            Ok::<_, Failure>(())
        });
        let error = of_gate(ran.await);
        assert!(matches!(error, Error::OutcomeUnknown { .. }), "{ends}: {error:?}");
        assert_eq!(bed.state(request).await, State::Unknown, "{ends}");
    }
}

/// `begin` of sqlx within the body is a savepoint: what it rolls back is not there, and what it commits is
/// there only with the outcome.
#[tokio::test]
async fn a_transaction_within_the_body_is_a_part_of_it() {
    for (commits, fails) in [(true, false), (false, false), (true, true)] {
        let Some(bed) = Bed::new().await else { return };
        let permit = bed.permit().await;
        let request = id(&permit);
        let ran = permit.run_in(&bed.log, async |on| {
            let mut within = on.begin().await?;
            let twice = AssertSqlSafe(format!("INSERT INTO {} VALUES (2, 'x')", bed.table));
            sqlx::query(twice).execute(&mut *within).await?;
            if commits {
                within.commit().await?;
            } else {
                within.rollback().await?;
                sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
            }
            if fails { Err::<(), Failure>("after all".into()) } else { Ok(()) }
        });
        assert_eq!(ran.await.is_err(), fails);
        bed.check(request, if fails { State::Failed } else { State::Completed }).await;
    }
}

/// Would catch a commit that ends no more than what a body has left open.
#[tokio::test]
async fn what_a_body_leaves_open_is_committed_with_it() {
    let Some(bed) = Bed::new().await else { return };
    let permit = bed.permit().await;
    let request = id(&permit);
    let ran = permit.run_in(&bed.log, async |on| {
        let mut within = on.begin().await?;
        sqlx::query(bed.effect()).bind("x").execute(&mut *within).await?;
        std::mem::forget(within);
        Ok::<_, Failure>(())
    });
    ran.await.unwrap();
    bed.check(request, State::Completed).await;
}

/// What was committed before the error is there: that is no plain failure.
#[tokio::test]
async fn an_error_behind_the_end_of_the_transaction_leaves_its_outcome_unknown() {
    for (ends, state) in [("COMMIT; BEGIN", State::Unknown), ("SAVEPOINT a", State::Failed)] {
        let Some(bed) = Bed::new().await else { return };
        let permit = bed.permit().await;
        let request = id(&permit);
        let ran = permit.run_in(&bed.log, async |on| {
            sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
            sqlx::raw_sql(ends).execute(&mut *on).await?;
            Err::<(), Failure>("too late".into())
        });
        assert_eq!(ran.await.unwrap_err().to_string(), "too late");
        assert_eq!(bed.state(request).await, state, "{ends}");
    }
}

#[tokio::test]
async fn a_body_that_turns_the_rules_of_the_log_off_commits_nothing() {
    let Some(bed) = Bed::new().await else { return };
    let permit = bed.permit().await;
    let request = id(&permit);
    let ran = permit.run_in(&bed.log, async |on| {
        sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
        sqlx::raw_sql("SET LOCAL session_replication_role = replica").execute(&mut *on).await?;
        Ok::<_, Failure>(())
    });
    let error = of_gate(ran.await);
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    assert_eq!(bed.effects().await, 0);
    bed.check(request, State::Failed).await;
}

#[tokio::test]
async fn what_a_body_sets_for_itself_changes_nothing_for_the_log() {
    let Some(bed) = Bed::new().await else { return };
    let permit = bed.permit().await;
    let request = id(&permit);
    let ran = permit.run_in(&bed.log, async |on| {
        sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
        let set = "SET LOCAL search_path = pg_catalog; SET LOCAL synchronous_commit = off";
        sqlx::raw_sql(set).execute(&mut *on).await?;
        Ok::<_, Failure>(())
    });
    ran.await.unwrap();
    bed.check(request, State::Completed).await;
}

#[tokio::test]
async fn a_permit_of_another_log_is_refused_before_the_body() {
    let Some(bed) = Bed::new().await else { return };
    let Some(other) = Bed::new().await else { return };
    let permit = bed.permit().await;
    let request = id(&permit);
    let ran = permit.run_in(&other.log, async |_| Err::<(), Failure>("it ran".into()));
    let error = of_gate(ran.await);
    assert!(matches!(error, Error::OtherLog { request: of } if of == request), "{error:?}");
    bed.check(request, State::Aborted).await;
}

/// Notes may come while the body runs; a word on its end may not.
#[tokio::test]
async fn it_completes_its_own_start_and_no_other() {
    for is_taken_for_gone in [false, true] {
        let Some(bed) = Bed::new().await else { return };
        let permit = bed.permit().await;
        let request = id(&permit);
        let ran = permit.run_in(&bed.log, async |on| {
            sqlx::query(bed.effect()).bind("x").execute(&mut *on).await?;
            let review = bed.guardrail.review(request, "web").await?;
            review.comment(Identity::person("bob"), "how is it going?").await?;
            if is_taken_for_gone {
                // Another process, and another start: this one is of the past.
                let digest = review.request().intent().digest();
                let events = vec![
                    AuditEvent::Unknown { why: "gone".into() },
                    AuditEvent::Retried { digest, call: None },
                ];
                bed.log.append(&Append::new(request, Version::new(3), events)).await?;
            }
            Ok::<_, Failure>(())
        });
        let ran = ran.await;
        if is_taken_for_gone {
            let error = of_gate(ran);
            assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
            assert_eq!(bed.effects().await, 0, "nothing commits behind its back");
            assert_eq!(bed.state(request).await, State::Started, "the other start ends by itself");
        } else {
            ran.unwrap();
            bed.check(request, State::Completed).await;
        }
    }
}
