//! How long the other processes that share a log have taken this one as there.

/// A time in which no other process that shares a log can have taken this one for gone. It is another
/// one from the moment on at which one may have: for good, however soon this one was heard of again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenure(u64);

impl Tenure {
    /// That of a process which has its log for itself.
    pub const SOLE: Self = Self(0);

    /// The n-th of this process.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}
