//! How a refusal becomes the return value of a guarded function.

use crate::gate::error::Error;

/// A return type that can say that the body did not run.
///
/// Implemented for every `Result` whose error can be made of [`Error`]. Other types need
/// `on_deny = path`.
#[diagnostic::on_unimplemented(
    message = "a guarded function must be able to say that it was refused, and `{Self}` cannot",
    label = "`{Self}` has no room for a refusal",
    note = "return a `Result` whose error implements `From<guardrail::Error>`, or name a function \
            from `guardrail::Error` to `{Self}` with `on_deny = path`"
)]
pub trait FromRefusal {
    /// The value that says: refused, and why.
    fn from_refusal(error: Error) -> Self;

    /// Whether the value says that all went well.
    fn ended_well(&self) -> bool;

    /// The value that says: done, but its outcome is not on record. Replaces a good end only.
    #[must_use]
    fn unrecorded(ended: Self, error: Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<Error>> FromRefusal for Result<T, E> {
    fn from_refusal(error: Error) -> Self {
        Err(error.into())
    }

    fn ended_well(&self) -> bool {
        self.is_ok()
    }

    fn unrecorded(ended: Self, error: Error) -> Self {
        ended.and(Err(error.into()))
    }
}

/// Looks whether a value is a good end, whatever its type.
#[derive(Debug)]
pub struct Probe<'v, T>(pub &'v T);

impl<T, E> Probe<'_, Result<T, E>> {
    /// Whether it is `Ok`.
    #[must_use]
    pub fn guardrail_ended_well(&self) -> bool {
        self.0.is_ok()
    }
}

/// For what is no `Result`: it ended, so it ended well.
pub trait ProbeFallback {
    /// Always.
    fn guardrail_ended_well(&self) -> bool;
}

impl<T> ProbeFallback for Probe<'_, T> {
    fn guardrail_ended_well(&self) -> bool {
        true
    }
}
