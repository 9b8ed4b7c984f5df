//! Hears everything that is traced while a future runs.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use tracing::dispatcher::{self, Dispatch};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Runs a future, and returns with its output every field of every span and event of its thread.
pub(crate) async fn heard<T>(future: impl Future<Output = T>) -> (T, String) {
    let text = Arc::new(Mutex::new(String::new()));
    let dispatch = Dispatch::new(Ear(Arc::clone(&text)));
    let mut future = std::pin::pin!(future);
    let output =
        std::future::poll_fn(|cx| dispatcher::with_default(&dispatch, || future.as_mut().poll(cx)))
            .await;
    let text = text.lock().unwrap().clone();
    (output, text)
}

struct Ear(Arc<Mutex<String>>);

struct Words<'t>(&'t mut String);

impl Visit for Words<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = writeln!(self.0, "{} = {value:?}", field.name());
    }
}

impl Subscriber for Ear {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Words(&mut self.0.lock().unwrap()));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Words(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Words(&mut self.0.lock().unwrap()));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
