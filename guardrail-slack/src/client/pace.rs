//! How fast Slack takes calls: about one message a second in each channel, and fifty changes of
//! messages a minute in all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Time between two messages in one channel.
const GAP: Duration = Duration::from_secs(1);
/// Time between two changes of messages, where many are made.
const CHANGE_GAP: Duration = Duration::from_millis(1_200);
/// How many changes may be made at once after a quiet while.
const CHANGES: u32 = 25;
/// How long a call may wait for its turn: what comes later is better tried again.
const LONGEST: Duration = Duration::from_secs(60);
/// How many channels are remembered; those whose turn is over are forgotten first.
const CHANNELS: usize = 1024;

/// Whose turn it is in each channel.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<Lanes>);

#[derive(Debug, Default)]
struct Lanes {
    /// By the channel's id, or its name until its id is known.
    posts: HashMap<String, Instant>,
    /// Ids by name: both are one channel.
    ids: HashMap<String, String>,
    changes: Option<Instant>,
}

impl Pace {
    /// Waits for the channel's turn.
    ///
    /// # Errors
    /// How long it would take, where too many wait already.
    ///
    /// # Cancel safety
    /// Dropped, a turn is left unused.
    pub(super) async fn turn(&self, channel: &str) -> Result<(), Duration> {
        come(self.take(channel)?).await;
        Ok(())
    }

    /// Waits until one more message may be changed.
    ///
    /// # Errors
    /// As [`Pace::turn`].
    ///
    /// # Cancel safety
    /// As [`Pace::turn`].
    pub(super) async fn change(&self) -> Result<(), Duration> {
        come(self.take_change()?).await;
        Ok(())
    }

    /// The channel of this name has this id.
    pub(super) fn is_one(&self, name: &str, id: &str) {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if name == id || lanes.ids.contains_key(name) || lanes.ids.len() >= CHANNELS {
            return;
        }
        lanes.ids.insert(name.to_owned(), id.to_owned());
        let Some(named) = lanes.posts.remove(name) else { return };
        let turn = lanes.posts.entry(id.to_owned()).or_insert(named);
        *turn = named.max(*turn);
    }

    fn take(&self, channel: &str) -> Result<Instant, Duration> {
        let now = Instant::now();
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Lanes { posts, ids, .. } = &mut *lanes;
        let channel = ids.get(channel).map_or(channel, String::as_str);
        let turn = posts.get(channel).map_or(now, |turn| now.max(*turn));
        let wait = turn.duration_since(now);
        if wait > LONGEST {
            return Err(wait);
        }
        if posts.len() >= CHANNELS {
            posts.retain(|_, turn| *turn > now);
        }
        if posts.len() >= CHANNELS && !posts.contains_key(channel) {
            return Err(GAP);
        }
        posts.insert(channel.to_owned(), turn + GAP);
        Ok(turn)
    }

    fn take_change(&self) -> Result<Instant, Duration> {
        let now = Instant::now();
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // When all that were made are made up for.
        let even = lanes.changes.map_or(now, |even| now.max(even));
        let wait = even.duration_since(now).saturating_sub(CHANGE_GAP * (CHANGES - 1));
        if wait > LONGEST {
            return Err(wait);
        }
        lanes.changes = Some(even + CHANGE_GAP);
        Ok(now + wait)
    }
}

/// A turn that has come needs no timer.
async fn come(turn: Instant) {
    if turn > Instant::now() {
        sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{CHANGES, CHANNELS, LONGEST, Pace};

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
        for _ in 0..=LONGEST.as_secs() {
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

    #[tokio::test(start_paused = true)]
    async fn a_name_and_its_id_are_one_channel() {
        let (pace, start) = (Pace::default(), Instant::now());
        assert_eq!(pace.turn("#ops").await, Ok(()));
        pace.is_one("#ops", "C1");
        for channel in ["C1", "#ops", "C1"] {
            assert_eq!(pace.turn(channel).await, Ok(()));
        }
        assert_eq!(start.elapsed(), Duration::from_secs(3));
    }

    #[tokio::test(start_paused = true)]
    async fn changes_are_made_at_once_until_there_are_many() {
        let (pace, start) = (Pace::default(), Instant::now());
        for _ in 0..CHANGES {
            assert_eq!(pace.change().await, Ok(()));
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for _ in 0..50 {
            assert_eq!(pace.change().await, Ok(()));
        }
        assert_eq!(start.elapsed(), Duration::from_secs(60), "fifty a minute");
        for _ in 0..50 {
            assert!(pace.take_change().is_ok());
        }
        assert!(pace.take_change().is_err(), "nobody waits longer than a minute");
    }
}
