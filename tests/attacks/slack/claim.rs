//! What an agent says of its own request: in a frame, behind everything that guardrail knows, and under its label.

use serde_json::Value;

use super::read::paragraphs;
use crate::ensure;
use crate::trial::Check;

const LABEL: &str = "the agent says (not verified)";

/// No line of the claim stands outside of its frame, and only the votes, or buttons, stand behind it.
pub(crate) fn attributed(sent: &Value, payload: &str) -> Check {
    let paragraphs = paragraphs(sent);
    let lines = payload.lines().map(str::trim).filter(|line| line.chars().count() > 8);
    // Our own label says these words too.
    let lines = lines.filter(|line| !line.starts_with(LABEL));
    let lines: Vec<&str> = lines.collect();
    let holds = |text: &str| lines.iter().any(|line| text.contains(line));
    let Some(at) = paragraphs.iter().position(|one| holds(&one.text)) else { return Ok(()) };
    let label = paragraphs.iter().take(at).any(|one| one.text.contains(LABEL));
    ensure!(label, "no label stands before it");
    for (number, one) in paragraphs.iter().enumerate() {
        let framed = one.kind == "rich_text_preformatted";
        ensure!(!holds(&one.text) || framed, "it stands outside of a frame: {one:?}");
        let argument = one.text.trim_start().starts_with("value");
        ensure!(number < at || !argument, "an argument stands behind it: {one:?}");
    }
    Ok(())
}
