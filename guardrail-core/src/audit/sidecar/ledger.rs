//! What a log says of redacted values: which there are, which were kept, and which were erased since.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::audit::record::AuditRecord;
use crate::audit::sidecar::opening::Label;
use crate::clock::Timestamp;
use crate::model::secret::Commitment;
use crate::model::{AuditEvent, RedactedValue, RequestId, Requested, Sequence};

/// What a log says of redacted values, heard record by record. Memory: some 200 bytes for each value.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    values: BTreeMap<Label, Said>,
}

/// What a log says of one redacted value.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Said {
    /// Where it stood: a JSON pointer that begins with the argument's name; empty where nothing but an
    /// erasure speaks of it.
    pub place: Box<str>,
    /// Whether the request says that it is kept.
    pub is_kept: bool,
    /// By which record it was erased first.
    pub erased: Option<Arc<Erasure>>,
}

/// An erasure on record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erasure {
    /// The record.
    pub record: Sequence,
    /// When.
    pub time: Timestamp,
    /// Who asked for it.
    pub by: Box<str>,
    /// Why.
    pub why: Box<str>,
    /// On which legal basis.
    pub basis: Box<str>,
}

impl Ledger {
    /// Nothing was heard yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hears a record.
    pub fn hear(&mut self, record: &AuditRecord) {
        match record.event() {
            AuditEvent::Requested(requested) => {
                for (value, is_kept) in redacted(requested) {
                    let label = Label { request: record.id(), commitment: value.commitment };
                    let place = value.place;
                    self.values.entry(label).or_insert(Said { place, is_kept, erased: None });
                }
            }
            AuditEvent::Redacted(redacted) => {
                let erasure = Arc::new(Erasure {
                    record: record.sequence(),
                    time: record.time(),
                    by: redacted.by.clone(),
                    why: redacted.why.clone(),
                    basis: redacted.basis.clone(),
                });
                for value in &redacted.values {
                    let label = Label { request: redacted.request, commitment: value.commitment };
                    let said = self.values.entry(label).or_insert_with(|| Said {
                        place: value.place.clone(),
                        is_kept: false,
                        erased: None,
                    });
                    said.erased.get_or_insert_with(|| Arc::clone(&erasure));
                }
            }
            _ => {}
        }
    }

    /// What it says of this value.
    #[must_use]
    pub fn get(&self, label: &Label) -> Option<&Said> {
        self.values.get(label)
    }

    /// All redacted values it has heard of.
    pub fn iter(&self) -> impl Iterator<Item = (&Label, &Said)> {
        self.values.iter()
    }

    /// Those of one request.
    pub fn of(&self, request: RequestId) -> impl Iterator<Item = (&Label, &Said)> {
        self.values.range(labels(request))
    }
}

/// All labels an opening of this request can have.
pub(super) fn labels(request: RequestId) -> RangeInclusive<Label> {
    let at = |byte| Label { request, commitment: Commitment::from([byte; 32]) };
    at(0)..=at(0xff)
}

/// The redacted values of a request, and of each whether it is kept.
pub(super) fn redacted(requested: &Requested) -> impl Iterator<Item = (RedactedValue, bool)> + '_ {
    requested.intent.arguments().iter().filter_map(|argument| {
        let (place, commitment) = argument.commitment()?;
        let is_kept = requested.kept.iter().any(|name| **name == *argument.name());
        Some((RedactedValue { place: place.into(), commitment }, is_kept))
    })
}
