//! Which entry goes where: who runs it today, and which capability its rest waits for.

use crate::corpus::Entry;
use crate::payload::{Gen, Payload};
use crate::words::{Class, Enc, Expect, Field};

/// Who runs an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// A value, a reason or a name, brought to a person and put on record.
    Shown,
    /// A secret, which nobody is shown.
    Secret,
    /// The name of an action.
    Action,
    /// The name of a policy.
    PolicyName,
    /// The text of a policy file, or what happens to the file.
    PolicyFile,
    /// What should be the id of a request.
    RequestId,
    /// JSON from a stranger: arguments, or a decision.
    Json,
    /// What should exhaust something.
    Dos,
    /// Two names, and whether one may vote on what the other asks.
    Identity,
    /// Steps, played one after the other.
    Scenario,
    /// A request to the endpoint that hears Slack.
    SlackCallback,
}

/// Where an entry goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) run: Option<Run>,
    /// The capabilities it, or its rest, waits for.
    pub(crate) waits: Vec<String>,
}

impl Place {
    fn runs(run: Run) -> Self {
        Self { run: Some(run), waits: Vec::new() }
    }

    fn waits(capability: &str) -> Self {
        Self { run: None, waits: vec![capability.to_owned()] }
    }

    fn rest(mut self, capabilities: &[&str]) -> Self {
        self.waits.extend(capabilities.iter().map(|one| (*one).to_owned()));
        self
    }
}

/// The assertions somebody looks at; any other is named as waiting.
const ASSERTIONS: &[&str] = &[
    // Of rendering.
    "channel",
    "rendered_contains",
    "rendered_not_contains",
    "rendered_not_contains_codepoint",
    "output_bytes_forbidden",
    "warning",
    "body_receives",
    "digest_of",
    "digest",
    "must_show",
    "approve_without_full_view",
    "label",
    "position",
    "frame",
    "text_content_equals_payload",
    // Of the record.
    "stored_losslessly",
    "audit_lines_added",
    "verify_chain",
    "field_equals_payload_after_parse",
    "audit",
    "audit_commitments_differ",
    // Of secrets; of values, what is one and what is none.
    "hidden",
    "readable",
    "in_channels",
    "in_logs",
    "in_audit",
    "panic_message",
    // Of bounds.
    "peak_rss_delta_mib",
    "wall_ms",
    // Of callbacks: what time it is.
    "now",
    // Of ids and policies.
    "error",
    "db_error",
    "fs_access",
    "load",
    "previous_policy",
];

/// Says who runs the entry, or why nobody can.
pub(crate) fn place(entry: &Entry) -> Result<Place, String> {
    let mut place = by_class(entry)?;
    if place.run.is_some() {
        for name in entry.asserts.keys().filter(|name| !ASSERTIONS.contains(&name.as_str())) {
            place.waits.push(format!("a check of `{name}`"));
        }
    }
    Ok(place)
}

fn by_class(entry: &Entry) -> Result<Place, String> {
    match entry.class {
        Class::SlackCallback => match (entry.enc, entry.expect) {
            (
                Enc::Http,
                Expect::Accept | Expect::Reject | Expect::NoStateChange | Expect::SsrfBlocked,
            ) => Ok(Place::runs(Run::SlackCallback)),
            _ => Err(nobody(entry)),
        },
        Class::AdaptiveMd | Class::Jwt => Ok(Place::waits("teams")),
        Class::Html | Class::Console => Ok(Place::waits("console")),
        Class::Ssrf => Ok(Place::waits("http")),
        Class::Scenario => match (entry.enc, scenario_word(entry.expect)) {
            (Enc::Steps, true) => Ok(scenario(entry)),
            _ => Err(nobody(entry)),
        },
        Class::Identity => match (entry.enc, entry.expect) {
            (
                Enc::Pair,
                Expect::Reject
                | Expect::Accept
                | Expect::SamePrincipal
                | Expect::Distinct
                | Expect::DistinctAndReject
                | Expect::ByDirectory,
            ) => Ok(Place::runs(Run::Identity)),
            // A single name instead of two: shown, or refused.
            (Enc::Text | Enc::Gen | Enc::Hex, _) => by_field(entry),
            _ => Err(nobody(entry)),
        },
        Class::Policy if entry.enc == Enc::Toml => match entry.expect {
            Expect::Reject | Expect::Accept => Ok(Place::runs(Run::PolicyFile)),
            _ => Err(nobody(entry)),
        },
        Class::Dos => match (&entry.payload, entry.expect) {
            (Payload::Http | Payload::Gen(Gen::Network), _) => Ok(Place::waits("http")),
            (_, Expect::Reject | Expect::Bounded | Expect::Accept) => Ok(Place::runs(Run::Dos)),
            _ => Err(nobody(entry)),
        },
        Class::Secret => match entry.expect {
            Expect::Redacted => Ok(Place::runs(Run::Secret).rest(&["teams", "console"])),
            _ => by_field(entry),
        },
        _ => by_field(entry),
    }
}

