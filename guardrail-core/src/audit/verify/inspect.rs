//! Everything that can be asked of a log's lines, in one pass.

use crate::audit::AuditLog;
use crate::audit::proof::SignedCheckpoint;
use crate::audit::record::AuditRecord;
use crate::audit::verify::against::Against;
use crate::audit::verify::complete::Complete;
use crate::audit::verify::{Fault, Verified, Verifier, VerifyError};
use crate::model::Sequence;

/// Verifies lines one after the other, and what else was asked for with them.
///
/// ```
/// # fn example(lines: &str, notes: &str, key: &str) -> Result<(), Box<dyn std::error::Error>> {
/// use guardrail_core::audit::Inspector;
/// use guardrail_core::audit::proof::{Keys, SignedCheckpoint};
///
/// let heads = SignedCheckpoint::open_all(notes, &Keys::parse(key)?)?;
/// let mut inspector = Inspector::new().against(heads).complete();
/// for line in lines.lines() {
///     inspector.push(line)?;
/// }
/// let report = inspector.finish()?;
/// if let Some(first) = report.uncovered() {
///     println!("not covered by a checkpoint since record {first}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Inspector {
    verifier: Verifier,
    against: Against,
    complete: Option<Complete>,
}

/// What an inspected log is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What was verified.
    pub verified: Verified,
    /// How many records the largest of the checkpoints covers; 0 without one.
    pub covered: u64,
    /// How many bodies were started, each of them allowed; `None` where that was not asked for.
    pub starts: Option<u64>,
}

impl Report {
    /// The first record that no checkpoint covers: from here on, whoever holds the file may have
    /// written what they like, in the form of a log.
    #[must_use]
    pub fn uncovered(&self) -> Option<Sequence> {
        (self.covered < self.verified.records).then(|| Sequence::new(self.covered).next())
    }
}

impl Inspector {
    /// Asks only that the log is unbroken.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks too that the log leads to these heads: it is the one that was signed, and no old copy.
    #[must_use]
    pub fn against(mut self, heads: impl IntoIterator<Item = SignedCheckpoint>) -> Self {
        self.against.add(heads);
        self
    }

    /// Asks too that every start was allowed: by the policy alone, or by an approval in time whose
    /// votes were given on this very digest, by nobody whom the call itself names, meet the requirement,
    /// and have no denial among them.
    #[must_use]
    pub fn complete(mut self) -> Self {
        self.complete = Some(Complete::default());
        self
    }

    /// Takes the next line, without its line feed.
    ///
    /// # Errors
    /// When it is not what can follow; the inspector should not be used further then.
    pub fn push(&mut self, line: &str) -> Result<AuditRecord, VerifyError> {
        let record = self.verifier.push(line)?;
        self.against.meet(Some(record.log()), self.verifier.tree())?;
        if let Some(complete) = &mut self.complete {
            complete.push(&record)?;
        }
        Ok(record)
    }

    /// What the log is.
    ///
    /// # Errors
    /// When its last append is not whole, or a head covers more than came.
    pub fn finish(mut self) -> Result<Report, VerifyError> {
        let verified = self.verifier.finish();
        if !self.verifier.is_whole() {
            let sequence = Sequence::new(verified.records).next();
            return Err(VerifyError { sequence, why: Fault::Half });
        }
        self.against.finish(verified.log, self.verifier.tree())?;
        let starts = self.complete.as_ref().map(Complete::starts);
        Ok(Report { verified, covered: self.against.covered(), starts })
    }
}

/// Reads a whole log, a thousand records at a time, and has its lines inspected.
///
/// # Errors
/// The first record that is not as it should be, or could not be read.
pub async fn inspect(log: &dyn AuditLog, mut inspector: Inspector) -> Result<Report, VerifyError> {
    let mut after = Sequence::START;
    loop {
        let unread = |why: String| VerifyError { sequence: after.next(), why: Fault::Read(why) };
        let page = log.read(after, 1000).await.map_err(|error| unread(error.to_string()))?;
        let Some(last) = page.last() else { return inspector.finish() };
        let next = last.sequence();
        for record in &page {
            inspector.push(record.line())?;
        }
        if next <= after {
            return Err(unread("the log returned no later record".to_owned()));
        }
        after = next;
    }
}
