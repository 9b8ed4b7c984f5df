//! `guardrail audit redact`: erases redacted values, with a record of who, why and on which basis.

use guardrail_core::audit::sidecar::{Done, Redaction, redact};
use guardrail_core::model::RequestId;
use guardrail_core::view::{Budget, Style, columns, cut};
use serde_json::json;

use crate::args::{Place, Redact};
use crate::beside;
use crate::error::Error;
use crate::out::Out;
use crate::source::Kind;
use crate::writer;

/// Most columns of one place.
const PLACE: usize = 240;

pub(crate) fn run(
    asked: &Redact,
    request: RequestId,
    kind: Kind,
    place: &Place,
    out: &mut Out,
) -> Result<(), Error> {
    let redaction = Redaction::new(request, &asked.by, &asked.why, &asked.basis)?;
    let redaction = asked.argument.iter().fold(redaction, |it, name| it.argument(name.as_str()));
    let done = writer::runtime()?.block_on(carry_out(asked, kind, place, &redaction))?;
    let record = done.record.map(|record| record.get());
    if done.erased == 0 && asked.sidecar.is_none() {
        out.warn(
            "no such value was in the database of the log: where the program keeps them in a folder, \
             name it by --sidecar, and run this again",
        )?;
    }
    if place.json {
        return out.json(&json!({
            "request": request, "record": record, "values": done.values,
            "erased": done.erased,
        }));
    }
    for value in &done.values {
        let place = cut(&value.place, Style::LINE, &Budget::new(PLACE, columns)).text();
        out.line(&format!("{place} of {request} is erased"))?;
    }
    let now = match done.erased {
        0 => "nothing of it was left".to_owned(),
        1 => "1 value was still there".to_owned(),
        some => format!("{some} values were still there"),
    };
    out.line(&format!("on record {}: {now}", record.unwrap_or_default()))
}

async fn carry_out(
    asked: &Redact,
    kind: Kind,
    place: &Place,
    redaction: &Redaction,
) -> Result<Done, Error> {
    // First: a log that is opened gets a record, even where nothing can be erased.
    let sidecar = beside::open(kind, place, asked.sidecar.as_deref()).await?;
    writer::with(kind, place, async |log| Ok(redact(log, &*sidecar, redaction).await?)).await
}
