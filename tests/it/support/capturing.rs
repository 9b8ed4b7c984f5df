//! Everything that is said in tracing, as text.

use std::fmt::{self, Write as _};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// Somebody else who listens. Where there is one listener alone, tracing asks on the thread that comes to
/// a place first whether anybody wants to hear of it, and another test's thread would say no for all.
static OTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));

/// Everything that is said in tracing on this thread while it is there.
pub(crate) struct Captured {
    said: Arc<Mutex<String>>,
    _default: DefaultGuard,
}

impl Captured {
    pub(crate) fn new() -> Self {
        LazyLock::force(&OTHER);
        let said = Arc::new(Mutex::new(String::new()));
        let all = tracing_subscriber::registry().with(Capture(Arc::clone(&said)));
        Self { said, _default: tracing::subscriber::set_default(all) }
    }

    /// One line for each span, event and later value: `name field=value field=value`.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }
}

struct Capture(Arc<Mutex<String>>);

impl Capture {
    fn line(&self, name: &str, record: impl FnOnce(&mut Fields<'_>)) {
        let mut said = self.0.lock().unwrap();
        said.push_str(name);
        record(&mut Fields(&mut said));
        said.push('\n');
    }
}

struct Fields<'s>(&'s mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.line(attributes.metadata().name(), |fields| attributes.record(fields));
    }

    fn on_record(&self, span: &Id, values: &Record<'_>, cx: Context<'_, S>) {
        let name = cx.span(span).map_or("", |span| span.name());
        self.line(name, |fields| values.record(fields));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.line(event.metadata().target(), |fields| event.record(fields));
    }
}
