//! What the logs are held against: inserts of the same lines into a bare table, and nothing else.

use sqlx::{Connection as _, PgConnection, SqliteConnection};

/// A bare table, and a connection to it.
pub(crate) enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Bare {
    pub(crate) async fn sqlite(path: &std::path::Path) -> Self {
        let url = format!("sqlite://{}?mode=rwc", path.display());
        let mut connection = SqliteConnection::connect(&url).await.expect("it opens");
        let set_up = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                      CREATE TABLE bare (seq INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT";
        sqlx::raw_sql(set_up).execute(&mut connection).await.expect("a table");
        Self::Sqlite(connection)
    }

    pub(crate) async fn postgres(url: &str) -> Self {
        let mut connection = PgConnection::connect(url).await.expect("it connects");
        let set_up = "CREATE TABLE bare (seq BIGINT PRIMARY KEY, line TEXT NOT NULL)";
        sqlx::raw_sql(set_up).execute(&mut connection).await.expect("a table");
        Self::Postgres(connection)
    }

    /// Writes this line so many times in one transaction, with one statement.
    pub(crate) async fn insert(&mut self, from: i64, count: i64, line: &str) {
        match self {
            Self::Sqlite(connection) => {
                let lines = vec![line; usize::try_from(count).expect("a count")];
                let lines = serde_json::to_string(&lines).expect("JSON");
                sqlx::query("INSERT INTO bare SELECT ?1 + key, value FROM json_each(?2)")
                    .bind(from)
                    .bind(lines)
                    .execute(connection)
                    .await
                    .expect("it writes");
            }
            Self::Postgres(connection) => {
                let seqs: Vec<i64> = (from..from + count).collect();
                let lines = vec![line; seqs.len()];
                sqlx::query("INSERT INTO bare SELECT * FROM unnest($1::bigint[], $2::text[])")
                    .bind(seqs)
                    .bind(lines)
                    .execute(connection)
                    .await
                    .expect("it writes");
            }
        }
    }
}
