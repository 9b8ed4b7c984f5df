//! What was refused or left aside, by reason: counted and traced, never with a byte of what came.

use std::sync::atomic::{AtomicU64, Ordering};

/// Why a delivery was refused, or taken note of and not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Refusal {
    /// No signature or no time, or more than one.
    Unsigned,
    /// More than five minutes from now.
    Stale,
    /// The signature is not ours.
    Forged,
    /// Another content type than the one Slack uses there.
    ContentType,
    TooLong,
    /// The body did not come in time.
    Slow,
    /// Not in the shape Slack sends.
    Shape,
    /// For another app, workspace or organisation.
    NotOurs,
    /// It is not known yet which workspace is ours.
    NotReady,
    /// Delivered a second time.
    Duplicate,
    /// The inbox was full; Slack delivers it again.
    InboxFull,
    /// Of a kind the app has no use for.
    Unused,
}

/// How often each reason was given.
#[derive(Debug, Default)]
pub(crate) struct Counts([AtomicU64; Refusal::ALL.len()]);

impl Refusal {
    pub(crate) const ALL: [Self; 12] = [
        Self::Unsigned,
        Self::Stale,
        Self::Forged,
        Self::ContentType,
        Self::TooLong,
        Self::Slow,
        Self::Shape,
        Self::NotOurs,
        Self::NotReady,
        Self::Duplicate,
        Self::InboxFull,
        Self::Unused,
    ];

    /// One word, for traces and metrics.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Stale => "stale",
            Self::Forged => "forged",
            Self::ContentType => "content_type",
            Self::TooLong => "too_long",
            Self::Slow => "slow",
            Self::Shape => "shape",
            Self::NotOurs => "not_ours",
            Self::NotReady => "not_ready",
            Self::Duplicate => "duplicate",
            Self::InboxFull => "inbox_full",
            Self::Unused => "unused",
        }
    }
}

impl Counts {
    /// Counts and traces one refusal. `road` is where it came: `http`, `socket`, or who reads.
    pub(crate) fn refused(&self, refusal: Refusal, road: &'static str) {
        if let Some(count) = self.0.get(refusal as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        match refusal {
            Refusal::Duplicate | Refusal::Unused => {
                tracing::debug!(road, reason = refusal.word(), "a slack delivery was left aside");
            }
            _ => tracing::warn!(road, reason = refusal.word(), "a slack delivery was refused"),
        }
    }

    pub(crate) fn of(&self, refusal: Refusal) -> u64 {
        self.0.get(refusal as usize).map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Refusal};

    #[test]
    fn each_reason_has_a_place_and_a_word_of_its_own() {
        let counts = Counts::default();
        for (place, refusal) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(refusal as usize, place);
            counts.refused(refusal, "test");
        }
        assert!(Refusal::ALL.into_iter().all(|refusal| counts.of(refusal) == 1));
        let words: std::collections::BTreeSet<_> =
            Refusal::ALL.into_iter().map(Refusal::word).collect();
        assert_eq!(words.len(), Refusal::ALL.len());
    }
}
