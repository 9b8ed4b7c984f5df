//! Whoever may create things in the log's schema puts nothing in the way of what the log means.

use std::time::Duration;

use guardrail_conformance::events::{asked, commented};
use guardrail_core::audit::proof::FileSigner;
use guardrail_core::audit::sidecar::{Opening, Sidecar as _};
use guardrail_core::audit::{Append, AuditLog as _, verify};
use guardrail_core::model::Version;
use guardrail_core::model::secret::Salt;
use guardrail_sql::{PostgresLog, Reader, Settings};
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use super::rules::Bed;
use crate::samples::{self, id};

/// An operator, a function or an aggregate for whatever types the ones in `pg_catalog` are not made
/// for, each of which says that it was called.
const TRAPS: &str = r"
DO $do$
DECLARE
    types TEXT[] := ARRAY['int2', 'int4', 'int8', 'text', 'varchar', 'numeric', 'float8', 'oid',
        'regclass', 'bool', 'timestamptz', 'jsonb', 'inet'];
    one TEXT; two TEXT; op TEXT; name TEXT;
    body TEXT := 'AS $$BEGIN RAISE EXCEPTION ''a trap was called''; END$$ LANGUAGE plpgsql';
BEGIN
    FOREACH one IN ARRAY types LOOP
        FOREACH two IN ARRAY types LOOP
            EXECUTE format('CREATE FUNCTION public.trap(%s, %s) RETURNS bool %s', one, two, body);
            EXECUTE format('CREATE FUNCTION public.ne(%s, %s) RETURNS bool %s', one, two, body);
            FOREACH op IN ARRAY ARRAY['=', '<>', '<', '>', '<=', '>=', '+', '-', '*', '||', '->>'] LOOP
                EXECUTE format('CREATE OPERATOR public.%s (FUNCTION = public.trap, LEFTARG = %s,
                    RIGHTARG = %s)', op, one, two);
            END LOOP;
        END LOOP;
        EXECUTE format('CREATE FUNCTION public.unnest(%s[]) RETURNS SETOF %1$s %s', one, body);
        EXECUTE format('CREATE FUNCTION public.collect(%s, %1$s) RETURNS %1$s %s', one, body);
        FOREACH name IN ARRAY ARRAY['lag', 'array_agg', 'max', 'min', 'sum', 'count'] LOOP
            EXECUTE format('CREATE AGGREGATE public.%s (%s) (SFUNC = public.collect, STYPE = %2$s)',
                name, one);
        END LOOP;
        FOREACH name IN ARRAY ARRAY['octet_length', 'length', 'pg_notify', 'set_config',
            'current_setting', 'clock_timestamp', 'inet_client_addr', 'coalesce'] LOOP
            EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS bool %s', name, one, body);
            EXECUTE format('CREATE FUNCTION public.%I(%s, %2$s) RETURNS bool %s', name, one, body);
            EXECUTE format('CREATE FUNCTION public.%I(%s, %2$s, bool) RETURNS bool %s', name, one,
                body);
        END LOOP;
    END LOOP;
END
$do$;
CREATE FUNCTION public.guardrail_admit(text) RETURNS bool
AS $$BEGIN RAISE EXCEPTION 'a trap was called'; END$$ LANGUAGE plpgsql;
";

/// Tables of the session under the names of the log's, which would let everything pass.
const TABLES: &str = "
CREATE TEMP TABLE guardrail_arrow AS SELECT 'x'::text AS event, 'pending'::text AS was,
    'pending'::text AS became;
CREATE TEMP TABLE guardrail_log (LIKE public.guardrail_log);
CREATE TEMP TABLE guardrail_record (LIKE public.guardrail_record);
CREATE TEMP TABLE guardrail_stream (LIKE public.guardrail_stream);
CREATE TEMP TABLE guardrail_head (LIKE public.guardrail_head)";

async fn use_it(url: &str, n: u64) {
    let folder = TempDir::new().unwrap();
    let signer = FileSigner::open(folder.path().join("key")).unwrap();
    let settings = Settings::new().signer(signer).checkpoints(1, Duration::from_secs(3600));
    let log = PostgresLog::connect_with(url, settings).await.unwrap();
    let events = vec![asked().unwrap(), commented("hello")];
    log.append(&Append::new(id(n), Version::START, events)).await.unwrap();
    log.checkpoint().await.unwrap();
    verify(&log).await.unwrap();
    assert!(!log.open(None, 10).await.unwrap().is_empty());
    assert!(log.orphaned(10).await.unwrap().is_empty());
    log.unattended(None, 10).await.unwrap();
    let sidecar = log.sidecar();
    let opening = Opening::new(id(n), "/x", Salt::from_bytes([7; 32]), "secret".to_owned());
    sidecar.keep(std::slice::from_ref(&opening)).await.unwrap();
    assert!(sidecar.open(&opening.label()).await.unwrap().is_some());
    assert!(!sidecar.labels(None, 9).await.unwrap().is_empty());
    assert_eq!(sidecar.erase(&[opening.label()]).await.unwrap(), 1);
    let mut reader = Reader::postgres(url, "main").await.unwrap();
    assert!(!reader.lines(guardrail_core::model::Sequence::START, 9).await.unwrap().is_empty());
    assert!(!reader.heads(0, 9).await.unwrap().is_empty());
    reader.close().await;
    log.close().await;
}

