//! What the records behind the first one of a request do not say again: who, what, under which policy.

use std::collections::HashMap;
use std::sync::Arc;

use guardrail_core::audit::AuditRecord;
use guardrail_core::model::{AuditEvent, Identity, RequestId, Requested, Risk, State, Verdict};

use crate::texts::Texts;

/// What a request is about, and where it stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    pub(crate) agent: Option<Arc<str>>,
    pub(crate) on_behalf_of: Option<Arc<str>>,
    pub(crate) session: Option<Arc<str>>,
    pub(crate) action: Option<Arc<str>>,
    pub(crate) policy: Option<Arc<str>>,
    pub(crate) environment: Option<Arc<str>>,
    pub(crate) resource: Option<Arc<str>>,
    pub(crate) host: Option<Arc<str>>,
    pub(crate) risk: Option<Risk>,
    pub(crate) digest: Option<guardrail_core::model::Digest>,
    /// Where the request stood after this record; nothing for the log itself.
    pub(crate) state: Option<State>,
}

/// What every request is about. Memory: some two hundred bytes a request; texts are kept once.
#[derive(Debug, Default)]
pub(crate) struct Abouts {
    known: HashMap<RequestId, About>,
    texts: Texts,
    log: About,
}

impl Abouts {
    /// Hears this record and says what it is about.
    pub(crate) fn take(&mut self, record: &AuditRecord) -> &About {
        if record.id() == RequestId::LOG {
            if let AuditEvent::Opened { host, .. } = record.event() {
                self.log.host = Some(self.texts.share(host));
            }
            return &self.log;
        }
        if let AuditEvent::Requested(requested) = record.event()
            && !self.known.contains_key(&record.id())
        {
            let about = self.about(requested);
            self.known.insert(record.id(), about);
        }
        let about = self.known.entry(record.id()).or_default();
        about.state = record.event().step(about.state.unwrap_or(State::New)).or(about.state);
        about
    }

    fn about(&mut self, requested: &Requested) -> About {
        let (intent, actor) = (&requested.intent, requested.intent.actor());
        About {
            agent: Some(self.texts.share(actor.agent().as_str())),
            on_behalf_of: actor.on_behalf_of().map(|person| self.texts.share(person.as_str())),
            session: actor.session().map(|session| self.texts.share(session)),
            action: Some(self.texts.share(intent.action())),
            policy: Some(self.texts.share(intent.policy().as_str())),
            environment: intent.place().environment().map(|it| self.texts.share(it)),
            resource: intent.resource().map(|it| self.texts.share(it)),
            host: Some(self.texts.share(intent.place().host())),
            risk: match &requested.verdict {
                Verdict::Ask(requirement) => Some(requirement.risk()),
                Verdict::Allow | Verdict::Deny { .. } => None,
            },
            digest: Some(intent.digest()),
            state: None,
        }
    }
}

/// Who did this, where a person did, and why, in their words or ours.
pub(crate) fn person(event: &AuditEvent) -> Option<&str> {
    match event {
        AuditEvent::Voted(vote) => Some(vote.person.as_str()),
        AuditEvent::Resolved(resolved) => Some(resolved.by.as_str()),
        AuditEvent::Denied { by, .. } => by.as_ref().map(|by| by.as_str()),
        AuditEvent::Commented { person, .. } | AuditEvent::VoteRefused { person, .. } => {
            person.as_ref().map(|person| person.as_str())
        }
        AuditEvent::Redacted(redacted) => Some(&redacted.by),
        _ => None,
    }
}

/// The account by which they did it: what the channel proved, where that is not the person as such.
pub(crate) fn account(event: &AuditEvent) -> Option<String> {
    let identity = match event {
        AuditEvent::Voted(vote) => &vote.identity,
        AuditEvent::Commented { by: identity, .. }
        | AuditEvent::VoteRefused { who: identity, .. } => identity,
        _ => return None,
    };
    let is_account = |identity: &&Identity| identity.realm() != Identity::PERSON;
    identity.account().or(Some(identity).filter(is_account)).map(Identity::to_string)
}

/// The channel it came through.
pub(crate) fn channel(event: &AuditEvent) -> Option<&str> {
    match event {
        AuditEvent::Voted(vote) => Some(&vote.channel),
        AuditEvent::Posted(posted) => Some(&posted.channel),
        AuditEvent::Commented { channel, .. }
        | AuditEvent::VoteRefused { channel, .. }
        | AuditEvent::ApproverLeft { channel, .. } => Some(channel),
        _ => None,
    }
}

/// Why, or what was said.
pub(crate) fn text(event: &AuditEvent) -> Option<String> {
    match event {
        AuditEvent::Requested(requested) => match &requested.verdict {
            Verdict::Deny { reason } => Some(reason.to_string()),
            Verdict::Allow | Verdict::Ask(_) => requested.intent.reason().map(str::to_owned),
        },
        AuditEvent::Voted(vote) => vote.reason.as_deref().map(str::to_owned),
        AuditEvent::Denied { reason, .. } => reason.as_deref().map(str::to_owned),
        AuditEvent::Resolved(resolved) => Some(format!("{}: {}", resolved.found, resolved.why)),
        AuditEvent::Commented { text, .. } => Some(text.to_string()),
        AuditEvent::VoteRefused { why, .. } => Some(why.to_string()),
        AuditEvent::ApproverLeft { error, .. } => error.as_deref().map(str::to_owned),
        AuditEvent::Withdrawn { why }
        | AuditEvent::Lapsed { why }
        | AuditEvent::Aborted { why }
        | AuditEvent::Unknown { why }
        | AuditEvent::Recovered { what: why } => Some(why.to_string()),
        AuditEvent::Redacted(redacted) => Some(format!("{} ({})", redacted.why, redacted.basis)),
        _ => None,
    }
}
