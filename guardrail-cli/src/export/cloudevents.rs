//! The log as `CloudEvents` 1.0 in the JSON format, with the extension `sequence`.

use guardrail_core::audit::AuditRecord;
use serde_json::json;

use crate::error::Error;
use crate::out::ascii;

/// One event. Its `data` is the sealed line, byte for byte: it can be verified as it is.
pub(crate) fn event(record: &AuditRecord) -> Result<Vec<u8>, Error> {
    let (log, sequence) = (record.log(), record.sequence().get());
    let attributes = json!({
        "specversion": "1.0",
        "id": format!("{log}/{sequence}"),
        "source": format!("urn:uuid:{log}"),
        "type": format!("guardrail.audit.{}", record.event().name()),
        "subject": record.id().to_string(),
        "time": record.time().to_string(),
        "datacontenttype": "application/json",
        // Of a fixed width, so that order by text is order by number, as the extension wants it.
        "sequence": format!("{sequence:020}"),
    });
    let mut text = ascii(&attributes.to_string());
    text.pop();
    text.push_str(",\"data\":");
    text.push_str(record.line());
    text.push_str("}\n");
    Ok(text.into_bytes())
}
