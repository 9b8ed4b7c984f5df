//! Erases redacted values: first the record, then the erasure, and both as often as it takes.

use std::collections::BTreeSet;

use crate::audit::append::Append;
use crate::audit::record::AuditRecord;
use crate::audit::sidecar::Sidecar;
use crate::audit::sidecar::error::RedactError;
use crate::audit::sidecar::ledger::{labels, redacted};
use crate::audit::sidecar::opening::Label;
use crate::audit::{self, AuditLog};
use crate::model::canonical::place;
use crate::model::secret::mask_text;
use crate::model::{
    AuditEvent, LABEL_LIMIT, Redacted, RedactedValue, RequestId, Sequence, TEXT_LIMIT, Version,
};

/// How often it is tried while others write to the log's own stream.
const ROUNDS: usize = 16;
/// Labels erased at a time, and of one page.
const PAGE: usize = 1000;

/// What is to be erased, who asks for it, why, and on which legal basis.
#[derive(Clone, Debug)]
#[must_use = "nothing is erased before it is carried out"]
pub struct Redaction {
    request: RequestId,
    arguments: Vec<Box<str>>,
    by: Box<str>,
    why: Box<str>,
    basis: Box<str>,
}

impl Redaction {
    /// All redacted values of this request. `by`: who asks for it; `why`: in their words; `basis`: the
    /// legal basis, as in `GDPR Art. 17(1)(a)`. All of it is on record for good: it must not hold
    /// what is to be erased.
    ///
    /// # Errors
    /// `Text`, where one of them is empty or too long.
    pub fn new(request: RequestId, by: &str, why: &str, basis: &str) -> Result<Self, RedactError> {
        Ok(Self {
            request,
            arguments: Vec::new(),
            by: said("who asks for it", by, LABEL_LIMIT)?,
            why: said("the reason", why, TEXT_LIMIT)?,
            basis: said("the legal basis", basis, LABEL_LIMIT)?,
        })
    }

    /// Only this argument, and others that are named like this.
    pub fn argument(mut self, name: impl Into<Box<str>>) -> Self {
        self.arguments.push(name.into());
        self
    }
}

fn said(what: &'static str, text: &str, limit: usize) -> Result<Box<str>, RedactError> {
    let text = mask_text(text.trim());
    match text.len() {
        0 => Err(RedactError::Text { what, limit }),
        bytes if bytes > limit => Err(RedactError::Text { what, limit }),
        _ => Ok(text.into()),
    }
}

/// An erasure that is on record and carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done {
    /// The record that says so; of several the last.
    pub record: Option<Sequence>,
    /// What was to be erased.
    pub values: Vec<RedactedValue>,
    /// How many of them were still there.
    pub erased: usize,
}

/// Erases redacted values of a request: first [`Redacted`] is on record, then they are erased. What
/// is on record already is not recorded again, and erased again: so it is repeated after an error or
/// a crash.
///
/// # Errors
/// [`RedactError`], which says whether it must be done again.
///
/// # Cancel safety
/// Dropped, it may be on record and not be carried out: then it must be done again. A guardrail that
/// is built with the sidecar does so, too.
pub async fn redact(
    log: &dyn AuditLog,
    sidecar: &dyn Sidecar,
    redaction: &Redaction,
) -> Result<Done, RedactError> {
    let values = asked(log, sidecar, redaction).await?;
    let record = put_on_record(log, redaction, &values).await?;
    let labels: Vec<Label> = values.iter().map(|value| label(redaction.request, value)).collect();
    let erased = sidecar.erase(&labels).await?;
    Ok(Done { record, values, erased })
}

/// Carries out every erasure on record once more; how many values were still there. Whoever opens log
/// and sidecar after a crash does this.
///
/// # Errors
/// When the log could not be read, or not everything is erased for certain.
///
/// # Cancel safety
/// Dropped, some of it is done.
pub async fn repeat(log: &dyn AuditLog, sidecar: &dyn Sidecar) -> Result<usize, RedactError> {
    let mut labels = Vec::new();
    for record in log.stream(RequestId::LOG, Version::START).await? {
        if let AuditEvent::Redacted(redacted) = record.event() {
            labels.extend(redacted.values.iter().map(|value| label(redacted.request, value)));
        }
    }
    let mut erased = 0_usize;
    for page in labels.chunks(PAGE) {
        erased = erased.saturating_add(sidecar.erase(page).await?);
    }
    Ok(erased)
}

