//! Redacted values: kept before the call is on record, opened, and erased with a record.

mod bed;
mod erased;
mod files;
mod keeping;
mod trouble;
