//! A log is opened where its tables are, and only where its rules stand.

use guardrail_conformance::events::commented;
use guardrail_core::audit::{Append, AuditLog as _, Error};
use guardrail_core::model::Version;
use guardrail_sql::PostgresLog;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::rules::Bed;
use super::server;
use crate::samples;

const GUIDE: &str = include_str!("../../../../docs/postgres.md");

#[tokio::test]
async fn the_guide_sets_it_up() {
    let Some(mut bed) = Bed::new().await else { return };
    let [owner, agent] = ["audit_owner", "agent"].map(|role| format!("{role}_{}", bed.database));
    let (_, rest) = GUIDE.split_once("```sql\n").unwrap();
    let (setup, _) = rest.split_once("```").unwrap();
    bed.run(&setup.replace("audit_owner", &owner).replace("agent", &agent)).await;

    let url = bed.server.url_as(&owner, &bed.database);
    PostgresLog::connect(&url).await.unwrap().close().await;
    bed.connection = PgConnection::connect(&url).await.unwrap();
    bed.run(&PostgresLog::ROLE.replace("{role}", &agent)).await;

    let url = bed.server.url_as(&agent, &bed.database);
    let log = PostgresLog::connect(&url).await.unwrap();
    assert_ne!(log.id(), bed.log.id());
    let events = vec![guardrail_conformance::events::asked().unwrap(), commented("hello")];
    log.append(&Append::new(samples::id(1), Version::START, events)).await.unwrap();
    guardrail_core::audit::verify(&log).await.unwrap();
    bed.connection = PgConnection::connect(&url).await.unwrap();
    for change in
        ["UPDATE audit.guardrail_record SET line = ''", "DELETE FROM audit.guardrail_head"]
    {
        let said = bed.said(change).await;
        assert!(said.contains("permission denied"), "{said}");
    }
}

/// Where the rules are not what this version made, no log is opened.
#[tokio::test]
async fn rules_that_are_changed_are_refused() {
    let Some(mut bed) = Bed::new().await else { return };
    let (role, url) = bed.program().await;
    let grow = "CREATE TRIGGER guardrail_log_changed BEFORE UPDATE ON guardrail_log FOR EACH ROW \
                EXECUTE FUNCTION guardrail_grow()";
    let admit = "(SELECT prosrc FROM pg_proc WHERE proname = 'guardrail_admit')";
    for (change, back, what) in [
        (
            "ALTER TABLE guardrail_record DISABLE TRIGGER guardrail_record_changed".to_owned(),
            "ALTER TABLE guardrail_record ENABLE TRIGGER guardrail_record_changed".to_owned(),
            "guardrail_record_changed",
        ),
        (
            "ALTER TABLE guardrail_record ENABLE REPLICA TRIGGER guardrail_record_admitted".into(),
            "ALTER TABLE guardrail_record ENABLE TRIGGER guardrail_record_admitted".into(),
            "guardrail_record_admitted",
        ),
        (
            "DROP TRIGGER guardrail_log_changed ON guardrail_log".into(),
            grow.into(),
            "guardrail_log_changed",
        ),
        (
            format!("DROP TRIGGER guardrail_log_changed ON guardrail_log; {grow}")
                .replace("UPDATE", "UPDATE OF name"),
            format!("DROP TRIGGER guardrail_log_changed ON guardrail_log; {grow}"),
            "guardrail_log_changed",
        ),
        (
            format!(
                "UPDATE pg_proc SET prosrc = replace({admit}, 'many = 0', 'many = 9') \
                     WHERE proname = 'guardrail_admit'"
            ),
            format!(
                "UPDATE pg_proc SET prosrc = replace({admit}, 'many = 9', 'many = 0') \
                     WHERE proname = 'guardrail_admit'"
            ),
            "guardrail_admit",
        ),
        (
            "ALTER FUNCTION guardrail_cover SET search_path = public".into(),
            "ALTER FUNCTION guardrail_cover SET search_path = pg_catalog, pg_temp".into(),
            "guardrail_cover",
        ),
        (
            "ALTER FUNCTION guardrail_admit SECURITY INVOKER".into(),
            "ALTER FUNCTION guardrail_admit SECURITY DEFINER".into(),
            "guardrail_admit",
        ),
        (
            format!("ALTER ROLE {role} SET session_replication_role = replica"),
            format!("ALTER ROLE {role} RESET session_replication_role"),
            "session_replication_role",
        ),
        (
            "CREATE FUNCTION away() RETURNS TRIGGER AS 'BEGIN RETURN NULL; END' LANGUAGE plpgsql; \
             CREATE TRIGGER away BEFORE INSERT ON guardrail_record FOR EACH ROW \
             EXECUTE FUNCTION away()"
                .into(),
            "DROP TRIGGER away ON guardrail_record; DROP FUNCTION away".into(),
            "the trigger away is none of ours",
        ),
        (
            "CREATE RULE away AS ON INSERT TO guardrail_record DO INSTEAD NOTHING".into(),
            "DROP RULE away ON guardrail_record".into(),
            "of guardrail_record is none of ours",
        ),
        (
            "ALTER TABLE guardrail_stream ENABLE ROW LEVEL SECURITY".into(),
            "ALTER TABLE guardrail_stream DISABLE ROW LEVEL SECURITY".into(),
            "of guardrail_stream is none of ours",
        ),
        (
            "INSERT INTO guardrail_schema VALUES (99)".into(),
            "DELETE FROM guardrail_schema WHERE version = 99".into(),
            "version 99",
        ),
    ] {
        bed.run(&change).await;
        let said = PostgresLog::connect(&url).await.unwrap_err();
        assert!(!matches!(said, Error::Unreachable { .. }), "{said}");
        let said = guardrail_core::audit::Error::to_string(&said);
        assert!(said.contains(what), "{change}: {said}");
        bed.run(&back).await;
        PostgresLog::connect(&url).await.unwrap().close().await;
    }
}

