//! Waits that differ, so that many who lost the same server do not come back at the same moment.

use std::time::Duration;

use guardrail_core::clock::Entropy;

/// Between one half of `wait` and the whole; the whole where there is no randomness to be had.
pub(crate) fn shorter(wait: Duration, entropy: &dyn Entropy) -> Duration {
    let half = wait / 2;
    wait.saturating_sub(half.mul_f64(fraction(entropy)))
}

/// Between `wait` and a tenth more: who was told when to come does not come earlier.
pub(crate) fn longer(wait: Duration, entropy: &dyn Entropy) -> Duration {
    wait.saturating_add((wait / 10).mul_f64(fraction(entropy)))
}

/// From 0 to 1.
fn fraction(entropy: &dyn Entropy) -> f64 {
    let mut bytes = [0; 2];
    match entropy.fill(&mut bytes) {
        Ok(()) => f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX),
        Err(_) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use guardrail_conformance::SeededEntropy;

    use super::{longer, shorter};

    #[test]
    fn waits_differ_within_their_bounds() {
        let entropy = SeededEntropy::new(7);
        let wait = Duration::from_secs(10);
        let waits: BTreeSet<_> = (0..100).map(|_| shorter(wait, &entropy)).collect();
        assert!(waits.len() > 90);
        assert!(waits.iter().all(|jittered| (wait / 2..=wait).contains(jittered)));
        let waits: BTreeSet<_> = (0..100).map(|_| longer(wait, &entropy)).collect();
        assert!(waits.len() > 90);
        assert!(waits.iter().all(|jittered| (wait..=wait + wait / 10).contains(jittered)));
        assert_eq!(longer(Duration::MAX, &entropy), Duration::MAX);
    }
}
