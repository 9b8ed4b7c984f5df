//! The facts that are not the agent's: where a request stands, what its policy asks, who voted.

use super::fact::{Fact, FactKind, Run};
use super::item::{Grade, Item};
use super::limits::Limits;
use super::say;
use super::style::Style;
use crate::clock::Timestamp;
use crate::model::{
    ApprovalRequest, Choice, CountedVote, Decision, Eligible, Outcome, Requirement, Retry, State,
    Verdict,
};

/// State, decision and risk.
pub(super) fn state<'a>(
    request: &'a ApprovalRequest,
    now: Timestamp,
    limits: &Limits,
) -> Vec<Item<'a>> {
    let (icon, words) = say::state(request.state(now));
    let mut state = Fact::new(FactKind::State, "state").run(Run::own(words));
    state.icon = Some(icon);
    if request.unknown_event().is_some() {
        state.remarks.push("the log holds an event unknown here: nothing starts".into());
    }
    let mut items = vec![Item::fixed(state)];
    items.extend(decision(request, limits));
    if let Some(requirement) = request.requirement() {
        let (icon, words) = say::risk(requirement.risk());
        let mut risk = Fact::new(FactKind::Risk, "risk").run(Run::own(words));
        risk.icon = Some(icon);
        items.push(Item::fixed(risk));
    }
    items
}

/// Why it ended as it did, where the state alone does not say it.
fn decision<'a>(request: &'a ApprovalRequest, limits: &Limits) -> Option<Item<'a>> {
    let mut fact = Fact::new(FactKind::Decision, "why");
    fact.time = request.decided();
    if let Some(resolved) = request.resolved() {
        let who = Run::verified(limits.name(resolved.by.as_str()));
        let fact = fact.run(who).run(Run::own(format!(" says {}: ", resolved.found)));
        return Some(Item::text(fact, Grade::prose(limits), &*resolved.why, Style::LINE));
    }
    let why = match (request.outcome(), request.decision()?) {
        (Some(Outcome::Aborted { why } | Outcome::Unknown { why }), _) => why.to_string(),
        (Some(Outcome::Failed { panicked: true }), _) => {
            return Some(Item::fixed(fact.run(Run::own("it panicked"))));
        }
        (_, Decision::Denied { by, reason }) => {
            let who = by.map_or("guardrail".to_owned(), |person| limits.name(person.as_str()));
            fact = fact.run(Run::verified(who));
            match reason {
                None => return Some(Item::fixed(fact)),
                Some(reason) => {
                    fact = fact.run(Run::own(": "));
                    reason.to_string()
                }
            }
        }
        _ => return None,
    };
    Some(Item::text(fact, Grade::prose(limits), why, Style::LINE))
}

/// Policy, references, controls.
pub(super) fn policy<'a>(
    request: &'a ApprovalRequest,
    limits: &Limits,
    few: usize,
    items: &mut Vec<Item<'a>>,
) {
    let name = limits.bound(request.intent().policy().as_str());
    let mut fact = Fact::new(FactKind::Policy, "policy").run(Run::verified(name));
    let Some(requirement) = request.requirement() else {
        let words = match request.verdict() {
            Verdict::Allow => " allows it without asking",
            _ => " refuses it",
        };
        items.push(Item::fixed(fact.run(Run::own(words))));
        return;
    };
    if let Some(description) = requirement.description() {
        let description = limits.brief(description);
        fact = fact.run(Run::own(": ")).run(Run::verified(description));
    }
    items.push(Item::fixed(fact));
    let references = requirement.references();
    for reference in references.iter().take(few) {
        let mut fact = Fact::new(FactKind::Reference, limits.name(&reference.title))
            .run(Run::verified(limits.name(&reference.url)));
        fact.link = link(&reference.url);
        items.push(Item::fixed(fact));
    }
    if references.len() > few {
        let words = format!("{} more", references.len() - few);
        items.push(Item::fixed(Fact::new(FactKind::Reference, "references").run(Run::own(words))));
    }
    if !requirement.controls().is_empty() {
        let text = limits.brief(&requirement.controls().join(", "));
        items.push(Item::fixed(Fact::new(FactKind::Controls, "controls").run(Run::verified(text))));
    }
}

/// Time left, what is needed, votes so far.
pub(super) fn votes<'a>(
    request: &'a ApprovalRequest,
    now: Timestamp,
    limits: &Limits,
    few: usize,
    items: &mut Vec<Item<'a>>,
) {
    let Some(requirement) = request.requirement() else { return };
    items.extend(deadline(request, now).map(Item::fixed));
    let needed = Fact::new(FactKind::Approvals, "approvals")
        .run(Run::verified(request.tally().to_string()))
        .run(Run::own(", asks "))
        .run(Run::verified(limits.brief(&asked(requirement))));
    items.push(Item::fixed(match requirement.retry() {
        Retry::Never => needed,
        Retry::Idempotent => needed.run(Run::own(format!(
            "; may begin again after a crash, within {} of the approval",
            say::span(requirement.grant_ttl())
        ))),
    }));
    // The newest are the ones a reviewer has not seen.
    let older = request.votes().len().saturating_sub(few);
    if older > 0 {
        let words = format!("{older} older ones are not shown");
        items.push(Item::fixed(Fact::new(FactKind::Vote, "votes").run(Run::own(words))));
    }
    items.extend(request.votes().iter().skip(older).map(|vote| voted(vote, limits)));
}

fn voted<'a>(vote: &'a CountedVote, limits: &Limits) -> Item<'a> {
    let of = vote.voted();
    let does = match of.choice {
        Choice::Approve => " approves ",
        Choice::Deny => " denies ",
    };
    let mut fact = Fact::new(FactKind::Vote, "vote")
        .run(Run::verified(limits.name(of.person.as_str())))
        .run(Run::own(does))
        .run(Run::verified(say::channel(&of.channel)))
        .run(Run::own(format!(" at {}", say::moment(vote.time()))));
    fact.time = Some(vote.time());
    match &of.reason {
        None => Item::fixed(fact),
        Some(reason) => {
            let fact = fact.run(Run::own(": "));
            Item::text(fact, Grade::prose(limits), &**reason, limits.style)
        }
    }
}

fn deadline(request: &ApprovalRequest, now: Timestamp) -> Option<Fact> {
    let (words, until, then) = match request.state(now) {
        State::Pending => ("decide", request.expires(), "refused when time is up"),
        State::Approved => ("start", request.lapses()?, "will not run when time is up"),
        _ => return None,
    };
    let left = say::span(until.since(now));
    let mut fact = Fact::new(FactKind::Deadline, "time left");
    fact.time = Some(until);
    let text = format!("{left} to {words}, until {}, {then}", say::moment(until));
    Some(fact.run(Run::own(text)))
}

/// Whom the policy asks: `2 of group:sre; 1 of group:security, person:dave`.
pub(super) fn asked(requirement: &Requirement) -> String {
    let stages = requirement.stages().iter().map(|stage| {
        let names: Vec<String> = stage.approvers().iter().map(Eligible::to_string).collect();
        format!("{} of {}", stage.approvals(), names.join(", "))
    });
    stages.collect::<Vec<_>>().join("; ")
}

/// An address that may become a link: plain, of the web, and short enough to be read.
fn link(url: &str) -> Option<String> {
    let scheme = url.starts_with("https://") || url.starts_with("http://");
    let plain = url.len() <= 500 && url.bytes().all(|byte| byte.is_ascii_graphic());
    (scheme && plain && !url.contains(['<', '>', '|', '"', '\\'])).then(|| url.to_owned())
}
