//! The audit log read as a conversation: who said and did what, one line each.

use std::collections::HashMap;

use super::cut::{Budget, columns, cut};
use super::leaves::is_word;
use super::say;
use super::style::Style;
use crate::clock::Timestamp;
use crate::model::{
    AuditEvent, Captured, Choice, Eligible, Identity, Intent, PersonId, RequestId, Requested,
    Requirement, Verdict,
};

/// One event of the log with its time and its request.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// When it was written.
    pub time: Timestamp,
    /// The request it belongs to, or the log itself.
    pub id: RequestId,
    /// What happened.
    pub event: &'a AuditEvent,
}

/// Most columns of one text of an agent or a person; longer ones are cut, and say so.
const TEXT: usize = 240;
/// Columns of a name before what is said.
const WHO: usize = 21;
/// How blanks of others are shown.
const STYLE: Style = Style::LINE.spaces(1);

/// The entries as lines, in their order:
///
/// ```text
/// 09:14:02  deploy-bot for alice   wants to run terraform_apply in prod: apply plan 7f3a in eu-1
///                                  says (unverified): "disk is 91 % full"
/// 09:14:02  policy prod-change     asks 2 of sre within 15 min · CHG-7 · SOC2 CC8.1
/// 09:15:40  bob in Slack           approves: "plan checked"
/// ```
///
/// Times are UTC; a line with the date stands where a new day begins. All text is safe: one event
/// is one line, plus one for a reason and one for the policy, and no text makes another. Only we write
/// more than one blank in a row, so no text has our columns where a line is broken for want of room. Where
/// several requests speak, each line ends with the end of its request's id.
pub fn conversation<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> String {
    let entries: Vec<Entry<'a>> = entries.into_iter().collect();
    let mut ids = entries.iter().map(|entry| entry.id).filter(|id| *id != RequestId::LOG);
    let first = ids.next();
    let mut talk = Conversation::new(ids.any(|id| Some(id) != first));
    let mut out: String = entries.into_iter().map(|entry| talk.hear(entry)).collect();
    out.push_str(&talk.flush());
    out
}

/// What is remembered of a request to say what comes later.
#[derive(Debug)]
struct Call {
    agent: String,
    started: Option<Timestamp>,
}

/// A [`conversation`] told event by event, for logs that are long or still grow.
///
/// Memory: a hundred bytes for each request that is under way.
#[derive(Debug)]
pub struct Conversation {
    out: String,
    several: bool,
    calls: HashMap<RequestId, Call>,
    day: Option<String>,
    /// An approval that waits for the start that may follow at once and is said in the same line.
    held: Option<(Timestamp, RequestId, AuditEvent)>,
}

impl Conversation {
    /// Before the first event. `several`: whether each line ends with its request, because several
    /// requests speak.
    #[must_use]
    pub fn new(several: bool) -> Self {
        Self { out: String::new(), several, calls: HashMap::new(), day: None, held: None }
    }

    /// What there is to say now that this has happened: whole lines, perhaps none yet.
    pub fn hear(&mut self, entry: Entry<'_>) -> String {
        let starts = matches!(entry.event, AuditEvent::Started { .. });
        match self.held.take() {
            Some((time, id, event)) if starts && id == entry.id => {
                self.tell(Entry { time, id, event: &event }, Some(entry));
            }
            held => {
                if let Some((time, id, event)) = held {
                    self.tell(Entry { time, id, event: &event }, None);
                }
                if matches!(entry.event, AuditEvent::Approved { .. }) {
                    self.held = Some((entry.time, entry.id, entry.event.clone()));
                } else {
                    self.tell(entry, None);
                }
            }
        }
        std::mem::take(&mut self.out)
    }

    /// What was held back for the event that might follow.
    pub fn flush(&mut self) -> String {
        if let Some((time, id, event)) = self.held.take() {
            self.tell(Entry { time, id, event: &event }, None);
        }
        std::mem::take(&mut self.out)
    }

    /// `next`: the start that follows at once on an approval, said in the same line.
    fn tell(&mut self, entry: Entry<'_>, next: Option<Entry<'_>>) {
        let day = say::day(entry.time);
        if self.day.as_ref().is_some_and(|last| *last != day) {
            self.out.push_str(&format!("{day}\n"));
        }
        self.day = Some(day);
        if let AuditEvent::Requested(requested) = entry.event {
            return self.requested(entry, requested);
        }
        let (who, mut what) = self.said(entry);
        if let Some(next) = next {
            what = format!("{what} · {}", self.said(next).1);
        }
        self.line(entry, &who, &what);
        if is_over(entry.event) {
            self.calls.remove(&entry.id);
        }
    }

