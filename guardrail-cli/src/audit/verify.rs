//! `guardrail audit verify`: whether the log is what was written.

use std::io::{self, IsTerminal};

use guardrail_core::audit::{Fault, Inspector, Report, Verified, VerifyError};
use guardrail_core::model::Sequence;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::args::Verify;
use crate::audit::heads;
use crate::error::Error;
use crate::out::Out;
use crate::source::Source;

pub(crate) fn run(
    verify: &Verify,
    json: bool,
    mut source: Box<dyn Source>,
    out: &mut Out,
) -> Result<(), Error> {
    let inspected = inspector(verify, &mut *source);
    let inspected = inspected.and_then(|inspector| check(inspector, &mut *source));
    match inspected {
        Ok(report) if json => as_json(&report, verify.keys.is_some(), out),
        Ok(report) => as_text(&report, verify.keys.is_some(), out),
        Err(error) => {
            if json && error.is_fault() {
                let sequence = error.sequence().map(Sequence::get);
                let why = error.to_string();
                out.json(&json!({ "verified": false, "sequence": sequence, "why": why }))?;
            }
            Err(error)
        }
    }
}

fn inspector(verify: &Verify, source: &mut dyn Source) -> Result<Inspector, Error> {
    let mut inspector = Inspector::new();
    if let Some(keys) = &verify.keys {
        inspector = inspector.against(heads::read(&verify.against, keys, source)?);
    }
    Ok(if verify.complete { inspector.complete() } else { inspector })
}

fn check(mut inspector: Inspector, source: &mut dyn Source) -> Result<Report, Error> {
    let bar = bar(source.size());
    let mut last = Sequence::START;
    let mut read = 0_u64;
    while let Some(line) = source.next()? {
        last = inspector.push(&line)?.sequence();
        read = read.saturating_add(line.len() as u64).saturating_add(1);
        bar.set_position(read);
    }
    bar.finish_and_clear();
    if source.is_torn() {
        return Err(Error::Cut(last));
    }
    inspector.finish().map_err(|error| match error {
        VerifyError { why: Fault::Half, .. } => Error::Cut(last),
        error => error.into(),
    })
}

fn as_text(report: &Report, against: bool, out: &mut Out) -> Result<(), Error> {
    let Verified { log, records, head, root, .. } = report.verified;
    let Some(log) = log else { return out.line("the log is empty") };
    let noun = if records == 1 { "record verifies" } else { "records verify" };
    out.line(&format!("log {log}: {records} {noun}"))?;
    out.line(&format!("head {head}"))?;
    out.line(&format!("root {root}"))?;
    if let Some(starts) = report.starts {
        out.line(&format!("starts {starts}, each of them allowed"))?;
    }
    match report.uncovered() {
        Some(first) if against => {
            out.line(&format!("not covered by a checkpoint since record {first}"))
        }
        Some(_) => out.line("not covered by a checkpoint: none was given"),
        None => out.line("covered by a checkpoint to the end"),
    }
}

fn as_json(report: &Report, against: bool, out: &mut Out) -> Result<(), Error> {
    let Verified { log, records, head, root, .. } = report.verified;
    let log = log.map(|log| log.to_string());
    let uncovered = report.uncovered().map(Sequence::get);
    out.json(&json!({
        "verified": true, "log": log, "records": records, "head": head.to_string(),
        "root": root.to_string(), "starts": report.starts, "against": against,
        "covered": report.covered, "uncovered_since": uncovered,
    }))
}

/// Only where a person looks on, and never on standard output.
fn bar(size: Option<u64>) -> ProgressBar {
    let Some(size) = size.filter(|_| io::stderr().is_terminal()) else {
        return ProgressBar::hidden();
    };
    let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr_with_hz(10));
    match ProgressStyle::with_template("verifying {wide_bar} {bytes} of {total_bytes}, {eta} left")
    {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
