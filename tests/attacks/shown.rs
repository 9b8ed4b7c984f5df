//! What a person sees of hostile text, and what the body and the log get of it.

use guardrail::view::{FactKind, Facts, Limits, Style, columns, facts, open, text};
use guardrail::{ApprovalRequest, Context, Intent};

use crate::corpus::Entry;
use crate::decode::{decode, hidden, unsafe_char};
use crate::payload::{Gen, Payload};
use crate::trial::{Check, Trial, ask, call, intent};
use crate::words::{Class, Expect, Field};
use crate::{claim, cut, ensure, record};

/// Most bytes of one argument, as it is spelled in JSON; more is refused before anyone is asked.
const MOST: usize = 256 * 1024;

/// Whether an argument is more than anybody is shown.
pub(crate) fn is_too_large(payload: &str) -> bool {
    payload.len() > MOST || serde_json::Value::from(payload).to_string().len() > MOST
}

pub(crate) async fn run(entry: &Entry) -> Check {
    let Some(payload) = entry.payload.text() else { return bytes(entry).await };
    if entry.expect == Expect::Reject {
        for trial in trials(entry, &payload).await? {
            trial.refused()?;
        }
        return Ok(());
    }
    if entry.field == Field::Arg && is_too_large(&payload) {
        return too_large(&payload).await;
    }
    for trial in trials(entry, &payload).await? {
        trial.ran()?;
        given(entry, &trial, &payload)?;
        record::holds(entry.field, &trial, &payload).await?;
        safe_page(trial.request()?)?;
        match entry.expect {
            Expect::RenderVisible => visible(entry, &trial, &payload)?,
            Expect::TruncationMarked => {
                // Of a reason 4 KiB are kept, with a note of its length; that is what can be shown.
                let reason = trial.recorded()?.reason();
                let kept = reason.filter(|_| entry.field == Field::Reason).unwrap_or(&payload);
                cut::marked(entry, trial.request()?, kept)?;
            }
            Expect::Attributed => claim::attributed(entry, &trial, &payload).await?,
            _ => {}
        }
        asserted(entry, trial.request()?)?;
    }
    if entry.expect == Expect::TruncationMarked {
        cut::must_be_opened(&payload).await?;
    }
    Ok(())
}

/// The call with this payload in its field; an argument goes both ways, through the attribute and
/// by hand.
async fn trials(entry: &Entry, payload: &str) -> Result<Vec<Trial>, String> {
    let by_hand = |value: &str| intent("deed", "attacks").arg("value", value);
    Ok(match entry.field {
        Field::Reason => vec![
            call("x", Context::new().reason(payload)).await?,
            ask(by_hand("x").reason(payload)).await?,
        ],
        Field::Actor => vec![
            call("x", Context::new().agent(payload)).await?,
            ask(by_hand("x").agent(payload)).await?,
        ],
        _ => match &entry.payload {
            Payload::Value(_) | Payload::Gen(Gen::Object { .. }) => {
                let value: serde_json::Value =
                    serde_json::from_str(payload).map_err(|error| error.to_string())?;
                vec![ask(intent("deed", "attacks").arg("value", &value)).await?]
            }
            _ => vec![call(payload, Context::new()).await?, ask(by_hand(payload)).await?],
        },
    })
}

/// Bytes that are no text: nothing takes them, raw or in quotes.
async fn bytes(entry: &Entry) -> Check {
    let bytes = entry.payload.bytes().ok_or("this payload is neither text nor bytes")?;
    ensure!(entry.expect != Expect::Accept, "bytes that are no text cannot be accepted");
    crate::json::reject(&bytes).await?;
    let quoted = [b"{\"value\":\"".as_slice(), &bytes, b"\"}"].concat();
    crate::json::reject(&quoted).await
}

/// More than anybody can be shown is refused on record, with its bound.
async fn too_large(payload: &str) -> Check {
    for trial in [
        call(payload, Context::new()).await?,
        ask(intent("deed", "attacks").arg("value", payload)).await?,
    ] {
        trial.refused()?;
        let said = trial.error.as_ref().map(ToString::to_string).unwrap_or_default();
        ensure!(said.contains("longer than"), "the refusal does not say why: {said}");
    }
    Ok(())
}