#[tokio::test]
async fn nothing_of_others_is_called() {
    let Some(mut bed) = Bed::new().await else { return };
    let (role, url) = bed.program().await;
    bed.run(&format!("GRANT CREATE ON SCHEMA public TO {role}")).await;
    let owner = bed.server.url(&bed.database);
    bed.connection = PgConnection::connect(&url).await.unwrap();
    bed.run(TRAPS).await;
    use_it(&url, 10).await;
    use_it(&owner, 11).await;
}

/// Whoever was there first, with something of their own under the name that is asked first, has none of it
/// run as the role that makes the log.
#[tokio::test]
async fn nothing_that_was_there_first_is_run() {
    let Some(mut bed) = Bed::new().await else { return };
    let eve = format!("eve_{}", bed.database);
    bed.run(&format!(
        "CREATE ROLE {eve} LOGIN; CREATE SCHEMA early; GRANT ALL ON SCHEMA early TO {eve}; \
         CREATE TABLE early.done (who TEXT); GRANT ALL ON early.done TO {eve}"
    ))
    .await;
    let url = format!("{}&options=-csearch_path%3Dearly", bed.server.url(&bed.database));
    let mut hers = PgConnection::connect(&bed.server.url_as(&eve, &bed.database)).await.unwrap();
    let trap = "CREATE FUNCTION early.trap() RETURNS bigint AS 'BEGIN INSERT INTO early.done \
                VALUES (current_user); RETURN 0; END' LANGUAGE plpgsql";
    sqlx::raw_sql(trap).execute(&mut hers).await.unwrap();
    for (made, away) in [
        ("CREATE VIEW early.guardrail_schema AS SELECT early.trap() AS version", "VIEW"),
        (
            "CREATE TABLE early.guardrail_schema (version BIGINT PRIMARY KEY CHECK \
             (early.trap() IS NOT NULL)); GRANT ALL ON early.guardrail_schema TO PUBLIC",
            "TABLE",
        ),
    ] {
        sqlx::raw_sql(made).execute(&mut hers).await.unwrap();
        let said = PostgresLog::connect(&url).await.unwrap_err();
        let said = guardrail_core::audit::Error::to_string(&said);
        assert!(said.contains("guardrail_schema"), "{made}: {said}");
        let away = format!("DROP {away} early.guardrail_schema");
        sqlx::raw_sql(sqlx::AssertSqlSafe(away)).execute(&mut hers).await.unwrap();
    }
    let done: i64 =
        sqlx::query_scalar("SELECT count(*) FROM early.done").fetch_one(&mut hers).await.unwrap();
    assert_eq!(done, 0);
    PostgresLog::connect(&url).await.unwrap().close().await;
}

#[tokio::test]
async fn no_rule_is_passed() {
    let Some(mut bed) = Bed::new().await else { return };
    let (role, url) = bed.program().await;
    bed.run(&format!("GRANT CREATE ON SCHEMA public TO {role}")).await;
    bed.connection = PgConnection::connect(&url).await.unwrap();
    bed.run(TRAPS).await;
    bed.run(TABLES).await;
    // Its own statements mean what they say.
    bed.run("SET search_path = pg_catalog").await;
    for (changed, why) in samples::FORGERIES {
        let statement = samples::forged(changed).replace(" guardrail_", " public.guardrail_");
        let said = bed.said(&statement).await;
        let is_check = said.contains("check constraint") || said.contains("unique constraint");
        assert!(said.contains(why) || is_check, "{changed:?}: {said}");
    }
    let own = [("event", "'x'"), ("seq", "seq + 1"), ("ver", "ver + 1")];
    let statement = samples::forged(&own).replace(" guardrail_", " public.guardrail_");
    let said = bed.said(&statement).await;
    assert!(said.contains("cannot follow"), "{said}");
    let note = Append::new(id(1), Version::new(2), vec![commented("goes on")]);
    bed.log.append(&note).await.unwrap();
}
