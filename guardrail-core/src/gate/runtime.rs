//! Whether there is what waiting for people needs: a tokio runtime, with timers.

use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;

use tokio::time::Instant;

/// Any time: nobody waits for it, and the clock is not read at every call.
static ANY: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Whether the present task runs in a tokio runtime whose timers work. Says so in tracing where it
/// does not: nothing else may have a record of what is refused for it.
pub(crate) fn has_runtime() -> bool {
    if tokio::runtime::Handle::try_current().is_err() {
        tracing::error!("refused: nobody can be asked outside of a tokio runtime");
        return false;
    }
    // A runtime does not say whether it was built with timers; making one panics where it was not.
    let timer = || drop(tokio::time::sleep_until(*ANY));
    let works = std::panic::catch_unwind(AssertUnwindSafe(timer)).is_ok();
    if !works {
        tracing::error!("refused: nobody can be asked in a tokio runtime without timers");
    }
    works
}
