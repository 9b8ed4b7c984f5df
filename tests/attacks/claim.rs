//! What an agent claims: framed as unverified, behind everything that guardrail knows.

use guardrail::Context;
use guardrail::view::{Fact, FactKind, Facts, open, text};

use crate::corpus::Entry;
use crate::ensure;
use crate::trial::{Check, Trial, call};
use crate::words::Field;

/// The claim stands in its frame, in the last place, and changes nothing before it.
pub(crate) async fn attributed(entry: &Entry, trial: &Trial, payload: &str) -> Check {
    let request = trial.request()?;
    let seen = open(request, request.created());
    let kind = match entry.field {
        Field::Reason => FactKind::Claim,
        Field::Actor => FactKind::Agent,
        _ => FactKind::Argument,
    };
    let own = |fact: &&Fact| fact.kind() == kind && !fact.is_skipped();
    let claims: Vec<&Fact> = seen.iter().filter(own).collect();
    let [claim] = claims.as_slice() else {
        return Err(format!("it stands in {} facts", claims.len()));
    };
    ensure!(claim.is_untrusted(), "it is not marked as an agent's");
    let page = text(&seen, 100);
    if entry.field == Field::Reason {
        ensure!(claim.label().text() == "the agent says (not verified)", "it has another label");
        let last = seen.iter().last().map(Fact::kind);
        ensure!(last == Some(FactKind::Claim), "something stands behind it: {last:?}");
        let (before, behind) = page
            .split_once("the agent says (not verified):\n")
            .ok_or_else(|| format!("the label does not stand alone: {page}"))?;
        framed(behind)?;
        let harmless = call("x", Context::new()).await?;
        let harmless = harmless.request()?;
        let ours = open(harmless, harmless.created());
        let (ours, theirs) = (steady(&ours), steady_before(&seen));
        ensure!(ours == theirs, "it changed what stands before it: {ours:?}, not {theirs:?}");
        let shown = payload.lines().find(|line| line.trim().chars().count() > 8);
        if let Some(line) = shown.filter(|line| line.is_ascii()) {
            ensure!(!before.contains(line.trim()), "it stands outside of its frame");
        }
    } else {
        let lines = page.lines().filter(|line| {
            payload.lines().any(|own| own.trim().len() > 8 && line.contains(own.trim()))
        });
        for line in lines {
            ensure!(in_frame(line), "a line left its frame: {line}");
        }
    }
    Ok(())
}

/// Every line stands behind the sign of a value, a line break, a full line or a notice.
fn framed(lines: &str) -> Check {
    for line in lines.lines() {
        ensure!(in_frame(line), "a line left its frame: {line}");
    }
    Ok(())
}

fn in_frame(line: &str) -> bool {
    ["│ ", "┊ ", "↳ ", "! ", "  "].iter().any(|frame| line.starts_with(frame))
}

/// The facts that do not differ between two calls.
fn steady(facts: &Facts) -> Vec<(FactKind, String, String)> {
    let own = |fact: &&Fact| {
        use FactKind as K;
        // Where it was written, and what our own function leaves out, differs by the way taken.
        !matches!(fact.kind(), K::Asked | K::Request | K::Deadline | K::Place) && !fact.is_skipped()
    };
    let words = |fact: &Fact| (fact.kind(), fact.label().text().to_owned(), fact.text());
    facts.iter().filter(own).map(words).collect()
}

fn steady_before(facts: &Facts) -> Vec<(FactKind, String, String)> {
    let mut steady = steady(facts);
    steady.retain(|(kind, ..)| *kind != FactKind::Claim);
    steady
}
