//! Hostile text brought before a person in Slack: where it stands, that it can be read, and what it takes to approve it.

use std::collections::BTreeSet;

use guardrail::Secret;
use guardrail::model::IntentBuilder;
use guardrail_slack::Arguments;
use guardrail_test_slack::{Deed, Message, buttons};
use serde_json::Value;

use super::active::{active, strings};
use super::claim;
use super::read::paragraphs;
use super::room::Room;
use crate::corpus::Entry;
use crate::decode::{decode, hidden};
use crate::ensure;
use crate::payload::{Gen, Payload};
use crate::secret::{last_word, parts, said};
use crate::trial::{Check, intent};
use crate::words::{Class, Expect, Field};

/// What is ours, word for word, where a value takes another way than the harmless one: it is cut, or it is not.
const OWN: [&str; 4] = [
    "action_id: guardrail.approve",
    "action_id: guardrail.review",
    "callback_id: guardrail.review",
    "fallback: Your vote does not count: a value was not shown whole; open it before you approve. Press Review, \
     read all pages, and approve on the last.",
];

/// Shows it to alice in the channel and behind Review; she reads all of it, and approves.
pub(crate) async fn run(entry: &Entry) -> Check {
    let payload = entry.payload.text().ok_or("it is no text")?;
    if entry.field == Field::Arg && crate::shown::is_too_large(&payload) {
        return Ok(());
    }
    for arguments in [Arguments::InChannel, Arguments::BehindReview] {
        let harmless = sent(built(entry, &alike(entry, &payload))?, arguments).await?;
        let hostile = sent(built(entry, &payload)?, arguments).await?;
        nowhere_active(entry, &harmless.all, &hostile.all)?;
        nothing_hidden(&hostile.all)?;
        ensure!(hostile.complaints.is_empty(), "Slack would refuse it: {:?}", hostile.complaints);
        // A reason binds nothing, so it may be approved where it is cut.
        if entry.expect == Expect::TruncationMarked && entry.field != Field::Reason {
            opened_first(&hostile)?;
        }
        readable(entry, &payload, &hostile)?;
        if entry.expect == Expect::Attributed && entry.field == Field::Reason {
            hostile.all.iter().try_for_each(|sent| claim::attributed(sent, &payload))?;
        }
        if arguments == Arguments::BehindReview {
            not_before_review(entry, &payload, &hostile.first)?;
        }
    }
    Ok(())
}

/// No part of a secret is sent to Slack, by its shape or because it is marked.
pub(crate) async fn secret(entry: &Entry) -> Check {
    let payload = match &entry.payload {
        Payload::Text(payload) => payload,
        Payload::Value(value) => return listed(entry, value).await,
        _ => return Ok(()),
    };
    let marked = payload.trim().strip_prefix("(value marked").map(last_word);
    for arguments in [Arguments::InChannel, Arguments::BehindReview] {
        let (asked, parts) = match &marked {
            Some(word) => {
                let asked = intent("deed", "attacks").arg("value", &Secret::new(word.clone()));
                (asked, vec![format!("\"{word}\"")])
            }
            None => {
                let hidden = said(entry, "hidden").unwrap_or_else(|| parts(payload));
                (built(entry, payload)?, hidden)
            }
        };
        let all = Value::Array(sent(asked, arguments).await?.all).to_string();
        for part in &parts {
            ensure!(!crate::secret::holds(&all, part), "`{part}` is sent");
        }
    }
    Ok(())
}

/// None of the secrets that the entry lists is sent, and all that is to be read.
async fn listed(entry: &Entry, value: &Value) -> Check {
    let asked = intent("deed", "attacks").arg("value", value);
    let all = Value::Array(sent(asked, Arguments::InChannel).await?.all).to_string();
    for part in said(entry, "hidden").unwrap_or_default() {
        ensure!(!crate::secret::holds(&all, &part), "`{part}` is sent");
    }
    for part in said(entry, "readable").unwrap_or_default() {
        ensure!(all.contains(&part), "`{part}` is not sent");
    }
    Ok(())
}

