//! The part of `guardrail.toml` that belongs to one channel, read by the channel.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::policy::error::PolicyError;
use crate::policy::report::Report;

/// The table `[slack]`, `[teams]`, `[web]` or `[terminal]`, as it stands in the file.
#[derive(Clone)]
pub struct Section {
    pub(super) name: &'static str,
    pub(super) file: Arc<str>,
    /// Of the whole file, so that a mistake has its line.
    pub(super) text: Arc<str>,
}

impl Section {
    /// What the table is called.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Reads the table as `T`. Give `T` `#[serde(deny_unknown_fields)]`: a misspelt key must not
    /// turn into a default.
    ///
    /// # Errors
    /// The first mistake, with its file, line and column.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, PolicyError> {
        let mut at = 0;
        let read = DeTable::parse(&self.text).and_then(|document| {
            let value = document
                .into_inner()
                .remove(self.name)
                .unwrap_or_else(|| Spanned::new(0..0, DeValue::Table(DeTable::new())));
            at = value.span().start;
            T::deserialize(ValueDeserializer::from(value))
        });
        read.map_err(|error| {
            let mut report = Report::default();
            let at = error.span().map_or(at, |span| span.start);
            report.add(at, self.name, error.message());
            report.into_error(&self.file, &self.text)
        })
    }
}

impl fmt::Debug for Section {
    /// Without the text: a channel may keep a secret in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Section").field("name", &self.name).finish_non_exhaustive()
    }
}
