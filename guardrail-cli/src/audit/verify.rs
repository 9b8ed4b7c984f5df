//! `guardrail audit verify`: whether the log is what was written.

use std::io::{self, IsTerminal};

use guardrail_core::audit::sidecar::Checked;
use guardrail_core::audit::{Fault, Inspector, Report, Verified, VerifyError};
use guardrail_core::model::Sequence;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::args::Verify;
use crate::audit::policies::Policies;
use crate::audit::{heads, values};
use crate::beside::Beside;
use crate::error::Error;
use crate::out::Out;
use crate::source::Source;

pub(crate) fn run(
    verify: &Verify,
    json: bool,
    mut source: Box<dyn Source>,
    mut beside: Option<Beside>,
    out: &mut Out,
) -> Result<(), Error> {
    let mut policies = Policies::load(&verify.policies)?;
    let inspected = inspector(verify, &mut *source, out)
        .and_then(|inspector| check(inspector, &mut *source, beside.as_mut(), policies.as_mut()))
        .and_then(|report| Ok((report, beside.map(|beside| beside.check()).transpose()?)));
    match inspected {
        Ok((report, checked)) => {
            let against = verify.keys.is_some();
            let told = match json {
                true => as_json(&report, checked.as_ref(), policies.as_ref(), against, out),
                false => as_text(&report, checked.as_ref(), policies.as_ref(), against, out),
            };
            // What was found counts, whether anybody reads it or not.
            checked.as_ref().map_or(Ok(()), values::wrong).and(told)
        }
        Err(error) => {
            if json && error.is_fault() {
                let sequence = error.sequence().map(Sequence::get);
                let why = error.to_string();
                drop(out.json(&json!({ "verified": false, "sequence": sequence, "why": why })));
            }
            Err(error)
        }
    }
}

fn inspector(verify: &Verify, source: &mut dyn Source, out: &mut Out) -> Result<Inspector, Error> {
    let mut inspector = Inspector::new();
    if let Some(keys) = &verify.keys {
        inspector = inspector.against(heads::read(&verify.against, keys, source, out)?);
    }
    Ok(if verify.complete { inspector.complete() } else { inspector })
}

fn check(
    mut inspector: Inspector,
    source: &mut dyn Source,
    mut beside: Option<&mut Beside>,
    mut policies: Option<&mut Policies>,
) -> Result<Report, Error> {
    let bar = bar(source.size());
    let mut last = Sequence::START;
    let mut read = 0_u64;
    while let Some(line) = source.next()? {
        let record = inspector.push(&line)?;
        if let Some(policies) = &mut policies {
            policies.hear(&record)?;
        }
        last = record.sequence();
        if let Some(beside) = &mut beside {
            beside.hear(&record);
        }
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

fn as_text(
    report: &Report,
    redacted: Option<&Checked>,
    policies: Option<&Policies>,
    against: bool,
    out: &mut Out,
) -> Result<(), Error> {
    let Verified { log, records, head, root, .. } = report.verified;
    let Some(log) = log else { return out.line("the log is empty") };
    let noun = if records == 1 { "record verifies" } else { "records verify" };
    out.line(&format!("log {log}: {records} {noun}"))?;
    out.line(&format!("head {head}"))?;
    out.line(&format!("root {root}"))?;
    if let Some(starts) = report.starts {
        out.line(&format!("starts {starts}, each of them allowed"))?;
    }
    if let Some(policies) = policies {
        policies.tell(out)?;
    }
    if let Some(redacted) = redacted {
        values::checked(redacted, out)?;
    }
    match report.uncovered() {
        Some(first) if against => {
            out.line(&format!("not covered by a checkpoint since record {first}"))
        }
        Some(_) => out.line("not covered by a checkpoint: none was given (--keys takes those the log keeps of itself, --against another)"),
        None => out.line("covered by a checkpoint to the end"),
    }
}

fn as_json(
    report: &Report,
    redacted: Option<&Checked>,
    policies: Option<&Policies>,
    against: bool,
    out: &mut Out,
) -> Result<(), Error> {
    let Verified { log, records, head, root, .. } = report.verified;
    let log = log.map(|log| log.to_string());
    let uncovered = report.uncovered().map(Sequence::get);
    let is_sound = redacted.is_none_or(Checked::is_sound);
    let mut object = json!({
        "verified": is_sound, "log": log, "records": records, "head": head.to_string(),
        "root": root.to_string(), "starts": report.starts, "against": against,
        "covered": report.covered, "uncovered_since": uncovered,
    });
    if let (Some(redacted), Some(object)) = (redacted, object.as_object_mut()) {
        object.insert("redacted".to_owned(), values::counts(redacted));
    }
    if let (Some(policies), Some(object)) = (policies, object.as_object_mut()) {
        object.insert("policies".to_owned(), policies.counts());
    }
    out.json(&object)
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