/// What was sent of one request.
struct Sent {
    first: Message,
    all: Vec<Value>,
    complaints: Vec<String>,
    /// What alice was told when she approved what she had not opened.
    told: Vec<String>,
}

/// Something harmless of the same length, so that it takes the same way.
fn alike(entry: &Entry, payload: &str) -> String {
    match &entry.payload {
        Payload::Value(_) | Payload::Gen(Gen::Object { .. }) => {
            let keys = serde_json::from_str::<Value>(payload).ok();
            let keys = keys.and_then(|value| value.as_object().map(serde_json::Map::len));
            let pairs: Vec<String> =
                (0..keys.unwrap_or(1)).map(|n| format!("\"harmless_{n}\":1")).collect();
            format!("{{{}}}", pairs.join(","))
        }
        _ => "x".repeat(payload.chars().count().max(1)),
    }
}

/// The request of this entry, with this text.
fn built(entry: &Entry, text: &str) -> Result<IntentBuilder, String> {
    let deed = || intent("deed", "attacks");
    Ok(match entry.field {
        Field::Reason => deed().arg("value", "x").reason(text),
        Field::Actor => deed().arg("value", "x").agent(text),
        Field::Action => intent(text, "attacks").arg("value", "x"),
        _ => match &entry.payload {
            Payload::Value(_) | Payload::Gen(Gen::Object { .. }) => {
                let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
                deed().arg("value", &value)
            }
            _ => deed().arg("value", text),
        },
    })
}

/// Brings the request before alice, who tries to approve it unread, opens it, and approves it.
async fn sent(builder: IntentBuilder, arguments: Arguments) -> Result<Sent, String> {
    let room = Room::new(arguments).await?;
    let call = room.call(builder);
    let first = tokio::select! {
        first = room.asked() => first,
        () = async { while !call.is_finished() { tokio::task::yield_now().await } } => {
            let end = call.await.map_err(|error| error.to_string())?;
            return Err(format!("nobody was asked: {:?}", end.err().map(|e| e.to_string())));
        }
    };
    let alice = room.alice();
    let labels = buttons(&Value::Array(first.blocks.clone()));
    if labels.iter().all(|button| button["text"]["text"] != "Approve") {
        // Review's token in a button that approves.
        let mut forged = alice.clicked(&first, "Review").await;
        forged["actions"][0]["action_id"] = "guardrail.approve".into();
        alice.deliver("interactive", &forged).await;
        let told =
            |state: &guardrail_test_slack::State| (!state.ephemerals.is_empty()).then_some(());
        room.slack.until("an answer to a blind approval", told).await;
    }
    let told = alice.told();
    let modal = alice.opens(&first, "Deny").await;
    ensure!(modal.is_some(), "it cannot be denied");
    let now = room.slack.look(|state| state.now(&first).cloned()).ok_or("the message is gone")?;
    alice.act(&now, &Deed::Approve).await;
    let ended = call.await.map_err(|error| error.to_string())?;
    ended.map_err(|error| format!("it did not run: {error}"))?;
    room.closed().await;
    let complaints = room.slack.look(|state| state.complaints.clone());
    Ok(Sent { first, all: room.sent(), complaints, told })
}

/// No byte of it stands where Slack reads markup: what stands there is what stands there without it.
fn nowhere_active(entry: &Entry, harmless: &[Value], hostile: &[Value]) -> Check {
    let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) = (active(harmless), active(hostile));
    let more: Vec<&String> =
        theirs.difference(&ours).filter(|text| !OWN.contains(&text.as_str())).collect();
    if entry.field != Field::Action {
        ensure!(more.is_empty(), "it stands in markup: {more:?}");
        return Ok(());
    }
    // An action's name stands in the fallback, neutral.
    for text in more {
        let markup = ["<", ">", "&", "*", "~", "`", "@", "://"];
        let name = text.strip_prefix("fallback: ").ok_or_else(|| format!("in markup: {text}"))?;
        // Within a word an underscore slants nothing.
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '#';
        let slants = name
            .split('_')
            .zip(name.split('_').skip(1))
            .any(|(left, right)| !left.ends_with(letter) || !right.starts_with(letter));
        ensure!(!slants, "the fallback is slanted: {text}");
        ensure!(!markup.iter().any(|mark| name.contains(mark)), "the fallback is active: {text}");
    }
    Ok(())
}

