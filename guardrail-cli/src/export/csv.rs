//! The log as a table for spreadsheets, in which no cell is a formula.

use guardrail_core::audit::AuditRecord;
use guardrail_core::view::{Style, visible};

use crate::error::Error;
use crate::export::about::{About, account, channel, person, text};

const HEADER: [&str; 18] = [
    "sequence",
    "time",
    "request",
    "version",
    "event",
    "state",
    "agent",
    "on_behalf_of",
    "session",
    "action",
    "policy",
    "environment",
    "person",
    "channel",
    "account",
    "text",
    "digest",
    "leaf",
];

pub(crate) fn header() -> Result<Vec<u8>, Error> {
    write(HEADER.map(str::to_owned))
}

pub(crate) fn row(record: &AuditRecord, about: &About) -> Result<Vec<u8>, Error> {
    let name = |name: &Option<std::sync::Arc<str>>| cell(name.as_deref().unwrap_or_default());
    let event = record.event();
    write([
        record.sequence().get().to_string(),
        record.time().to_string(),
        record.id().to_string(),
        record.version().get().to_string(),
        cell(event.name()),
        about.state.map(|state| state.to_string()).unwrap_or_default(),
        name(&about.agent),
        name(&about.on_behalf_of),
        name(&about.session),
        name(&about.action),
        name(&about.policy),
        name(&about.environment),
        cell(person(event).unwrap_or_default()),
        cell(channel(event).unwrap_or_default()),
        cell(&account(event).unwrap_or_default()),
        cell(&text(event).unwrap_or_default()),
        about.digest.map(|digest| digest.to_string()).unwrap_or_default(),
        record.leaf().to_string(),
    ])
}

/// Text that hides nothing and that no spreadsheet takes for a formula: behind a leading `=`, `+`,
/// `-`, `@` or apostrophe stands an apostrophe more, as spreadsheets themselves write such text. So it
/// does behind each semicolon, which ends a cell where lists are separated by it, quoted or not.
fn cell(text: &str) -> String {
    let shown = visible(text, Style::LINE);
    let mut cell = String::with_capacity(shown.text().len());
    for (nth, part) in shown.text().split(';').enumerate() {
        if nth > 0 {
            cell.push(';');
        }
        if part.trim_start().starts_with(['=', '+', '-', '@', '\'', '＝', '＋', '－', '＠']) {
            cell.push('\'');
        }
        cell.push_str(part);
    }
    cell
}

fn write(cells: [String; HEADER.len()]) -> Result<Vec<u8>, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Error::Write(error.into());
    writer.write_record(&cells).map_err(failed)?;
    writer.into_inner().map_err(|error| Error::Write(error.into_error()))
}
