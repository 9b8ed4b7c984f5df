//! `guardrail audit unknowns`: who started what, when, in which process, and how it is resolved.

use std::collections::BTreeMap;
use std::sync::Arc;

use guardrail_core::audit::AuditRecord;
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{AuditEvent, RequestId, Requested, Sequence};
use guardrail_core::view::{Budget, Style, columns, cut};
use serde::Serialize;

use crate::error::Error;
use crate::out::Out;
use crate::source::{Records, Source};

/// Most columns of one text.
const TEXT: usize = 240;

/// What is kept of a request that is under way.
#[derive(Clone, Debug, Serialize)]
struct Row {
    id: RequestId,
    agent: Box<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<Box<str>>,
    action: Box<str>,
    policy: Box<str>,
    summary: Box<str>,
    /// Which start this is; 0 before the first.
    start: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<Timestamp>,
    /// The process that started it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<Process>,
    /// Since when nobody knows, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Box<str>>,
}

/// A process that wrote the log.
#[derive(Clone, Debug, Serialize)]
struct Process {
    host: Arc<str>,
    pid: u32,
    opened: Timestamp,
}

/// The requests that are under way. Memory: some hundred bytes for each, and for each process.
#[derive(Debug, Default)]
struct Rows {
    rows: BTreeMap<RequestId, Row>,
    processes: BTreeMap<Sequence, Process>,
}

pub(crate) fn run(source: Box<dyn Source>, json: bool, out: &mut Out) -> Result<(), Error> {
    let mut records = Records::new(source);
    let mut all = Rows::default();
    while let Some(record) = records.next()? {
        all.take(&record);
    }
    records.warn_of_torn_end(out)?;
    let (mut rows, open): (Vec<Row>, Vec<Row>) = all
        .rows
        .into_values()
        .filter(|row| row.started.is_some())
        .partition(|row| row.unknown.is_some());
    rows.sort_by_key(|row| row.unknown);
    if json {
        return rows.iter().try_for_each(|row| out.json(row));
    }
    if rows.is_empty() {
        out.line("nothing is unknown")?;
    }
    for row in &rows {
        tell(row, out)?;
    }
    match open.len() {
        0 => Ok(()),
        n => out.line(&format!(
            "{n} started and not ended yet: where its process is gone, that is known once a program \
             opens the log"
        )),
    }
}

impl Rows {
    fn take(&mut self, record: &AuditRecord) {
        let (id, time) = (record.id(), record.time());
        match record.event() {
            AuditEvent::Opened { host, pid, .. } => {
                let process = Process { host: (&**host).into(), pid: *pid, opened: time };
                self.processes.insert(record.sequence(), process);
            }
            AuditEvent::Requested(requested) => {
                self.rows.entry(id).or_insert_with(|| row(id, requested));
            }
            AuditEvent::Started { .. } | AuditEvent::Retried { .. } => {
                let process = self.processes.get(&record.writer()).cloned();
                if let Some(row) = self.rows.get_mut(&id) {
                    row.start = row.start.saturating_add(1);
                    (row.started, row.process) = (Some(time), process);
                    (row.unknown, row.why) = (None, None);
                }
            }
            AuditEvent::Unknown { why } => {
                if let Some(row) = self.rows.get_mut(&id) {
                    (row.unknown, row.why) = (Some(time), Some(why.clone()));
                }
            }
            AuditEvent::Completed
            | AuditEvent::Failed { .. }
            | AuditEvent::Aborted { .. }
            | AuditEvent::Resolved(_)
            | AuditEvent::Denied { .. }
            | AuditEvent::Expired
            | AuditEvent::Withdrawn { .. }
            | AuditEvent::Lapsed { .. } => drop(self.rows.remove(&id)),
            _ => {}
        }
    }
}

fn row(id: RequestId, requested: &Requested) -> Row {
    let (intent, actor) = (&requested.intent, requested.intent.actor());
    Row {
        id,
        agent: actor.agent().as_str().into(),
        on_behalf_of: actor.on_behalf_of().map(|person| person.as_str().into()),
        action: intent.action().into(),
        policy: intent.policy().as_str().into(),
        summary: intent.summary().unwrap_or_default().into(),
        start: 0,
        started: None,
        process: None,
        unknown: None,
        why: None,
    }
}

fn tell(row: &Row, out: &mut Out) -> Result<(), Error> {
    let (id, start) = (row.id, row.start);
    let colon = if row.summary.is_empty() { "" } else { ": " };
    let of = row.on_behalf_of.as_deref().map(|of| format!(" for {}", safe(of)));
    out.told(&format!("{id}  {}{colon}{}\n", safe(&row.action), safe(&row.summary)))?;
    let (agent, policy) = (safe(&row.agent), safe(&row.policy));
    out.told(&format!("    who      {agent}{}, policy {policy}\n", of.unwrap_or_default()))?;
    if let Some(started) = row.started {
        let again = if start > 1 { format!(", start {start}") } else { String::new() };
        out.line(&format!("    started  {started}{again}{}", process(row.process.as_ref())))?;
    }
    if let (Some(unknown), Some(why)) = (row.unknown, &row.why) {
        out.told(&format!("    unknown  {unknown}: {}\n", safe(why)))?;
    }
    out.line(&format!(
        "    resolve  guardrail audit unknowns resolve {id} --start {start} --by WHO --found \
         happened|not --why TEXT"
    ))
}

fn process(process: Option<&Process>) -> String {
    let said = |process: &Process| {
        let host = safe(&process.host);
        format!(", by process {} on {host}, there since {}", process.pid, process.opened)
    };
    process.map(said).unwrap_or_default()
}

/// Text that hides nothing and stays one line.
fn safe(text: &str) -> String {
    cut(text, Style::LINE.spaces(1), &Budget::new(TEXT, columns)).text()
}