/// A scenario is played as far as its words are understood; else it waits for who reads them.
fn scenario(entry: &Entry) -> Place {
    let Payload::Steps(steps) = &entry.payload else { return Place::runs(Run::Scenario) };
    let waits = crate::scenario::waits(steps);
    if !waits.is_empty() {
        return Place { run: None, waits };
    }
    let edits = steps.iter().any(|step| step.contains("edit"));
    // What runs as it was edited needs the edit itself.
    if edits && matches!(entry.expect, Expect::OneExecution | Expect::Accept) {
        return Place::waits("edits");
    }
    Place::runs(Run::Scenario).rest(if edits { &["edits"] } else { &[] })
}

fn by_field(entry: &Entry) -> Result<Place, String> {
    use Expect as E;
    if entry.enc == Enc::Http || entry.field == Field::Header {
        return Ok(Place::waits("http"));
    }
    let fits = match entry.field {
        Field::Arg | Field::Reason | Field::Actor => matches!(
            entry.expect,
            E::Accept
                | E::Reject
                | E::RenderEscaped
                | E::RenderVisible
                | E::TruncationMarked
                | E::SingleRecord
                | E::Attributed
                | E::Redacted
                | E::Bounded
                | E::LosslessOrReject
                | E::CanonicalStable
        ),
        Field::Action | Field::Policy => matches!(
            entry.expect,
            E::Accept | E::Reject | E::RenderEscaped | E::RenderVisible | E::SingleRecord
        ),
        Field::Callback => matches!(entry.expect, E::Accept | E::Reject | E::NoStateChange),
        Field::Json => matches!(
            entry.expect,
            E::Accept
                | E::Reject
                | E::Bounded
                | E::CanonicalStable
                | E::LosslessOrReject
                | E::RenderEscaped
                | E::RenderVisible
        ),
        Field::Header => false,
    };
    if !fits || matches!(entry.enc, Enc::Pair | Enc::Steps | Enc::Toml) {
        return Err(nobody(entry));
    }
    Ok(match entry.field {
        Field::Arg | Field::Reason | Field::Actor => Place::runs(Run::Shown).rest(&rest(entry)),
        Field::Action => Place::runs(Run::Action),
        Field::Policy => Place::runs(Run::PolicyName),
        Field::Callback => Place::runs(Run::RequestId).rest(&["http"]),
        Field::Json if rendered(entry.expect) => Place::runs(Run::Json).rest(&["console"]),
        Field::Json => Place::runs(Run::Json),
        Field::Header => Place::waits("http"),
    })
}

/// The channels that have yet to show what is shown as text today.
fn rest(entry: &Entry) -> Vec<&str> {
    let formula = entry.class == Class::LogInjection
        && entry.payload.text().is_some_and(|text| text.starts_with(['=', '+', '-', '@']));
    if formula {
        return vec!["csv export"];
    }
    if entry.class == Class::LogInjection {
        return Vec::new();
    }
    match entry.asserted("channel") {
        // A real terminal is asked in `guardrail-conformance/tests/terminal/attacks.rs`.
        // Whatever is shown is shown in Slack as well.
        Some("text" | "terminal" | "slack") => Vec::new(),
        Some(channel) => vec![channel],
        None => vec!["teams", "console"],
    }
}

fn rendered(expect: Expect) -> bool {
    matches!(expect, Expect::RenderEscaped | Expect::RenderVisible)
}

fn scenario_word(expect: Expect) -> bool {
    use Expect as E;
    matches!(
        expect,
        E::Reject
            | E::Accept
            | E::OneTerminalState
            | E::OneExecution
            | E::ZeroOrOneExecution
            | E::NoExecution
            | E::StillPending
            | E::NoStateChange
            | E::BodyGetsP1OrRefused
            | E::DriftReported
            | E::ReportedUnknownNotRerun
            | E::AtWorstExpired
    )
}

fn nobody(entry: &Entry) -> String {
    format!(
        "nobody runs class `{}`, field `{}`, enc `{}`, expect `{}`; say who does in place.rs",
        entry.class.word(),
        entry.field.word(),
        entry.enc.word(),
        entry.expect.word()
    )
}
