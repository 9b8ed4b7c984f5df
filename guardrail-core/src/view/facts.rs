//! The one list of facts about a request, in the order in which every channel shows them.

use super::fact::{Fact, FactKind, Run};
use super::fit::fit;
use super::item::{Grade, Item};
use super::limits::Limits;
use super::{leaves, say, standing};
use crate::clock::Timestamp;
use crate::model::{ApprovalRequest, Intent};

/// What a reviewer is shown of one request at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    facts: Vec<Fact>,
    whole: bool,
}

impl Facts {
    /// The facts, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Fact> {
        self.facts.iter()
    }

    /// The first fact of a kind.
    pub fn get(&self, kind: FactKind) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.kind() == kind)
    }

    /// Whether every value that the digest binds, and the preview, is shown entirely. Only then,
    /// or after [`open`] was shown, a channel offers to approve.
    ///
    /// Masked values count as shown when their length and commitment are, skipped ones when they
    /// are named. Never true of a request with a value that could not be captured.
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

impl<'a> IntoIterator for &'a Facts {
    type Item = &'a Fact;
    type IntoIter = std::slice::Iter<'a, Fact>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Everything a reviewer is shown of `request` at `now`, within `limits`, all text made safe.
///
/// The order: state and risk, action and summary, arguments each cut on its own, preview, who and
/// for whom and where and when, policy, time left, votes, and last what the agent says. Values are
/// those the body will receive. If not all of them fit, the first and the last are shown and the
/// number of those between.
pub fn facts(request: &ApprovalRequest, now: Timestamp, limits: &Limits) -> Facts {
    // Of votes, links and references many are shown where there is room, else few.
    for few in [usize::MAX, 16, 8, 4, 2] {
        if let Some((facts, whole)) = fit(items(request, now, limits, few), limits) {
            return Facts { facts, whole };
        }
    }
    Facts { facts: bare(request, now, limits), whole: false }
}

/// Everything, nothing cut: what is shown to whoever opens a request. Its size is that of the
/// intent, about ten times at most; the caller pages it.
pub fn open(request: &ApprovalRequest, now: Timestamp) -> Facts {
    facts(request, now, &Limits::OPEN)
}

fn items<'a>(
    request: &'a ApprovalRequest,
    now: Timestamp,
    limits: &Limits,
    few: usize,
) -> Vec<Item<'a>> {
    let mut items = standing::state(request, now, limits);
    deed(request.intent(), limits, &mut items);
    origin(request, limits, few, &mut items);
    standing::policy(request, limits, few, &mut items);
    standing::votes(request, now, limits, few, &mut items);
    if let Some(reason) = request.intent().reason() {
        let fact = Fact::new(FactKind::Claim, "the agent says (not verified)");
        items.push(Item::text(fact, Grade::prose(limits), reason, limits.style));
    }
    items
}

/// What little always fits.
fn bare(request: &ApprovalRequest, now: Timestamp, limits: &Limits) -> Vec<Fact> {
    let (icon, words) = say::state(request.state(now));
    let mut state = Fact::new(FactKind::State, "state").run(Run::own(words));
    state.icon = Some(icon);
    let mut hidden = Fact::new(FactKind::Hidden, "not shown")
        .run(Run::own("this request is too large for this channel; open it to see it"));
    hidden.cut = true;
    vec![state, action(request.intent(), limits), hidden, identity(request)]
}

fn deed<'a>(intent: &'a Intent, limits: &Limits, items: &mut Vec<Item<'a>>) {
    items.push(Item::fixed(action(intent, limits)));
    if let Some(resource) = intent.resource() {
        let fact = Fact::new(FactKind::Resource, "resource");
        items.push(Item::text(fact, Grade::Bound, resource, limits.style));
    }
    if let Some(summary) = intent.summary() {
        let fact = Fact::new(FactKind::Summary, "summary");
        items.push(Item::text(fact, Grade::prose(limits), summary, limits.style));
    }
    for argument in intent.arguments().iter() {
        items.extend(leaves::items(argument, limits.style));
    }
    if let Some(preview) = intent.preview() {
        let mut fact = Fact::new(FactKind::Preview, "preview");
        fact.remarks.push("shown, not part of what is approved".into());
        if preview.bytes() > preview.text().len() {
            let hash: String = preview.sha256().to_string().chars().take(16).collect();
            let bytes = preview.bytes();
            fact.remarks.push(format!("made from {bytes} bytes, sha256 {hash}…"));
        }
        let grade = Grade::Prose(limits.share(16));
        items.push(Item::text(fact, grade, preview.text(), limits.style));
    }
}

fn action(intent: &Intent, limits: &Limits) -> Fact {
    Fact::new(FactKind::Action, "action").run(Run::verified(limits.bound(intent.action())))
}

/// Who, for whom, where, when.
fn origin<'a>(
    request: &'a ApprovalRequest,
    limits: &Limits,
    few: usize,
    items: &mut Vec<Item<'a>>,
) {
    let (intent, actor) = (request.intent(), request.intent().actor());
    let mut name = |kind, label: &str, grade, text: Option<&'a str>| {
        if let Some(text) = text {
            items.push(Item::name(Fact::new(kind, label), grade, text));
        }
    };
    name(FactKind::Agent, "agent", Grade::Bound, Some(actor.agent().as_str()));
    let person = actor.on_behalf_of().map(|person| person.as_str());
    name(FactKind::OnBehalfOf, "for", Grade::Bound, person);
    let chain: Vec<&str> = actor.chain().collect();
    for (index, link) in chain.iter().enumerate() {
        if index < few {
            let label = format!("through {} of {}", index + 1, chain.len());
            name(FactKind::Through, &label, Grade::Bound, Some(link));
        }
    }
    if chain.len() > few {
        let words = format!("{} more links of the delegation chain", chain.len() - few);
        let mut fact = Fact::new(FactKind::Through, "through").run(Run::own(words));
        fact.cut = true;
        items.push(Item { grade: Grade::Bound, ..Item::fixed(fact) });
    }
    let label = Grade::Prose(limits.share(64));
    let mut name = |kind, text, grade, label: &str| {
        if let Some(text) = text {
            items.push(Item::name(Fact::new(kind, label), grade, text));
        }
    };
    name(FactKind::Session, actor.session(), label, "session");
    name(FactKind::Model, actor.model(), label, "model");
    let place = intent.place();
    name(FactKind::Environment, place.environment(), Grade::Bound, "environment");
    name(FactKind::Place, Some(place.host()).filter(|host| !host.is_empty()), label, "host");
    if !place.file().is_empty() {
        let text = format!("{}:{} in {}", place.file(), place.line(), place.module());
        let fact = Fact::new(FactKind::Place, "code").run(Run::verified(limits.name(&text)));
        items.push(Item::fixed(fact));
    }
    let mut asked = Fact::new(FactKind::Asked, "asked at");
    asked.time = Some(request.created());
    items.push(Item::fixed(asked.run(Run::verified(say::moment(request.created())))));
    items.push(Item::fixed(identity(request)));
}

fn identity(request: &ApprovalRequest) -> Fact {
    let digest: String = request.intent().digest().to_string().chars().take(16).collect();
    let text = format!("{}, digest {digest}…", request.id());
    Fact::new(FactKind::Request, "request").run(Run::verified(text))
}