    fn requested(&mut self, entry: Entry<'_>, requested: &Requested) {
        let (intent, actor) = (&requested.intent, requested.intent.actor());
        let agent = agent(actor.agent().as_str());
        let who = match actor.on_behalf_of() {
            Some(person) => format!("{agent} for {}", name(person.as_str())),
            None => agent.clone(),
        };
        let place = match intent.place().environment() {
            Some(environment) => format!(" in {}", name(environment)),
            None => String::new(),
        };
        let deed = intent.summary().map_or_else(|| arguments(intent), safe);
        let colon = if deed.is_empty() { "" } else { ": " };
        let what = format!("wants to run {}{place}{colon}{deed}", intent.action());
        self.line(entry, &who, &what);
        if let Some(reason) = intent.reason() {
            let says = format!("{:33}says (unverified): {}\n", "", quoted(reason));
            self.out.push_str(&says);
        }
        let policy = format!("policy {}", intent.policy());
        let what = match &requested.verdict {
            Verdict::Allow => "allows it without asking".to_owned(),
            Verdict::Ask(requirement) => asks(requirement),
            Verdict::Deny { reason } => format!("refuses it: {}", safe(reason)),
        };
        self.line(entry, &policy, &what);
        if !matches!(requested.verdict, Verdict::Deny { .. }) {
            self.calls.insert(entry.id, Call { agent, started: None });
        }
    }

    /// Who did what, of every event but the first.
    fn said(&mut self, entry: Entry<'_>) -> (String, String) {
        use AuditEvent as E;
        let guardrail = |what: String| ("guardrail".to_owned(), what);
        match entry.event {
            E::Voted(vote) => {
                let who = someone(&vote.identity, Some(&vote.person), &vote.channel);
                let does = if vote.choice == Choice::Approve { "approves" } else { "denies" };
                (who, with_quoted(does, vote.reason.as_deref()))
            }
            E::Commented { channel, by, person, text } => {
                (someone(by, person.as_ref(), channel), format!("says: {}", quoted(text)))
            }
            E::VoteRefused { channel, who, person, choice, why } => {
                let does = if *choice == Choice::Approve { "approve" } else { "deny" };
                let what = format!("tried to {does}, not counted: {why}");
                (someone(who, person.as_ref(), channel), what)
            }
            E::Approved { tally } => guardrail(format!("approved, {tally}")),
            E::Denied { by: Some(person), .. } => {
                guardrail(format!("denied by {}, will not run", name(person.as_str())))
            }
            E::Denied { by: None, reason } => {
                let why = reason.as_deref().map(|why| format!(": {}", safe(why)));
                guardrail(format!("denied{}", why.unwrap_or_default()))
            }
            E::Expired => guardrail("expired: nobody decided in time, will not run".into()),
            E::Withdrawn { why } => guardrail(format!("withdrawn: {}", safe(why))),
            E::Lapsed { why } => guardrail(format!("lapsed, will not run: {}", safe(why))),
            E::Started { digest, .. } => {
                if let Some(call) = self.calls.get_mut(&entry.id) {
                    call.started = Some(entry.time);
                }
                guardrail(format!("starts · digest {}…", digest.short()))
            }
            E::Completed => self.ended(entry, "completed in"),
            E::Failed { panicked: false } => self.ended(entry, "failed after"),
            E::Failed { panicked: true } => self.ended(entry, "panicked after"),
            E::Aborted { why } => guardrail(format!("did not begin: {}", safe(why))),
            E::Unknown { why } => {
                guardrail(format!("started, nobody knows how it ended: {}", safe(why)))
            }
            E::Retried { digest, .. } => {
                if let Some(call) = self.calls.get_mut(&entry.id) {
                    call.started = Some(entry.time);
                }
                guardrail(format!("starts once more · digest {}…", digest.short()))
            }
            E::Resolved(resolved) => {
                let what = format!("looked into it, {}", resolved.found);
                (name(resolved.by.as_str()), with_quoted(&what, Some(&resolved.why)))
            }
            E::Posted(posted) => guardrail(format!("shown {}", say::channel(&posted.channel))),
            E::ApproverLeft { channel, error } => {
                let what = format!("reaches nobody any more {}", say::channel(channel));
                guardrail(with_quoted(&what, error.as_deref()))
            }
            E::Escalated { to } => guardrail(format!("also asks {}", safe(&to.join(", ")))),
            E::Attended => guardrail("is looked after again".to_owned()),
            E::Opened { host, pid, version, .. } => {
                let (host, version) = (safe(host), safe(version));
                guardrail(format!("opened the log on {host}, process {pid}, version {version}"))
            }
            E::PolicyLoaded { digest } => {
                guardrail(format!("loaded policies · digest {}…", digest.short()))
            }
            E::Rotated { file, bytes, sha256 } => {
                guardrail(format!("closed {} ({bytes} bytes, SHA-256 {sha256})", safe(file)))
            }
            E::Recovered { what } => guardrail(format!("recovered: {}", safe(what))),
            E::Redacted(redacted) => {
                let (count, request) = (redacted.values.len(), redacted.request);
                let values = if count == 1 { "value" } else { "values" };
                let (why, basis) = (safe(&redacted.why), safe(&redacted.basis));
                let what = format!("erased {count} {values} of {request}: {why} ({basis})");
                (name(&redacted.by), what)
            }
            other => guardrail(format!("event `{}`, unknown to this version", safe(other.name()))),
        }
    }

