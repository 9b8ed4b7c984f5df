//! One guarded call, from the agent to the body, with everything that was said about it.

use std::sync::{Arc, Mutex};

use guardrail::audit::Verifier;
use guardrail::model::IntentBuilder;
use guardrail::{
    ApprovalRequest, AuditEvent, AuditRecord, Context, Error, Guardrail, Intent, MockApprover,
    Sequence, requires_approval,
};
use serde_json::Value;

use crate::ensure;
use crate::heard::heard;

/// The result of a check: what is wrong, in words.
pub(crate) type Check = Result<(), String>;

/// The events of a call that a person approved and that ended well.
pub(crate) const APPROVED: &[&str] =
    &["opened", "requested", "posted", "voted", "approved", "started", "completed"];
/// The events of a call that was refused before anyone was asked.
pub(crate) const REFUSED: &[&str] = &["opened", "requested"];

/// What the body was given.
#[derive(Debug, Default)]
pub(crate) struct Taken(Mutex<Vec<String>>);

impl Taken {
    pub(crate) fn put(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// What became of one call.
pub(crate) struct Trial {
    /// The request as the approver was asked; none where nobody was.
    pub(crate) request: Option<ApprovalRequest>,
    /// What the body was given.
    pub(crate) taken: Vec<String>,
    pub(crate) error: Option<Error>,
    /// The log as it was read back from its lines.
    pub(crate) records: Vec<AuditRecord>,
    /// Everything that was traced.
    pub(crate) traced: String,
    pub(crate) guardrail: Guardrail,
}

#[requires_approval(policy = "attacks", skip(taken))]
async fn deed(value: &str, taken: &Taken) -> Result<(), Error> {
    taken.put(value);
    Ok(())
}

/// Calls a function under the attribute with this argument, in this context.
pub(crate) async fn call(value: &str, context: Context) -> Result<Trial, String> {
    let (approver, taken) = (MockApprover::approving(), Taken::default());
    let guardrail = Guardrail::for_tests(approver.clone());
    let (ended, traced) = heard(guardrail.scope(context.scope(deed(value, &taken)))).await;
    Trial::of(guardrail, &approver, &taken, ended, traced).await
}

/// Brings an intent by hand to the gate, and runs a body that takes its value from the permit.
pub(crate) async fn ask(builder: IntentBuilder) -> Result<Trial, String> {
    let (approver, taken) = (MockApprover::approving(), Taken::default());
    let guardrail = Guardrail::for_tests(approver.clone());
    let asked = async {
        let permit = guardrail.authorize(builder).await?;
        let names: Vec<String> =
            permit.intent().arguments().iter().map(|one| one.name().to_owned()).collect();
        let mut values = Vec::new();
        for name in names {
            values.push(match permit.arg::<String>(&name) {
                Ok(text) => text,
                Err(_) => match permit.arg::<i128>(&name) {
                    Ok(number) => number.to_string(),
                    Err(_) => permit.arg::<Value>(&name)?.to_string(),
                },
            });
        }
        permit
            .run(async {
                values.into_iter().for_each(|value| taken.put(value));
                Ok::<(), Error>(())
            })
            .await
    };
    let (ended, traced) = heard(asked).await;
    Trial::of(guardrail, &approver, &taken, ended, traced).await
}

/// An intent with one argument named `value`.
pub(crate) fn intent(action: &str, policy: &str) -> IntentBuilder {
    Intent::builder(action).policy(policy)
}

impl Trial {
    async fn of(
        guardrail: Guardrail,
        approver: &MockApprover,
        taken: &Taken,
        ended: Result<(), Error>,
        traced: String,
    ) -> Result<Self, String> {
        let records = read_back(&guardrail).await?;
        Ok(Self {
            request: approver.requests().into_iter().next(),
            taken: taken.all(),
            error: ended.err(),
            records,
            traced,
            guardrail,
        })
    }

    pub(crate) fn events(&self) -> Vec<&str> {
        self.records.iter().map(|record| record.event().name()).collect()
    }

    /// The intent as the log holds it, read from its line.
    pub(crate) fn recorded(&self) -> Result<&Intent, String> {
        let requested = self.records.iter().find_map(|record| match record.event() {
            AuditEvent::Requested(requested) => Some(&requested.intent),
            _ => None,
        });
        requested.ok_or_else(|| "no intent is on record".to_owned())
    }

    pub(crate) fn request(&self) -> Result<&ApprovalRequest, String> {
        self.request.as_ref().ok_or_else(|| {
            let why = self.error.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("nobody was asked: {why}")
        })
    }

    /// It ran once, after an approval, and the log holds exactly that.
    pub(crate) fn ran(&self) -> Check {
        ensure!(self.error.is_none(), "the call was refused: {}", self.error.as_ref().unwrap());
        ensure!(self.taken.len() == 1, "the body ran {} times", self.taken.len());
        ensure!(self.events() == APPROVED, "the log holds {:?}", self.events());
        Ok(())
    }

    /// It was refused with an error of ours, the body did not start, and that is on record.
    pub(crate) fn refused(&self) -> Check {
        ensure!(self.taken.is_empty(), "the body ran");
        let Some(error) = &self.error else { return Err("the call was not refused".to_owned()) };
        ensure!(self.request.is_none(), "somebody was asked");
        ensure!(self.events() == REFUSED, "the log holds {:?}", self.events());
        let text = error.to_string();
        ensure!(text.contains("not performed"), "the refusal does not say so: {text}");
        ensure!(printable(&text), "the refusal carries what it should not: {text:?}");
        Ok(())
    }
}

/// Verifies the whole log from its lines, and returns what the lines say.
pub(crate) async fn read_back(guardrail: &Guardrail) -> Result<Vec<AuditRecord>, String> {
    let stored = guardrail.audit_log().read(Sequence::START, 10_000).await;
    let stored: Vec<Arc<AuditRecord>> = stored.map_err(|error| error.to_string())?;
    let mut verifier = Verifier::new();
    let mut records = Vec::new();
    for record in stored {
        let line = record.line();
        ensure!(line.bytes().all(|byte| matches!(byte, 0x20..=0x7e)), "a line is not plain ASCII");
        let record = verifier.push(line).map_err(|error| error.to_string())?;
        records.push(record);
    }
    Ok(records)
}

/// Whether a message for a person or a model is one line of text without anything hidden.
pub(crate) fn printable(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || ('\u{2000}'..='\u{206f}').contains(&c))
}

/// Leaves the check with these words unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($holds:expr, $($words:tt)+) => {
        if !$holds {
            return Err(format!($($words)+));
        }
    };
}
