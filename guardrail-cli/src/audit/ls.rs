//! `guardrail audit ls`: the requests on record.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use comfy_table::{ContentArrangement, Table, presets};
use guardrail_core::audit::AuditRecord;
use guardrail_core::clock::{Clock as _, SystemClock, Timestamp};
use guardrail_core::model::{AuditEvent, RequestId, Requested, State, Verdict};
use guardrail_core::view::{Budget, Style, columns, cut};
use serde::Serialize;

use crate::args::Ls;
use crate::error::Error;
use crate::out::Out;
use crate::source::{Records, Source};
use crate::texts::Texts;

/// Most columns of one name in the table.
const NAME: usize = 40;

/// What is kept of one request.
#[derive(Clone, Debug, Serialize)]
struct Row {
    id: RequestId,
    time: Timestamp,
    state: State,
    agent: Arc<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<Arc<str>>,
    action: Arc<str>,
    policy: Arc<str>,
    /// When people's time for it is over, and then that of its start.
    #[serde(skip)]
    until: Option<Timestamp>,
    /// How long an approval waits for its start.
    #[serde(skip)]
    grant: Option<Duration>,
    /// Who voted.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    voters: BTreeSet<Arc<str>>,
}

pub(crate) fn run(
    ls: &Ls,
    json: bool,
    source: Box<dyn Source>,
    out: &mut Out,
) -> Result<(), Error> {
    let mut records = Records::new(source);
    let mut rows = Rows::default();
    while let Some(record) = records.next()? {
        rows.take(&record);
    }
    records.warn_of_torn_end(out)?;
    let now = SystemClock::new().now();
    rows.rows.iter_mut().for_each(|row| row.state = row.state_at(now));
    let mut shown: VecDeque<Row> = VecDeque::new();
    for row in rows.rows.into_iter().filter(|row| is_asked_for(ls, row)) {
        shown.push_back(row);
        if ls.last.is_some_and(|last| shown.len() > last) {
            shown.pop_front();
        }
    }
    if json {
        return shown.iter().try_for_each(|row| out.json(row));
    }
    if shown.is_empty() {
        return out.line("no request matches");
    }
    out.line(&table(&shown).to_string())
}

impl Row {
    /// Where it stands at this time: what is overdue is over, whether that is on record or not.
    fn state_at(&self, now: Timestamp) -> State {
        match self.state {
            State::Pending if self.until.is_some_and(|until| now >= until) => State::Expired,
            State::Approved if self.until.is_some_and(|until| now >= until) => State::Lapsed,
            state => state,
        }
    }
}

/// Where every request stands. Names are kept once, however often they come.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<Row>,
    places: HashMap<RequestId, usize>,
    texts: Texts,
}

impl Rows {
    fn take(&mut self, record: &AuditRecord) {
        if let AuditEvent::Requested(requested) = record.event()
            && !self.places.contains_key(&record.id())
        {
            self.places.insert(record.id(), self.rows.len());
            let row = self.row(record, requested);
            self.rows.push(row);
        }
        let voter = match record.event() {
            AuditEvent::Voted(vote) => Some(self.texts.share(vote.person.as_str())),
            _ => None,
        };
        let place = self.places.get(&record.id()).copied();
        let Some(row) = place.and_then(|place| self.rows.get_mut(place)) else { return };
        if let Some(state) = record.event().step(row.state) {
            if state == State::Approved && row.state == State::Pending {
                row.until = row.grant.map(|grant| record.time().after(grant));
            }
            row.state = state;
        }
        row.voters.extend(voter);
    }

    fn row(&mut self, record: &AuditRecord, requested: &Requested) -> Row {
        let (intent, actor) = (&requested.intent, requested.intent.actor());
        let asked = match &requested.verdict {
            Verdict::Ask(requirement) => Some(requirement),
            Verdict::Allow | Verdict::Deny { .. } => None,
        };
        Row {
            until: asked.map(|asked| record.time().after(asked.timeout())),
            grant: asked.map(|asked| asked.grant_ttl()),
            id: record.id(),
            time: record.time(),
            state: State::New,
            agent: self.texts.share(actor.agent().as_str()),
            on_behalf_of: actor.on_behalf_of().map(|person| self.texts.share(person.as_str())),
            action: self.texts.share(intent.action()),
            policy: self.texts.share(intent.policy().as_str()),
            voters: BTreeSet::new(),
        }
    }
}

fn is_asked_for(ls: &Ls, row: &Row) -> bool {
    let is = |asked: &Option<String>, name: &str| asked.as_deref().is_none_or(|it| it == name);
    (ls.state.is_empty() || ls.state.contains(&row.state))
        && is(&ls.agent, &row.agent)
        && is(&ls.action, &row.action)
        && is(&ls.policy, &row.policy)
        && ls.person.as_deref().is_none_or(|person| {
            row.on_behalf_of.as_deref() == Some(person) || row.voters.contains(person)
        })
        && ls.since.is_none_or(|since| row.time >= since)
        && ls.until.is_none_or(|until| row.time < until)
}

fn table(rows: &VecDeque<Row>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["request", "time", "state", "agent", "for", "action", "policy", "voted"]);
    for row in rows {
        let voters: Vec<&str> = row.voters.iter().map(|voter| &**voter).collect();
        table.add_row([
            row.id.to_string(),
            row.time.to_string(),
            row.state.to_string(),
            name(&row.agent),
            name(row.on_behalf_of.as_deref().unwrap_or_default()),
            name(&row.action),
            name(&row.policy),
            name(&voters.join(", ")),
        ]);
    }
    table
}

/// A name that hides nothing and breaks no table.
fn name(text: &str) -> String {
    cut(text, Style::LINE, &Budget::new(NAME, columns)).text()
}
