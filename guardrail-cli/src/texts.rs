//! Texts that come again and again, kept once.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Every text it was given, once. Memory: that of the different ones.
#[derive(Debug, Default)]
pub(crate) struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    /// This text, shared with everyone who asked for it before.
    pub(crate) fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.0.insert(Arc::clone(&text));
        text
    }
}