const fn label(request: RequestId, value: &RedactedValue) -> Label {
    Label { request, commitment: value.commitment }
}

/// The values a redaction is about: what was kept by the record, and what is kept without one.
async fn asked(
    log: &dyn AuditLog,
    sidecar: &dyn Sidecar,
    redaction: &Redaction,
) -> Result<Vec<RedactedValue>, RedactError> {
    let request = redaction.request;
    let there = kept(sidecar, request).await?;
    let stream = log.stream(request, Version::START).await?;
    let requested = stream.iter().find_map(|record| match record.event() {
        AuditEvent::Requested(requested) => Some(requested),
        _ => None,
    });
    if requested.is_none() && there.is_empty() {
        return Err(RedactError::NoSuchRequest(request));
    }
    let all: Vec<(RedactedValue, bool)> =
        requested.map_or_else(Vec::new, |it| redacted(it).collect());
    let is_there = |value: &RedactedValue| there.contains(&label(request, value));
    let mut values: Vec<RedactedValue> = all
        .iter()
        .filter(|(value, is_kept)| *is_kept || is_there(value))
        .map(|(value, _)| value.clone())
        .collect();
    for label in &there {
        // Of a call that was cut short only the sidecar knows; it may not even be whole there.
        if all.iter().all(|(value, _)| value.commitment != label.commitment) {
            let place = match sidecar.open(label).await {
                Ok(Some(opening)) => opening.place().into(),
                Ok(None) | Err(audit::sidecar::Error::Damaged { .. }) => Box::default(),
                Err(error) => return Err(error.into()),
            };
            values.push(RedactedValue { place, commitment: label.commitment });
        }
    }
    if redaction.arguments.is_empty() {
        return match values.is_empty() {
            true => Err(RedactError::NothingKept(request)),
            false => Ok(values),
        };
    }
    for name in &redaction.arguments {
        let place = place(name);
        if values.iter().all(|value| *value.place != *place) {
            let is_one = all.iter().any(|(value, _)| *value.place == *place);
            let name = name.clone();
            return Err(match is_one {
                true => RedactError::NotKept(name),
                false => RedactError::NoSuchArgument(name),
            });
        }
    }
    let places: BTreeSet<String> = redaction.arguments.iter().map(|name| place(name)).collect();
    values.retain(|value| places.contains(&*value.place));
    Ok(values)
}

/// What the sidecar keeps of a request.
async fn kept(sidecar: &dyn Sidecar, request: RequestId) -> Result<BTreeSet<Label>, RedactError> {
    let range = labels(request);
    let mut kept = BTreeSet::new();
    let mut after = *range.start();
    loop {
        // The least label of all is no hash anybody has seen.
        let page = sidecar.labels(Some(after), PAGE).await?;
        let Some(last) = page.last().copied().filter(|last| *last > after) else { return Ok(kept) };
        kept.extend(page.into_iter().filter(|label| range.contains(label)));
        if !range.contains(&last) {
            return Ok(kept);
        }
        after = last;
    }
}

/// Puts on record what is not yet; the record that says it.
async fn put_on_record(
    log: &dyn AuditLog,
    redaction: &Redaction,
    values: &[RedactedValue],
) -> Result<Option<Sequence>, RedactError> {
    let mut seen = Version::START;
    let mut left = values.to_vec();
    let mut record = None;
    for _ in 0..ROUNDS {
        for found in log.stream(RequestId::LOG, seen).await? {
            seen = found.version();
            if let Some(erased) = of(&found, redaction.request) {
                let before = left.len();
                left.retain(|value| {
                    erased.values.iter().all(|other| other.commitment != value.commitment)
                });
                record = if left.len() < before { Some(found.sequence()) } else { record };
            }
        }
        if left.is_empty() {
            return Ok(record);
        }
        let event = AuditEvent::Redacted(
            Redacted {
                request: redaction.request,
                values: left.clone(),
                by: redaction.by.clone(),
                why: redaction.why.clone(),
                basis: redaction.basis.clone(),
            }
            .into(),
        );
        match log.append(&Append::new(RequestId::LOG, seen, vec![event])).await {
            Ok(appended) => {
                return Ok(appended.records.last().map(|record| record.sequence()));
            }
            Err(audit::Error::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(RedactError::Contended)
}

/// The erasure this record is, if it is of this request.
fn of(record: &AuditRecord, request: RequestId) -> Option<&Redacted> {
    match record.event() {
        AuditEvent::Redacted(redacted) if redacted.request == request => Some(redacted),
        _ => None,
    }
}
