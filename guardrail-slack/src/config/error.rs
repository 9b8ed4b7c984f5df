//! What is wrong with the configuration, and what to do.

use guardrail_core::policy::PolicyError;

use crate::address::AddressError;

/// Why a configuration is refused. No message holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Something that has no default is not there.
    #[error("`{name}` is missing: {remedy}")]
    Missing {
        /// The environment variable or key.
        name: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A secret is none.
    #[error("`{name}` is no {what}: {why}")]
    Secret {
        /// The environment variable or key.
        name: String,
        /// What it should be.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// An id or a channel is none.
    #[error("`{name}` is no {what}: it looks like `{form}`")]
    Id {
        /// The environment variable or key.
        name: String,
        /// What it should be.
        what: &'static str,
        /// An example.
        form: &'static str,
    },
    /// An address cannot be used.
    #[error("`{name}` cannot be used: {why}")]
    Address {
        /// The environment variable or key.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// A value is out of its bounds.
    #[error("`{name}` {why}")]
    Value {
        /// The environment variable or key.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// A file that should hold a secret.
    #[error("`{name}` is to be read from `{path}`: {why}")]
    File {
        /// The key.
        name: String,
        /// Where it should be.
        path: String,
        /// What went wrong.
        why: String,
    },
    /// The section `[slack]` cannot be read.
    #[error(transparent)]
    Section(#[from] PolicyError),
}

impl ConfigError {
    pub(super) fn address(name: &str, error: AddressError) -> Self {
        Self::Address { name: name.to_owned(), why: error.to_string() }
    }
}