fn nothing_hidden(all: &[Value]) -> Check {
    let mut found = Vec::new();
    all.iter().for_each(|sent| strings(sent, "$", &mut found));
    for (path, text) in found {
        // Right-to-left text stands between isolates of ours.
        let raw = text.chars().find(|c| hidden(*c) && !matches!(c, '\n' | '\u{2068}' | '\u{2069}'));
        ensure!(raw.is_none(), "{path}: U+{:04X} raw in {text:?}", u32::from(raw.unwrap_or(' ')));
        let depth = text.chars().try_fold(0_i32, |depth, c| match c {
            '\u{2068}' => Some(depth + 1),
            '\u{2069}' => (depth > 0).then(|| depth - 1),
            _ => Some(depth),
        });
        ensure!(depth == Some(0), "{path}: an isolate is not ours: {text:?}");
    }
    Ok(())
}

/// A value that is cut is approved by nobody who has not opened it.
fn opened_first(sent: &Sent) -> Check {
    let labels = buttons(&Value::Array(sent.first.blocks.clone()));
    let blind = labels.iter().any(|button| button["text"]["text"] == "Approve");
    let shown = guardrail_test_slack::read(&sent.first.blocks);
    let cut = ["characters left out", "left out", "not shown"].iter().any(|w| shown.contains(w));
    ensure!(!(blind && cut), "a cut value may be approved unopened: {shown}");
    let refused = sent.told.iter().any(|told| told.contains("does not count"));
    ensure!(blind || refused, "a blind approval was not refused: {:?}", sent.told);
    Ok(())
}

/// It can be read in what alice was sent, letter by letter.
fn readable(entry: &Entry, payload: &str, sent: &Sent) -> Check {
    if let Payload::Value(_) | Payload::Gen(Gen::Object { .. }) = &entry.payload {
        return Ok(());
    }
    let mut texts = Vec::new();
    // A value of several pages goes on in the next.
    let mut pages = String::new();
    for call in &sent.all {
        let mut whole = String::new();
        for paragraph in paragraphs(call) {
            let plain: String =
                paragraph.text.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).collect();
            if paragraph.kind == "rich_text_preformatted" {
                whole.push_str(&plain);
            }
            texts.push(plain);
        }
        if call["view"]["callback_id"] == "guardrail.review" {
            pages.push_str(&whole);
        }
        texts.push(whole);
    }
    texts.push(pages);
    // Of a reason 4 KiB are kept, and where the message cuts it, it says so.
    let cut = texts.iter().any(|text| text.contains("cut: ") && !payload.contains("cut: "));
    if entry.field == Field::Reason && (payload.len() > 4_096 || cut) {
        return Ok(());
    }
    let wanted = payload.trim_end_matches('\n');
    let reads = |text: &String| {
        let bare = text.trim_matches('\n');
        let quoted = bare.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        [Some(bare), quoted].into_iter().flatten().any(|text| {
            decode(text)
                .is_ok_and(|read| read == payload || read == wanted || read.contains(wanted))
        })
    };
    ensure!(texts.iter().any(reads), "nobody can read it: {texts:?}");
    if entry.class != Class::Truncation {
        for c in payload.chars().filter(|c| hidden(*c) && *c != '\n') {
            let number = format!("U+{:04X}", u32::from(c));
            ensure!(texts.iter().any(|text| text.contains(&number)), "{number} is not shown");
        }
    }
    for part in entry.asserted_all("rendered_contains") {
        ensure!(texts.iter().any(|text| text.contains(part)), "{part} is not shown");
    }
    Ok(())
}

/// Behind Review no value and no claim stands in the channel.
fn not_before_review(entry: &Entry, payload: &str, first: &Message) -> Check {
    let shown = guardrail_test_slack::read(&first.blocks);
    let own = matches!(entry.field, Field::Arg | Field::Reason) && payload.trim().len() > 8;
    ensure!(!(own && shown.contains(payload.trim())), "it stands in the channel: {shown}");
    Ok(())
}
