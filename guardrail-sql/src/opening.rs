//! Openings as they stand in a table, whichever.

use guardrail_core::audit::sidecar::{Error, Label, Opening};
use guardrail_core::model::RequestId;
use guardrail_core::model::secret::{Commitment, Salt};

/// A row of the table: place, salt and value.
pub(crate) type Columns = (Vec<u8>, Vec<u8>, Vec<u8>);

/// Why something is not kept.
pub(crate) const ERASED: &str = "it was erased before it was kept";

/// The opening of a row that was found under this label.
pub(crate) fn opening(
    sidecar: &'static str,
    label: &Label,
    (place, salt, value): Columns,
) -> Result<Opening, Error> {
    let salt = <[u8; 32]>::try_from(salt).ok().map(Salt::from_bytes);
    let (place, value) = (String::from_utf8(place).ok(), String::from_utf8(value).ok());
    match (place, salt, value) {
        (Some(place), Some(salt), Some(value)) => Ok(Opening::read(*label, place, salt, value)),
        _ => Err(damaged(sidecar, &label.to_string())),
    }
}

/// The labels of rows.
pub(crate) fn labels(
    sidecar: &'static str,
    rows: &[(String, String)],
) -> Result<Vec<Label>, Error> {
    let label = |(request, commitment): &(String, String)| {
        let id = RequestId::parse(request).ok();
        let commitment = Commitment::parse(commitment);
        id.zip(commitment)
            .map(|(request, commitment)| Label { request, commitment })
            .ok_or_else(|| damaged(sidecar, request))
    };
    rows.iter().map(label).collect()
}

/// What a label is in the table: that of the one behind which others are looked for, or none.
pub(crate) fn columns(label: Option<Label>) -> (String, String) {
    label.map_or_else(Default::default, |label| {
        (label.request.to_string(), label.commitment.to_string())
    })
}

fn damaged(sidecar: &'static str, place: &str) -> Error {
    Error::Damaged { sidecar, place: place.into(), why: "the row holds no opening".into() }
}
