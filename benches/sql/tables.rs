//! The least that a log of this kind takes: its own tables and indexes, its head, and which requests are
//! open, written in one transaction, with no rule held against anything.

use guardrail::RequestId;
use guardrail_sql::{PostgresLog, SqliteLog};
use guardrail_test_counterparts::Postgres;
use sqlx::{Connection as _, PgConnection, SqliteConnection};

/// The tables of a log without its rules, and a connection to them.
pub(crate) enum Tables {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// No rule is asked, but what a record brings about stays: the head moves, and a request opens.
const SQLITE: &str = "
    DROP TRIGGER guardrail_record_before;
    DROP TRIGGER guardrail_record_admitted;
    DROP TRIGGER guardrail_record_moved;
    DROP TRIGGER guardrail_log_changed;
    DROP TRIGGER guardrail_open_made;
    CREATE TRIGGER grown AFTER INSERT ON guardrail_record BEGIN
        UPDATE guardrail_log SET last = NEW.seq, leaf = NEW.leaf, time = NEW.time
        WHERE number = NEW.log;
    END;";

const POSTGRES: &str = "
    ALTER TABLE guardrail_record DISABLE TRIGGER USER;
    ALTER TABLE guardrail_log DISABLE TRIGGER USER;";

impl Tables {
    pub(crate) async fn sqlite(path: &std::path::Path) -> Self {
        drop(SqliteLog::open(path).await.expect("it opens"));
        let url = format!("sqlite://{}", path.display());
        let mut connection = SqliteConnection::connect(&url).await.expect("it opens");
        let set_up = format!("PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; {SQLITE}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(set_up)).execute(&mut connection).await.expect("tables");
        Self::Sqlite(connection)
    }

    pub(crate) async fn postgres(server: &Postgres) -> Self {
        let mut any = PgConnection::connect(&server.url("postgres")).await.expect("it connects");
        sqlx::raw_sql("CREATE DATABASE tables").execute(&mut any).await.expect("a database");
        let url = server.url("tables");
        drop(PostgresLog::connect(&url).await.expect("it opens"));
        let mut connection = PgConnection::connect(&url).await.expect("it connects");
        sqlx::raw_sql(POSTGRES).execute(&mut connection).await.expect("tables");
        Self::Postgres(connection)
    }

    /// Writes this line as the first of each of these requests, in one transaction.
    pub(crate) async fn insert(&mut self, from: i64, ids: &[RequestId], line: &str) {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let hash = "0".repeat(64);
        let seqs: Vec<i64> = (from..).take(ids.len()).collect();
        match self {
            Self::Sqlite(connection) => {
                let row = "(1, ?, ?, 1, 'requested', 'new', 'pending', ?, NULL, 0, 1, ?, ?, ?)";
                let statement = format!(
                    "INSERT INTO guardrail_record (log, seq, id, ver, event, was, became, digest, \
                     person, time, writer, prev, leaf, line) VALUES {}",
                    vec![row; ids.len()].join(", ")
                );
                let mut query = sqlx::query(sqlx::AssertSqlSafe(statement));
                for (seq, id) in seqs.iter().zip(&ids) {
                    query =
                        query.bind(*seq).bind(id).bind(&hash).bind(&hash).bind(&hash).bind(line);
                }
                query.execute(connection).await.expect("it writes");
            }
            Self::Postgres(connection) => {
                sqlx::query(
                    "WITH fresh AS MATERIALIZED (
                         SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) AS new (seq, id, line)
                     ), stood AS (
                         INSERT INTO guardrail_stream
                             (log, id, version, state, digest, first, last, attendant)
                         SELECT 1, id, 1, 'pending', $4, seq, seq, 1 FROM fresh
                     ), grown AS (
                         UPDATE guardrail_log SET last = $5, leaf = $4, time = 0 WHERE number = 1
                     )
                     INSERT INTO guardrail_record (log, seq, id, ver, event, was, became, digest,
                                                   person, time, writer, prev, leaf, line)
                     SELECT 1, seq, id, 1, 'requested', 'new', 'pending', $4,
                            NULL, 0, 1, $4, $4, line FROM fresh",
                )
                .bind(&seqs)
                .bind(&ids)
                .bind(vec![line; ids.len()])
                .bind(&hash)
                .bind(seqs.last())
                .execute(connection)
                .await
                .expect("it writes");
            }
        }
    }
}
