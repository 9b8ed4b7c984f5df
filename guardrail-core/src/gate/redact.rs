//! Redaction while the program runs.

use crate::audit::sidecar::{self, Done, Fate, Label, Ledger, RedactError, Redaction, Said};
use crate::gate::Guardrail;
use crate::model::{RequestId, Version};

impl Guardrail {
    /// Erases redacted values of a request: first that is on record, with who asked for it, why and on
    /// which legal basis, then they are erased. Done again it is recorded once, and erased again.
    ///
    /// ```
    /// # async fn example(guardrail: guardrail_core::gate::Guardrail, id: guardrail_core::model::RequestId)
    /// # -> Result<(), guardrail_core::audit::sidecar::RedactError> {
    /// use guardrail_core::audit::sidecar::Redaction;
    ///
    /// let redaction = Redaction::new(id, "dpo@example.com", "case 4711", "GDPR Art. 17(1)(a)")?;
    /// guardrail.redact(&redaction.argument("iban")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RedactError`], which says whether it must be done again.
    ///
    /// # Cancel safety
    /// Dropped, it may be on record and not be carried out: then it must be done again.
    pub async fn redact(&self, redaction: &Redaction) -> Result<Done, RedactError> {
        let desk = &self.inner.desk;
        let sidecar = desk.sidecar().ok_or(RedactError::NoSidecar)?;
        sidecar::redact(&**desk.log(), &**sidecar, redaction).await
    }

    /// What became of the redacted values of a request: each that is kept is held against the log.
    ///
    /// # Errors
    /// When there is no sidecar, or log or sidecar failed.
    pub async fn redacted(
        &self,
        request: RequestId,
    ) -> Result<Vec<(Label, Said, Fate)>, RedactError> {
        let desk = &self.inner.desk;
        let sidecar = desk.sidecar().ok_or(RedactError::NoSidecar)?;
        let mut ledger = Ledger::new();
        for id in [request, RequestId::LOG] {
            for record in desk.log().stream(id, Version::START).await? {
                ledger.hear(&record);
            }
        }
        let mut found = Vec::new();
        for (label, said) in ledger.of(request) {
            found.push((*label, said.clone(), ledger.look(&**sidecar, label).await?));
        }
        Ok(found)
    }
}