/// The body was given the very value, and the digest is of no other.
fn given(entry: &Entry, trial: &Trial, payload: &str) -> Check {
    if entry.field != Field::Arg {
        return Ok(());
    }
    let taken = trial.taken.concat();
    if matches!(entry.payload, Payload::Value(_) | Payload::Gen(Gen::Object { .. })) {
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        ensure!(value(&taken) == value(payload), "the body was given another value");
        return Ok(());
    }
    ensure!(taken == payload, "the body was given {taken:?}");
    let digest = |value: &str| -> Result<_, String> {
        let built =
            Intent::builder("deed").policy("attacks").agent("a").arg("value", value).build();
        Ok(built.map_err(|error| error.to_string())?.digest())
    };
    let own = digest(payload)?;
    for other in lookalikes(payload) {
        ensure!(digest(&other)? != own, "the digest does not tell it from {other:?}");
    }
    ensure!(
        trial.request()?.intent().digest() == trial.recorded()?.digest(),
        "the log holds another digest than was shown"
    );
    Ok(())
}

/// What the payload could be taken for, or be made of by careless hands.
fn lookalikes(payload: &str) -> Vec<String> {
    let shown = guardrail::view::visible(payload, Style::LINE).text().to_owned();
    let keep = |keep: fn(char) -> bool| payload.chars().filter(|c| keep(*c)).collect::<String>();
    let mut others = vec![
        shown,
        payload.trim().to_owned(),
        payload.to_lowercase(),
        payload.replace("\r\n", "\n"),
        payload.split('\0').next().unwrap_or_default().to_owned(),
        payload.chars().take(64).collect(),
        keep(|c| c.is_ascii()),
        keep(|c| !c.is_control()),
        keep(|c| !hidden(c)),
    ];
    // What nobody could be asked about has no digest.
    others.retain(|other| other != payload && !is_too_large(other));
    others
}

/// Every hidden code point is shown as its number, with a warning.
fn visible(entry: &Entry, trial: &Trial, payload: &str) -> Check {
    let page = page(trial.request()?)?;
    // A line break is shown as one, in a frame that says so.
    for c in payload.chars().filter(|c| hidden(*c) && *c != '\n') {
        let number = format!("U+{:04X}", u32::from(c));
        ensure!(page.contains(&number), "{number} is not shown as such: {page}");
        ensure!(!page.contains(c), "{number} is shown raw");
    }
    let kind = match entry.field {
        Field::Reason => FactKind::Claim,
        Field::Actor => FactKind::Agent,
        _ => FactKind::Argument,
    };
    let seen = open(trial.request()?, trial.request()?.created());
    let fact = seen.get(kind).ok_or("the text is no fact")?;
    // `\r\n` ends a line as `\n` does.
    let broken = payload.replace("\r\n", "\n");
    let harmless = broken.chars().filter(|c| hidden(*c)).all(|c| matches!(c, '\t' | '\n'));
    let warned = entry.asserted("warning").is_some() || !harmless;
    let parts = matches!(entry.payload, Payload::Value(_) | Payload::Gen(Gen::Object { .. }));
    // A value of several parts is shown as several facts, its names as labels.
    let facts = seen.iter().filter(|one| if parts { one.kind() == kind } else { *one == fact });
    let is_warned = facts.into_iter().any(|one| !one.warnings().is_empty());
    ensure!(!warned || is_warned, "there is no warning: {page}");
    if parts {
        return keys_differ(trial.request()?, &leaves(payload));
    }
    let shown: String = fact
        .runs()
        .iter()
        .filter(|run| run.trust() == guardrail::view::Trust::Untrusted)
        .map(|run| run.text())
        .collect();
    let read = decode(&shown)?;
    ensure!(read == payload, "what is shown reads back as {read:?}");
    Ok(())
}

