//! About one message a second in each channel, which is what Slack takes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Time between two messages in one channel.
const GAP: Duration = Duration::from_secs(1);
/// How many messages may wait for one channel: what comes later is better tried again.
const QUEUE: u32 = 60;
/// How many channels are remembered; those whose turn is over are forgotten first.
const CHANNELS: usize = 1024;

/// Whose turn it is in each channel.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<String, Instant>>);

impl Pace {
    /// Waits for the channel's turn.
    ///
    /// # Errors
    /// How long it would take, where too many wait already.
    ///
    /// # Cancel safety
    /// Dropped, a turn is left unused.
    pub(super) async fn turn(&self, channel: &str) -> Result<(), Duration> {
        let turn = self.take(channel)?;
        // A turn that has come needs no timer.
        if turn > Instant::now() {
            sleep_until(turn).await;
        }
        Ok(())
    }

    fn take(&self, channel: &str) -> Result<Instant, Duration> {
        let now = Instant::now();
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.get(channel).map_or(now, |turn| now.max(*turn));
        let wait = turn.duration_since(now);
        if wait > GAP * QUEUE {
            return Err(wait);
        }
        if next.len() >= CHANNELS {
            next.retain(|_, turn| *turn > now);
        }
        if next.len() >= CHANNELS && !next.contains_key(channel) {
            return Err(GAP);
        }
        next.insert(channel.to_owned(), turn + GAP);
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{CHANNELS, Pace, QUEUE};

    #[tokio::test(start_paused = true)]
    async fn one_a_second_in_each_channel() {
        let (pace, start) = (Pace::default(), Instant::now());
        for _ in 0..3 {
            assert_eq!(pace.turn("C1").await, Ok(()));
        }
        assert_eq!(start.elapsed(), Duration::from_secs(2));
        assert_eq!(pace.turn("C2").await, Ok(()));
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn the_queue_is_bounded_and_moves_on() {
        let pace = Pace::default();
        for _ in 0..=QUEUE {
            assert!(pace.take("C1").is_ok());
        }
        assert!(pace.take("C1").is_err());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(pace.take("C1").is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn channels_are_bounded_and_forgotten() {
        let pace = Pace::default();
        for channel in 0..CHANNELS {
            assert!(pace.take(&channel.to_string()).is_ok());
        }
        assert!(pace.take("one more").is_err());
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(pace.take("one more").is_ok());
    }
}
