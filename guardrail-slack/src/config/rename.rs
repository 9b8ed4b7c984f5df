//! Calls a mistake by the name its author knows: the variable in the environment.

use crate::config::error::ConfigError;

impl ConfigError {
    /// The same mistake, with its name as `rename` gives it.
    pub(super) fn renamed(mut self, rename: impl Fn(&str) -> Option<String>) -> Self {
        match &mut self {
            Self::Missing { name, .. }
            | Self::Secret { name, .. }
            | Self::Id { name, .. }
            | Self::Address { name, .. }
            | Self::Value { name, .. }
            | Self::File { name, .. } => {
                if let Some(known) = rename(name) {
                    *name = known;
                }
            }
            Self::Section(_) => {}
        }
        self
    }
}