/// The assertions that speak of a page of text.
pub(crate) fn asserted(entry: &Entry, request: &ApprovalRequest) -> Check {
    let at = request.created();
    let limits = Limits::new(2_000, 20_000, columns).style(Style::LINE);
    let pages = [page(request)?, text(&facts(request, at, &limits), 120)];
    for part in entry.asserted_all("rendered_contains") {
        ensure!(pages.iter().any(|page| page.contains(part)), "{part} is not shown: {}", pages[0]);
    }
    for number in entry.asserted_all("rendered_not_contains_codepoint") {
        let c = number.strip_prefix("U+").and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let c = c.and_then(char::from_u32).ok_or_else(|| format!("{number} is no code point"))?;
        ensure!(!pages.iter().any(|page| page.contains(c)), "{number} is shown raw");
    }
    // Markup of a channel is inert as text; what it would have to be there, that channel checks.
    let markup = matches!(entry.class, Class::Mrkdwn | Class::AdaptiveMd | Class::Html);
    for part in entry.asserted_all("rendered_not_contains").iter().filter(|_| !markup) {
        ensure!(!pages.iter().any(|page| page.contains(*part)), "{part} is shown: {}", pages[0]);
    }
    if let Some(warning) = entry.asserted("warning") {
        // "mixed direction allowed, each value isolated": the warning, and how it is treated.
        let words = warning.split(" allowed").next().unwrap_or(warning);
        let seen = open(request, at);
        let warnings = seen.iter().flat_map(|fact| fact.warnings()).map(ToString::to_string);
        let warnings: Vec<String> = warnings.collect();
        ensure!(
            warnings.iter().any(|said| said.contains(words)),
            "nobody warns of `{words}`, only of {warnings:?}"
        );
        if warning.contains("isolated") {
            isolated(&seen)?;
        }
    }
    Ok(())
}

/// Right-to-left text moves nothing but itself: it has a line, or an isolate, of its own.
fn isolated(seen: &Facts) -> Check {
    for run in seen.iter().flat_map(|fact| fact.runs()) {
        let rtl = |line: &&str| line.chars().any(|c| ('\u{590}'..='\u{8ff}').contains(&c));
        let isolate = |line: &&str| line.starts_with('\u{2068}') && line.ends_with('\u{2069}');
        let whole = run.isolated();
        ensure!(whole.lines().filter(rtl).all(|line| isolate(&line)), "a line is not isolated");
    }
    Ok(())
}

/// The whole request as plain text.
pub(crate) fn page(request: &ApprovalRequest) -> Result<String, String> {
    Ok(text(&open(request, request.created()), 100_000))
}

/// Nothing on any page is active or hides: printable text in lines of ours.
pub(crate) fn safe_page(request: &ApprovalRequest) -> Check {
    let at = request.created();
    let limits = Limits::new(2_000, 20_000, columns);
    for page in [
        page(request)?,
        text(&open(request, at), 60),
        text(&facts(request, at, &limits), 80),
        text(&facts(request, at, &Limits::new(0, 0, columns)), 24),
    ] {
        if let Some(c) = page.chars().find(|c| *c != '\n' && unsafe_char(*c)) {
            return Err(format!("U+{:04X} is shown raw", u32::from(c)));
        }
    }
    Ok(())
}

/// The members of an object that holds no other.
fn leaves(payload: &str) -> Vec<String> {
    let members = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(payload);
    let plain = |value: &serde_json::Value| !value.is_object() && !value.is_array();
    let members = members.unwrap_or_default().into_iter().filter(|(_, value)| plain(value));
    members.map(|(name, _)| name).collect()
}

/// No two of these names are shown alike.
pub(crate) fn keys_differ(request: &ApprovalRequest, names: &[String]) -> Check {
    let seen = open(request, request.created());
    let labels = seen.iter().filter(|fact| fact.kind() == FactKind::Argument);
    let labels: std::collections::HashSet<String> =
        labels.map(|fact| fact.label().text().to_owned()).collect();
    ensure!(labels.len() >= names.len(), "{} names are shown as {labels:?}", names.len());
    Ok(())
}
