//! Several futures at once, for as long as one likes.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// A future of one append.
pub(super) type Doing<'f, T> = Pin<Box<dyn Future<Output = T> + Send + 'f>>;

/// Runs all of them, each whenever one asks to be polled: to their ends, or for so many rounds.
/// Nothing stands for one that had not ended; it is dropped.
pub(super) async fn together<T: Unpin>(
    mut doing: Vec<Doing<'_, T>>,
    rounds: Option<u32>,
) -> Vec<Option<T>> {
    let mut done: Vec<Option<T>> = doing.iter().map(|_| None).collect();
    let mut left = rounds;
    poll_fn(|context| {
        if left == Some(0) {
            return Poll::Ready(());
        }
        left = left.map(|left| left.saturating_sub(1));
        for (one, done) in doing.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            if let Poll::Ready(answer) = one.as_mut().poll(context) {
                *done = Some(answer);
            }
        }
        match done.iter().all(Option::is_some) || left == Some(0) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
    done
}
