//! The versions of the tables, and which of them a database still needs.

/// One version of the tables: the statements that make it of the one before.
pub(crate) type Migration = &'static str;

/// The tables of this database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SchemaError {
    /// A later version of this software has made them.
    #[error(
        "its tables are of version {found}, and this version knows them up to {known}; use the \
         version that made them, or a later one"
    )]
    Later {
        /// Their version.
        found: i64,
        /// The last version that is known here.
        known: i64,
    },
}

/// The statements still to be run, where the tables are of version `found`, each with its version.
pub(crate) fn missing(
    all: &'static [Migration],
    found: i64,
) -> Result<impl Iterator<Item = (i64, Migration)>, SchemaError> {
    let known = i64::try_from(all.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(SchemaError::Later { found, known });
    }
    let skip = usize::try_from(found).unwrap_or(0);
    Ok((1..).zip(all.iter().copied()).skip(skip))
}
