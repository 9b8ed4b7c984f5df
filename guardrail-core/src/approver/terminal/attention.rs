//! When keys count: not before a person could have read the prompt, and not in a burst.

use std::time::Duration;

use tokio::time::Instant;

/// How long a prompt must have stood there. Nobody reads faster.
const LOOK: Duration = Duration::from_millis(700);

/// How long the keyboard must be silent first. Whoever types into another program when the prompt
/// appears goes on typing for a moment.
const QUIET: Duration = Duration::from_millis(500);

/// Whether the person at the keyboard can mean this prompt.
#[derive(Debug, Clone, Default)]
pub(super) struct Attention {
    shown: Option<Instant>,
    disturbed: Option<Instant>,
    caught: bool,
}

impl Attention {
    /// The prompt stands on the screen.
    pub(super) fn shown(&mut self, now: Instant) {
        self.shown.get_or_insert(now);
    }

    /// Something came from the keyboard that cannot be meant: it has to be silent again.
    pub(super) fn disturbed(&mut self, now: Instant) {
        self.disturbed = Some(now);
        self.caught = false;
    }

    /// Whether keys count at this time.
    pub(super) fn is_caught(&mut self, now: Instant) -> bool {
        let since = |then: Instant| now.saturating_duration_since(then);
        self.caught = self.caught
            || self.shown.is_some_and(|shown| since(shown) >= LOOK)
                && self.disturbed.is_none_or(|disturbed| since(disturbed) >= QUIET);
        self.caught
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Duration, Instant};

    use super::{Attention, LOOK, QUIET};

    #[test]
    fn keys_count_once_the_prompt_was_read_and_the_keyboard_silent() {
        let start = Instant::now();
        let mut attention = Attention::default();
        assert!(!attention.is_caught(start + LOOK), "nothing is shown yet");
        attention.shown(start);
        attention.shown(start + LOOK);
        let nearly = start + LOOK - Duration::from_millis(1);
        assert!(!attention.is_caught(nearly));
        attention.disturbed(nearly);
        assert!(!attention.is_caught(start + LOOK), "somebody was typing just now");
        assert!(attention.is_caught(nearly + QUIET));
        assert!(attention.is_caught(nearly + QUIET));
    }

    #[test]
    fn a_burst_closes_it_again() {
        let start = Instant::now();
        let mut attention = Attention::default();
        attention.shown(start);
        assert!(attention.is_caught(start + LOOK));
        attention.disturbed(start + LOOK);
        assert!(!attention.is_caught(start + LOOK));
        assert!(attention.is_caught(start + LOOK + QUIET));
    }
}
