//! Inserts records: as few statements as there are powers of two in their number.

use std::sync::LazyLock;

use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::log::row::Row;

/// Most records of one statement.
const MOST: usize = 64;

/// The statements for 64, 32, .. 1 records. Values that are bound need not be written as JSON first
/// and read from it again, which took longer than all the rest; and a few statements stay prepared.
static STATEMENTS: LazyLock<Vec<(usize, String)>> = LazyLock::new(|| {
    let sizes = std::iter::successors(Some(MOST), |size| Some(size / 2).filter(|size| *size > 0));
    sizes.map(|size| (size, statement(size))).collect()
});

fn statement(size: usize) -> String {
    let values = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; size].join(", ");
    format!(
        "INSERT INTO guardrail_record (log, seq, id, ver, event, was, became, digest, person, \
         time, writer, prev, leaf, line) VALUES {values}"
    )
}

/// Inserts these records, in order.
pub(super) async fn insert(
    on: &mut SqliteConnection,
    log: i64,
    rows: &[Row],
) -> Result<(), sqlx::Error> {
    let mut rest = rows;
    for (size, statement) in &*STATEMENTS {
        while let Some((these, behind)) = rest.split_at_checked(*size) {
            rest = behind;
            // Nothing but question marks is not written here.
            let mut query = sqlx::query(AssertSqlSafe(statement.as_str()));
            for row in these {
                query = query
                    .bind(log)
                    .bind(row.seq)
                    .bind(&row.id)
                    .bind(row.ver)
                    .bind(&row.event)
                    .bind(&row.was)
                    .bind(&row.became)
                    .bind(&row.digest)
                    .bind(&row.person)
                    .bind(row.time)
                    .bind(row.writer)
                    .bind(&row.prev)
                    .bind(&row.leaf)
                    .bind(&row.line);
            }
            query.execute(&mut *on).await?;
        }
    }
    Ok(())
}
