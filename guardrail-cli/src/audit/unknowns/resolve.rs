//! `guardrail audit unknowns resolve`: what a person found out, written into the log itself.

use guardrail_core::audit::AuditLog;
use guardrail_core::desk;
use guardrail_core::model::{ApprovalRequest, Found, RequestId};
use serde_json::json;

use crate::args::{Finding, Place, Resolve};
use crate::error::Error;
use crate::out::Out;
use crate::source::Kind;
use crate::writer;

pub(crate) fn run(
    resolve: &Resolve,
    request: RequestId,
    kind: Kind,
    place: &Place,
    out: &mut Out,
) -> Result<(), Error> {
    let written = writer::with(kind, place, async |log| put(resolve, request, log).await);
    let request = writer::runtime()?.block_on(written)?;
    let (id, found) = (request.id(), found(resolve.found));
    if place.json {
        return out.json(&json!({
            "id": id.to_string(), "by": resolve.by.as_str(), "found": found,
        }));
    }
    out.line(&format!("request {id} is resolved: {found}, says {}", resolve.by))
}

async fn put(
    resolve: &Resolve,
    request: RequestId,
    log: &dyn AuditLog,
) -> Result<ApprovalRequest, Error> {
    let found = found(resolve.found);
    Ok(desk::resolve(log, request, resolve.start, &resolve.by, found, &resolve.why).await?)
}

const fn found(finding: Finding) -> Found {
    match finding {
        Finding::Happened => Found::Happened,
        Finding::Not => Found::DidNotHappen,
    }
}