    fn ended(&mut self, entry: Entry<'_>, how: &str) -> (String, String) {
        match self.calls.remove(&entry.id) {
            Some(Call { agent, started: Some(started) }) => {
                (agent, format!("{how} {}", say::span(entry.time.since(started))))
            }
            Some(Call { agent, .. }) => (agent, format!("{how} an unknown time")),
            None => ("guardrail".into(), format!("{how} an unknown time")),
        }
    }

    fn line(&mut self, entry: Entry<'_>, who: &str, what: &str) {
        let width: usize = who.chars().map(columns).sum();
        let gap = " ".repeat(WHO.saturating_sub(width) + 2);
        let mut line = format!("{}  {who}{gap}{what}", entry.time.time_of_day());
        if self.several && entry.id != RequestId::LOG {
            // The end of an id is its random part.
            let id = entry.id.to_string();
            let end = id.rsplit('-').next().unwrap_or_default();
            line.push_str(&format!(" · {end}"));
        }
        self.out.push_str(&line);
        self.out.push('\n');
    }
}

/// Whether nothing follows that is told by what came before. An outcome forgets its call itself.
fn is_over(event: &AuditEvent) -> bool {
    use AuditEvent as E;
    matches!(
        event,
        E::Denied { .. }
            | E::Expired
            | E::Withdrawn { .. }
            | E::Lapsed { .. }
            | E::Aborted { .. }
            | E::Resolved(_)
    )
}

fn asks(requirement: &Requirement) -> String {
    let stages = requirement.stages().iter().map(|stage| {
        let names = stage.approvers().iter().map(|eligible| match eligible {
            Eligible::Group(group) => group.to_string(),
            Eligible::Person(person) => name(person.as_str()),
        });
        format!("{} of {}", stage.approvals(), names.collect::<Vec<_>>().join(", "))
    });
    let stages = safe(&stages.collect::<Vec<_>>().join(", then "));
    let within = say::span(requirement.timeout());
    let references = requirement.references().iter().map(|reference| safe(&reference.title));
    let controls = requirement.controls().iter().map(|control| safe(&control.replace(':', " ")));
    references
        .chain(controls)
        .fold(format!("asks {stages} within {within}"), |line, part| format!("{line} · {part}"))
}

/// What stands for the summary where there is none.
fn arguments(intent: &Intent) -> String {
    let all: Vec<String> = intent
        .arguments()
        .iter()
        .map(|argument| {
            let name = key(argument.name());
            match argument.captured() {
                Captured::Skipped => format!("{name} left out"),
                Captured::Unshowable => format!("{name} could not be captured"),
                _ => format!("{name} = {}", argument.canonical().as_str()),
            }
        })
        .collect();
    safe(&all.join(", "))
}

/// The name of an argument; one that is no word may hold what looks like another, and is quoted.
fn key(name: &str) -> String {
    match is_word(name) {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// The name an agent gives itself; one with words in it could tell of others, and is quoted.
fn agent(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._:-@/".contains(c);
    match text.chars().all(is_plain) {
        true => name(text),
        false => format!("\"{}\"", name(text)),
    }
}

fn someone(identity: &Identity, person: Option<&PersonId>, channel: &str) -> String {
    let who = person.map_or_else(|| identity.to_string(), PersonId::to_string);
    let by = identity.account().map(|account| format!(" as {}", name(&account.to_string())));
    format!("{} {}{}", name(&who), say::channel(channel), by.unwrap_or_default())
}

fn with_quoted(what: &str, text: Option<&str>) -> String {
    text.map_or_else(|| what.to_owned(), |text| format!("{what}: {}", quoted(text)))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", safe(text))
}

fn safe(text: &str) -> String {
    cut(text, STYLE, &Budget::new(TEXT, columns)).text()
}

fn name(text: &str) -> String {
    cut(text, STYLE, &Budget::new(Budget::LEAST, columns)).text()
}
