//! What the log holds of a call: exactly its events, each one line, and the text as it was sent.

use guardrail::view::{Entry, conversation};
use guardrail::{Arguments, Context};

use crate::ensure;
use crate::trial::{Check, Trial, call};
use crate::words::Field;

/// Most bytes of a reason that are kept.
const PROSE: usize = 4 * 1024;

/// The log verifies, holds the events of one call, and gives the text back.
pub(crate) async fn holds(field: Field, trial: &Trial, payload: &str) -> Check {
    let recorded = trial.recorded()?;
    let kept = match field {
        Field::Reason => recorded.reason().map(str::to_owned),
        Field::Actor => Some(recorded.actor().agent().as_str().to_owned()),
        _ => text(recorded.arguments()),
    };
    let kept = kept.ok_or("the text is not on record")?;
    let same = match field {
        Field::Reason if payload.len() > PROSE => {
            let head: String = payload.chars().take(256).collect();
            kept.starts_with(&head) && kept.contains(&format!("{} bytes", payload.len()))
        }
        Field::Reason | Field::Actor => kept == payload,
        // A value of several parts stands in its own order.
        _ => kept == payload || kept.len() == payload.len(),
    };
    ensure!(same, "the log holds {kept:?}");
    one_line_an_event(field, trial).await
}

fn text(arguments: &Arguments) -> Option<String> {
    let value = arguments.get("value")?;
    value
        .read::<String>()
        .ok()
        .or_else(|| value.read::<serde_json::Value>().ok().map(|value| value.to_string()))
}

/// Read as a conversation, the log has as many lines as that of a harmless call.
async fn one_line_an_event(field: Field, trial: &Trial) -> Check {
    let harmless = match field {
        Field::Reason => call("x", Context::new().reason("x")).await?,
        _ => call("x", Context::new()).await?,
    };
    let (ours, theirs) = (talk(&harmless), talk(trial));
    ensure!(
        theirs.lines().count() == ours.lines().count(),
        "the log reads as another conversation:\n{theirs}"
    );
    for (ours, theirs) in ours.lines().zip(theirs.lines()) {
        let said = |line: &str| line.contains("says (unverified)");
        ensure!(said(ours) == said(theirs), "a line says what guardrail never said: {theirs}");
    }
    let raw = theirs.chars().find(|c| *c != '\n' && crate::decode::unsafe_char(*c));
    ensure!(raw.is_none(), "the conversation shows {raw:?} raw");
    Ok(())
}

pub(crate) fn talk(trial: &Trial) -> String {
    conversation(trial.records.iter().map(|record| Entry {
        time: record.time(),
        id: record.id(),
        event: record.event(),
    }))
}
