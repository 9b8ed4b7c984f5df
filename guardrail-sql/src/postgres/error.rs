//! What PostgreSQL means by its errors.

/// Whether it refused what it was told because it breaks a rule.
pub(super) fn is_refusal(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| code.starts_with("23"))
}

/// Whether it may go better a moment later.
pub(super) fn is_passing(error: &sqlx::Error) -> bool {
    let is_lost = matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut);
    // Lost connections; serialization and deadlocks; too many connections; a lock not got in time;
    // a server that stops, has crashed or is not up yet; a session idle for too long
    // (<https://www.postgresql.org/docs/15/errcodes-appendix.html>).
    const PASSING: [&str; 8] = ["08", "25P03", "40", "53300", "55P03", "57P01", "57P02", "57P03"];
    let is_passing = |code: String| PASSING.iter().any(|passing| code.starts_with(passing));
    is_lost || code(error).is_some_and(is_passing)
}

/// Whether the statement or the commit it is an answer to has not happened: a server that was going down
/// may have committed all the same.
pub(super) fn is_certain(error: &sqlx::Error) -> bool {
    let may_be = |code: String| code.starts_with("57P") || code.starts_with("08");
    code(error).is_some_and(|code| !may_be(code))
}

fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code().map(std::borrow::Cow::into_owned)
}
