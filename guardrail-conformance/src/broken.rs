//! What a case of a suite says when a rule is broken.

use std::fmt;

use guardrail_core::clock::EntropyError;

use crate::events::SampleError;

/// A rule that is broken, and how.
pub struct Broken(String);

impl Broken {
    pub(crate) const fn new(how: String) -> Self {
        Self(how)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// A test that returns an error is shown with this.
impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

macro_rules! broken_by {
    ($($error:ty),*) => { $(
        impl From<$error> for Broken {
            fn from(error: $error) -> Self {
                Self(format!("an unexpected error: {error}"))
            }
        }
    )* };
}
broken_by!(
    guardrail_core::audit::Error,
    guardrail_core::audit::sidecar::Error,
    guardrail_core::approver::Error,
    guardrail_core::gate::Error,
    guardrail_core::gate::BuildError,
    guardrail_core::policy::PolicyError,
    SampleError,
    EntropyError,
    tokio::task::JoinError,
    guardrail_core::audit::VerifyError,
    guardrail_core::audit::RecordError
);

/// Ends the case unless the condition holds.
macro_rules! ensure {
    ($holds:expr, $($how:tt)+) => {
        if !$holds {
            return Err($crate::broken::Broken::new(format!($($how)+)));
        }
    };
}
pub(crate) use ensure;
