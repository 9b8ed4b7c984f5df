//! Whether the rules of a log stand in its database, as this version has made them.

use std::collections::HashMap;

use sqlx::{Connection as _, PgConnection, Row as _};

use crate::postgres::place::Place;

/// The rules of a log are not in force.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// A function or a trigger is gone, other than it was made, or switched off.
    #[error(
        "{0} is gone, switched off, or not as this version made it; restore it, or give the log a \
         new schema and keep this one as evidence"
    )]
    Changed(Box<str>),
    /// Somebody has put something over a table that decides what is written and read.
    #[error(
        "{0} is none of ours, and may change what the log writes and reads; drop it, or give the log a \
         new schema and keep this one as evidence"
    )]
    Foreign(Box<str>),
    /// Another role has made the table of versions, which would be written.
    #[error(
        "`guardrail_schema` is no plain table of this role: drop it, or connect as the role that owns \
         the log's schema"
    )]
    Squatted,
    /// Triggers would not be asked.
    #[error("session_replication_role is `{0}` for this role; the rules of the log need `origin`")]
    Unasked(Box<str>),
}

/// A function as it was made.
#[derive(Debug, PartialEq, Eq)]
struct Function<'a> {
    body: &'a str,
    as_owner: bool,
    path: &'a str,
}

/// Where the functions of a log find what they name.
const PATH: &str = "search_path=pg_catalog, pg_temp";

/// Holds the table of versions against what it must be before anything is read from it: no view and no
/// type of somebody else's, which would run their code as this role. To be written, it must be this
/// role's own.
pub(super) async fn look_at_versions(
    on: &mut PgConnection,
    place: &Place,
    is_written: bool,
) -> Result<Result<(), Broken>, sqlx::Error> {
    let is_plain: Option<bool> = sqlx::query_scalar(
        "SELECT relkind::text OPERATOR(pg_catalog.=) 'r'::text
             AND NOT relrowsecurity
             AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite
                 WHERE ev_class OPERATOR(pg_catalog.=) its.oid)
             AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger
                 WHERE tgrelid OPERATOR(pg_catalog.=) its.oid)
             AND ($2 IS FALSE OR pg_catalog.pg_get_userbyid(relowner)::text
                 OPERATOR(pg_catalog.=) CURRENT_USER::text)
             AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute
                 WHERE attrelid OPERATOR(pg_catalog.=) its.oid
                     AND attnum OPERATOR(pg_catalog.>) 0::int2
                     AND atttypid::int8 OPERATOR(pg_catalog.<>) 20::int8)
         FROM pg_catalog.pg_class its
         WHERE its.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1::text)::oid",
    )
    .bind(place.made("{schema}.guardrail_schema"))
    .bind(is_written)
    .fetch_optional(on)
    .await?;
    Ok(if is_plain == Some(true) { Ok(()) } else { Err(Broken::Squatted) })
}

/// Holds the functions and triggers that are there against the statements that made them.
pub(super) async fn look(
    on: &mut PgConnection,
    place: &Place,
    made: &str,
) -> Result<Result<(), Broken>, sqlx::Error> {
    let mut on = on.begin().await?;
    // Names are then told with their schema, and nothing of others is asked.
    sqlx::raw_sql("SET LOCAL search_path = pg_catalog, pg_temp").execute(&mut *on).await?;
    let role: String = sqlx::query_scalar("SELECT current_setting('session_replication_role')")
        .fetch_one(&mut *on)
        .await?;
    if role != "origin" {
        return Ok(Err(Broken::Unasked(role.into())));
    }
    let rows = sqlx::query(
        "SELECT proname::text, prosrc, prosecdef, coalesce(proconfig[1], '') FROM pg_proc
         WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE quote_ident(nspname) = $1)
             AND proname LIKE 'guardrail%' AND pronargs = 0",
    )
    .bind(place.schema())
    .fetch_all(&mut *on)
    .await?;
    let mut functions = HashMap::new();
    for row in &rows {
        let (body, path) = (row.try_get(1)?, row.try_get(3)?);
        let function = Function { body, as_owner: row.try_get(2)?, path };
        functions.insert(row.try_get::<&str, _>(0)?, function);
    }
    for (name, function) in functions_of(made) {
        if functions.get(name) != Some(&function) {
            return Ok(Err(Broken::Changed(format!("the function {name}").into())));
        }
    }
    let triggers: Vec<String> = sqlx::query_scalar(
        "SELECT pg_get_triggerdef(its.oid) FROM pg_trigger its JOIN pg_class ON tgrelid = pg_class.oid
         WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE quote_ident(nspname) = $1)
             AND relname = ANY($2) AND NOT tgisinternal AND tgenabled IN ('O', 'A')",
    )
    .bind(place.schema())
    .bind(tables_of(made).collect::<Vec<&str>>())
    .fetch_all(&mut *on)
    .await?;
    let ours: Vec<String> = triggers_of(made).collect();
    let name =
        |trigger: &str| format!("the trigger {}", trigger.split(' ').nth(2).unwrap_or_default());
    if let Some(gone) = ours.iter().find(|trigger| !triggers.contains(trigger)) {
        return Ok(Err(Broken::Changed(name(gone).into())));
    }
    if let Some(foreign) = triggers.iter().find(|trigger| !ours.contains(trigger)) {
        return Ok(Err(Broken::Foreign(name(foreign).into())));
    }
    let ruled: Option<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class
         WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE quote_ident(nspname) = $1)
             AND relname = ANY($2) AND (relkind <> 'r' OR relrowsecurity
                 OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = pg_class.oid)) LIMIT 1",
    )
    .bind(place.schema())
    .bind(tables_of(made).collect::<Vec<&str>>())
    .fetch_optional(&mut *on)
    .await?;
    if let Some(table) = ruled {
        let what = format!("a rule, or row security, of {table}");
        return Ok(Err(Broken::Foreign(what.into())));
    }
    on.commit().await?;
    Ok(Ok(()))
}

/// The tables these statements make.
fn tables_of(made: &str) -> impl Iterator<Item = &str> {
    made.split("CREATE TABLE ").skip(1).filter_map(|rest| {
        let (whole, _) = rest.split_once(" (")?;
        whole.rsplit_once('.').map(|(_, name)| name)
    })
}

/// The functions these statements make, by name.
fn functions_of(made: &str) -> impl Iterator<Item = (&str, Function<'_>)> {
    made.split("CREATE FUNCTION ").skip(1).filter_map(|rest| {
        let (head, rest) = rest.split_once("$$")?;
        let (body, _) = rest.split_once("$$")?;
        let (whole, _) = head.split_once("()")?;
        let (_, name) = whole.rsplit_once('.')?;
        let as_owner = head.contains("SECURITY DEFINER");
        Some((name, Function { body, as_owner, path: PATH }))
    })
}

/// The triggers these statements make, in the words of `pg_get_triggerdef`.
fn triggers_of(made: &str) -> impl Iterator<Item = String> {
    made.split("CREATE TRIGGER ").skip(1).filter_map(|rest| {
        let (rest, _) = rest.split_once(';')?;
        let words: Vec<&str> = rest.split_whitespace().collect();
        Some(format!("CREATE TRIGGER {}", words.join(" ")))
    })
}
