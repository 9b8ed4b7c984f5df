//! When arguments and return values drop: as in a plain function, and the tests say where not.

use std::sync::Mutex;

use guardrail::requires_approval;

use super::{approved, denied};

/// Writes down that it drops.
struct Noisy<'l>(&'static str, &'l Mutex<Vec<&'static str>>);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

#[requires_approval(policy = "p", skip_all)]
async fn uses_both<'l>(first: Noisy<'l>, second: Noisy<'l>) -> Result<(), String> {
    let _inner = Noisy("inner", first.1);
    let _ = &second;
    Ok(())
}

impl Noisy<'_> {
    fn length(&self) -> Result<usize, String> {
        Ok(self.0.len())
    }
}

macro_rules! twice {
    ($plain:ident, $guarded:ident, $log:ident, $body:block) => {
        async fn $plain($log: &Mutex<Vec<&'static str>>) -> Result<usize, String> $body

        #[requires_approval(policy = "p", skip_all)]
        async fn $guarded($log: &Mutex<Vec<&'static str>>) -> Result<usize, String> $body
    };
}

twice!(plain_tail, guarded_tail, log, {
    let _local = Noisy("local", log);
    Noisy("temporary", log).length()
});

twice!(plain_early, guarded_early, log, {
    let _local = Noisy("local", log);
    if log.lock().unwrap().is_empty() {
        return Noisy("temporary", log).length();
    }
    Ok(0)
});

/// Editions do not agree on when the temporaries of a last expression drop. The body keeps its own.
#[tokio::test]
async fn a_body_drops_its_own_in_the_order_of_its_edition() {
    let (plain, guarded) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    assert_eq!(plain_tail(&plain).await, approved(guarded_tail(&guarded)).await.value);
    assert_eq!(plain.lock().unwrap().len(), 2);
    assert_eq!(*plain.lock().unwrap(), *guarded.lock().unwrap());
    let (plain, guarded) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    assert_eq!(plain_early(&plain).await, approved(guarded_early(&guarded)).await.value);
    assert_eq!(*plain.lock().unwrap(), *guarded.lock().unwrap());
}

#[tokio::test]
async fn what_the_body_holds_drops_before_what_it_was_given() {
    let log = Mutex::new(Vec::new());
    approved(uses_both(Noisy("first", &log), Noisy("second", &log))).await.value.unwrap();
    let dropped = log.into_inner().unwrap();
    assert_eq!(dropped.first(), Some(&"inner"));
    assert_eq!(dropped.len(), 3, "each once: {dropped:?}");
}

#[tokio::test]
async fn after_a_refusal_everything_is_dropped_once() {
    let log = Mutex::new(Vec::new());
    denied(uses_both(Noisy("first", &log), Noisy("second", &log))).await.value.unwrap_err();
    assert_eq!(log.into_inner().unwrap().len(), 2);
}

#[tokio::test]
async fn a_call_that_was_never_polled_drops_its_arguments_and_nothing_more() {
    let log = Mutex::new(Vec::new());
    drop(uses_both(Noisy("first", &log), Noisy("second", &log)));
    assert_eq!(log.into_inner().unwrap().len(), 2);
}
