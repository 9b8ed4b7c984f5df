//! `guardrail audit prove`: a request's records, each with a proof for strangers.

use std::fs;
use std::path::Path;

use guardrail_core::audit::AuditRecord;
use guardrail_core::audit::proof::{InclusionBuilder, SignedCheckpoint, TlogProof};
use guardrail_core::model::RequestId;
use guardrail_core::view::{Style, visible};
use serde_json::json;

use crate::args::Prove;
use crate::audit::heads;
use crate::error::Error;
use crate::out::Out;
use crate::source::{Records, Source};

pub(crate) fn run(
    prove: &Prove,
    request: RequestId,
    json: bool,
    mut source: Box<dyn Source>,
    out: &mut Out,
) -> Result<(), Error> {
    let heads = heads::read(prove.against.as_slice(), &prove.keys, &mut *source, out)?;
    let head = heads.into_iter().max_by_key(|head| head.checkpoint().size());
    let head = head.ok_or_else(|| Error::NoCheckpoint(source.place().to_owned()))?;
    let proven = collect(request, &head, source, out)?;
    let prove_one = |(record, inclusion): (AuditRecord, InclusionBuilder)| {
        let proof = TlogProof::new(inclusion.finish()?, head.clone(), record.leaf())?;
        Ok((record, proof))
    };
    // All of them before the first is written.
    let proven: Vec<_> = proven.into_iter().map(prove_one).collect::<Result<_, Error>>()?;
    fs::create_dir_all(&prove.output)
        .map_err(|why| Error::Create { place: prove.output.display().to_string(), why })?;
    for (record, proof) in &proven {
        let sequence = record.sequence();
        // Without a line feed: the file's bytes are the bytes that were hashed.
        write(&prove.output.join(format!("{sequence}.json")), record.line())?;
        write(&prove.output.join(format!("{sequence}.tlog-proof")), &proof.text())?;
    }
    // Behind the last of them: whoever stops reading stops nothing.
    for (record, _) in &proven {
        let sequence = record.sequence();
        let event = record.event().name();
        if json {
            out.json(&json!({ "sequence": sequence.get(), "event": event }))?;
        } else {
            let event = visible(event, Style::LINE);
            out.line(&format!("record {sequence}, {}: proven", event.text()))?;
        }
    }
    Ok(())
}

/// The request's records, and for each what its proof is made of.
fn collect(
    request: RequestId,
    head: &SignedCheckpoint,
    source: Box<dyn Source>,
    out: &mut Out,
) -> Result<Vec<(AuditRecord, InclusionBuilder)>, Error> {
    let size = head.checkpoint().size();
    let mut leaves = Vec::new();
    let mut found: Vec<(AuditRecord, InclusionBuilder)> = Vec::new();
    let mut records = Records::new(source);
    while let Some(record) = records.next()? {
        let (sequence, leaf) = (record.sequence(), record.leaf());
        if sequence.get() <= size {
            leaves.push(leaf);
        }
        if record.id() == request {
            let builder = InclusionBuilder::new(sequence, size)
                .map_err(|_| Error::Uncovered { sequence, size })?;
            found.push((record, builder));
        }
    }
    records.warn_of_torn_end(out)?;
    if found.is_empty() {
        return Err(Error::NoRequest(request));
    }
    for (_, builder) in &mut found {
        leaves.iter().for_each(|leaf| builder.push(*leaf));
    }
    Ok(found)
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let mut file = Out::create(path)?;
    file.text(text)?;
    file.flush()
}
