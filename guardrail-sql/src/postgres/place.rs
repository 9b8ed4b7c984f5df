//! Where the tables of a log stand: one schema, found once when a program connects.

use sqlx::{AssertSqlSafe, PgConnection};

/// The schema of a log's tables. Statements name it with every table, so that neither a search path
/// nor a temporary table decides what is read and written.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Its name, quoted by the database.
    schema: Box<str>,
}

/// The tables can be neither found nor made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    /// The search path names no schema that is there.
    #[error("the search path of this role names no schema that is there")]
    NoSchema,
    /// Its name could not stand in the text of a function.
    #[error(
        "the schema {0} has a quote, a bracket, `$`, `\\`, `;` or two blanks in its name; give the log \
         one without"
    )]
    Odd(Box<str>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Place {
    /// The schema in which the search path finds the tables; where it finds none, the one in which
    /// they would be made.
    pub(crate) async fn find(on: &mut PgConnection) -> Result<Self, PlaceError> {
        let found: Option<String> = sqlx::query_scalar(
            "SELECT pg_catalog.quote_ident(coalesce(
                 (SELECT nspname::text FROM pg_catalog.pg_namespace its
                  JOIN pg_catalog.pg_class ON relnamespace OPERATOR(pg_catalog.=) its.oid
                  WHERE pg_class.oid OPERATOR(pg_catalog.=)
                      pg_catalog.to_regclass('guardrail_schema'::text)::oid),
                 pg_catalog.current_schema()::text))",
        )
        .fetch_one(on)
        .await?;
        let schema = found.ok_or(PlaceError::NoSchema)?.into_boxed_str();
        let is_odd = |letter: char| "'$\\;()".contains(letter) || letter.is_control();
        if schema.contains(is_odd) || schema.contains("  ") {
            return Err(PlaceError::Odd(schema));
        }
        Ok(Self { schema })
    }

    /// This statement, its tables in this schema. They are all named `guardrail_`, and nothing else is.
    pub(crate) fn sql(&self, statement: &str) -> AssertSqlSafe<String> {
        // The name of the schema, quoted by the database, is all that is not written in this crate.
        AssertSqlSafe(statement.replace("guardrail_", &format!("{}.guardrail_", self.schema)))
    }

    /// Its name, quoted.
    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    /// Statements that make tables and functions, with this schema for `{schema}`.
    pub(super) fn made(&self, statements: &str) -> String {
        statements.replace("{schema}", &self.schema)
    }
}
