//! The bytes stored are the bytes hashed, and anyone can check them.

use guardrail_core::audit::{AuditLog, AuditRecord, Verifier, verify};
use guardrail_core::model::{AuditEvent, State};

use super::AuditLogFactory;
use super::bed::{Bed, Broken, ensure};
use crate::events::{HOSTILE, commented, of_requests, of_the_log};

/// Every event of every kind, with whatever text, becomes one line of printable ASCII, and the
/// lines verify.
pub(super) async fn lines_verify_and_are_printable<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for event in of_requests()? {
        for state in State::ALL.into_iter().filter(|state| event.step(*state).is_some()) {
            let id = bed.request(state).await?;
            let version = bed.stream(id).await?.len() as u64;
            bed.append(id, version, vec![event.clone()]).await?;
        }
    }
    let own = guardrail_core::model::RequestId::LOG;
    for event in of_the_log() {
        let version = bed.stream(own).await?.len() as u64;
        bed.append(own, version, vec![event]).await?;
    }
    let mut verifier = Verifier::new();
    for record in bed.whole().await? {
        let line = record.line();
        let printable = line.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        ensure!(printable, "record {} is not printable ASCII", record.sequence());
        verifier.push(line)?;
    }
    ensure!(verifier.is_whole(), "the last append is not whole");
    let verified = verify(&*bed.log).await?;
    ensure!(verified == verifier.finish(), "two verifications differ");
    ensure!(verified.log == Some(bed.log.id()), "the lines name another log");
    Ok(())
}

/// A record can be made from its line alone, and is the same.
pub(super) async fn a_line_says_all_of_its_record<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.request(State::Pending).await?;
    bed.append(id, 1, vec![commented(HOSTILE), commented("2")]).await?;
    for record in bed.whole().await? {
        let again = AuditRecord::parse(record.line())?;
        let same = again.sequence() == record.sequence()
            && again.id() == record.id()
            && again.version() == record.version()
            && again.more() == record.more()
            && again.time() == record.time()
            && again.writer() == record.writer()
            && again.log() == record.log()
            && again.prev() == record.prev()
            && again.leaf() == record.leaf()
            && again.line() == record.line()
            && again.event().name() == record.event().name();
        ensure!(same, "record {} is not what its line says", record.sequence());
        if let AuditEvent::Commented { text, .. } = again.event()
            && let AuditEvent::Commented { text: kept, .. } = record.event()
        {
            ensure!(text == kept, "the text came back changed");
        }
    }
    Ok(())
}

/// A log begins with its writer's introduction, and every record names one that stands before it.
pub(super) async fn writers_introduce_themselves<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    bed.request(State::Completed).await?;
    let all = bed.whole().await?;
    let first = all.first().map(|record| record.event().name().to_owned());
    ensure!(first.as_deref() == Some("opened"), "the log begins with {first:?}");
    let mut writers = Vec::new();
    for record in &all {
        if record.event().name() == "opened" {
            writers.push(record.sequence());
        }
        let known = writers.contains(&record.writer());
        ensure!(known, "record {} names a writer nobody knows", record.sequence());
    }
    Ok(())
}