/// Would catch an append that is answered although the database took nothing: the body would run with
/// nothing on record.
#[tokio::test]
async fn what_swallows_records_is_noticed() {
    let Some(mut bed) = Bed::new().await else { return };
    for (swallow, back) in [
        (
            "CREATE RULE away AS ON INSERT TO guardrail_record DO INSTEAD NOTHING",
            "DROP RULE away ON guardrail_record",
        ),
        (
            "CREATE FUNCTION away() RETURNS TRIGGER AS 'BEGIN RETURN NULL; END' LANGUAGE plpgsql; \
             CREATE TRIGGER away BEFORE INSERT ON guardrail_record FOR EACH ROW \
             EXECUTE FUNCTION away()",
            "DROP TRIGGER away ON guardrail_record",
        ),
    ] {
        bed.run(swallow).await;
        let note = Append::new(samples::id(1), Version::new(2), vec![commented("gone")]);
        bed.log.append(&note).await.unwrap_err();
        bed.run(back).await;
    }
    let note = Append::new(samples::id(1), Version::new(2), vec![commented("goes on")]);
    bed.log.append(&note).await.unwrap();
    guardrail_core::audit::verify(&bed.log).await.unwrap();
}

/// A schema that comes to stand before it in the search path takes no log away.
#[tokio::test]
async fn another_schema_before_it_changes_nothing() {
    let Some(mut bed) = Bed::new().await else { return };
    let (role, url) = bed.program().await;
    bed.run(&format!("CREATE SCHEMA {role} AUTHORIZATION {role}")).await;
    for url in [url, bed.server.url(&bed.database)] {
        let log = PostgresLog::connect(&url).await.unwrap();
        assert_eq!(log.id(), bed.log.id());
        log.close().await;
    }
    let note = Append::new(samples::id(1), Version::new(2), vec![commented("goes on")]);
    bed.log.append(&note).await.unwrap();
}

/// The tables are made in the first schema of the search path that is there, whatever it is called;
/// where there is none, or its name could not stand in the rules, that is said.
#[tokio::test]
async fn it_is_made_in_the_schema_of_the_role() {
    let Some(mut bed) = Bed::new().await else { return };
    let role = format!("own_{}", bed.database);
    let url = bed.server.url_as(&role, &bed.database);
    bed.run(&format!(
        "CREATE ROLE {role} LOGIN; CREATE SCHEMA \"My guardrail_log\" \
                      AUTHORIZATION {role}; CREATE SCHEMA \"it's\" AUTHORIZATION {role}"
    ))
    .await;
    for odd in ["a;b", "a  b", "a()b"] {
        bed.run(&format!("CREATE SCHEMA \"{odd}\" AUTHORIZATION {role}")).await;
    }
    for (path, why) in [
        ("nowhere", "names no schema"),
        ("\"it's\"", "quote"),
        ("\"a;b\"", "two blanks"),
        ("\"a  b\"", "two blanks"),
        ("\"a()b\"", "two blanks"),
    ] {
        bed.run(&format!("ALTER ROLE {role} SET search_path = {path}")).await;
        let said = PostgresLog::connect(&url).await.unwrap_err().to_string();
        assert!(said.contains(why), "{path}: {said}");
    }
    bed.run(&format!("ALTER ROLE {role} SET search_path = nowhere, \"My guardrail_log\"")).await;
    let log = PostgresLog::connect(&url).await.unwrap();
    assert_ne!(log.id(), bed.log.id());
    log.close().await;
    let log = PostgresLog::connect(&url).await.unwrap();
    assert_eq!(guardrail_core::audit::verify(&log).await.unwrap().records, 2);
}

/// Whoever comes while another makes the tables may meet the type of a table's rows and not the table:
/// that passes.
#[tokio::test]
async fn what_another_is_just_making_is_waited_for() {
    let Some(server) = server::server() else { return };
    let database = server::name().replace('-', "_");
    let mut other = PgConnection::connect(&server.url("postgres")).await.unwrap();
    let make = AssertSqlSafe(format!("CREATE DATABASE {database}"));
    sqlx::raw_sql(make).execute(&mut other).await.unwrap();
    let url = server.url(&database);
    let mut other = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("CREATE TYPE guardrail_schema AS ENUM ()").execute(&mut other).await.unwrap();
    let made = async {
        // A sleep: it is met a few times first.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        sqlx::raw_sql("DROP TYPE guardrail_schema").execute(&mut other).await.unwrap();
    };
    let (opened, ()) = tokio::join!(PostgresLog::connect(&url), made);
    opened.unwrap().close().await;
}
