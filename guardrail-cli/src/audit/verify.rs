//! `guardrail audit verify`: whether the log is what was written.

use std::io::{self, IsTerminal};

use guardrail_core::audit::{Verified, Verifier};
use guardrail_core::model::Sequence;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::args::Verify;
use crate::error::Error;
use crate::out::Out;
use crate::source::Source;

pub(crate) fn run(
    _verify: &Verify,
    json: bool,
    mut source: Box<dyn Source>,
    out: &mut Out,
) -> Result<(), Error> {
    let verified = match check(&mut *source) {
        Ok(verified) => verified,
        Err(error) => {
            if let Some(sequence) = error.sequence().filter(|_| json) {
                out.json(&json!({
                    "verified": false, "sequence": sequence.get(), "why": error.to_string(),
                }))?;
            }
            return Err(error);
        }
    };
    let Verified { log, records, head, root, .. } = verified;
    if json {
        let log = log.map(|log| log.to_string());
        return out.json(&json!({
            "verified": true, "log": log, "records": records,
            "head": head.to_string(), "root": root.to_string(),
        }));
    }
    let Some(log) = log else { return out.line("the log is empty") };
    let noun = if records == 1 { "record verifies" } else { "records verify" };
    out.line(&format!("log {log}: {records} {noun}"))?;
    out.line(&format!("head {head}"))?;
    out.line(&format!("root {root}"))
}

fn check(source: &mut dyn Source) -> Result<Verified, Error> {
    let bar = bar(source.size());
    let mut verifier = Verifier::new();
    let mut read = 0_u64;
    while let Some(line) = source.next()? {
        verifier.push(&line)?;
        read = read.saturating_add(line.len() as u64).saturating_add(1);
        bar.set_position(read);
    }
    bar.finish_and_clear();
    if source.is_torn() || !verifier.is_whole() {
        return Err(Error::Cut(Sequence::new(verifier.finish().records)));
    }
    Ok(verifier.finish())
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
