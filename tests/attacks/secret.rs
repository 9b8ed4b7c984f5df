//! Secrets: the body gets them, and no page, line, error, trace or dump holds a byte of them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use guardrail::model::IntentBuilder;
use guardrail::view::{Limits, columns, facts, open, text};
use guardrail::{
    AuditEvent, Context, Error, Guardrail, InContext, Intent, MockApprover, Secret,
    requires_approval,
};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::corpus::Entry;
use crate::ensure;
use crate::payload::Payload;
use crate::record::talk;
use crate::trial::{Check, Taken, Trial, ask, call, intent, read_back};
use crate::words::Field;

pub(crate) async fn run(entry: &Entry) -> Check {
    if let Payload::Value(value) = &entry.payload {
        return structured(entry, value).await;
    }
    let payload = entry.payload.text().ok_or("a secret is text")?;
    if let Some(marked) = payload.trim().strip_prefix("(value marked") {
        return marked_by_hand(&last_word(marked)).await;
    }
    Box::pin(by_shape(entry, &payload)).await?;
    marked_by_hand(&payload).await?;
    bound(&payload).await?;
    panics(&payload).await
}

/// What a scene speaks of: the word behind `PIN`, `password` and the like, else the last number.
pub(crate) fn last_word(scene: &str) -> String {
    let words: Vec<&str> = scene.split_whitespace().collect();
    let named = words.windows(2).find_map(|pair| {
        let name = pair[0].to_lowercase();
        let secret = ["pin", "password", "token", "code", "secret", "value"];
        let digits = pair[1].chars().any(|c| c.is_ascii_digit());
        (secret.contains(&name.as_str()) && digits).then_some(pair[1])
    });
    let number = words.iter().rev().find(|word| word.chars().all(|c| c.is_ascii_digit()));
    named.or(number.copied()).unwrap_or("1234").to_owned()
}

/// A text that looks like a credential is masked wherever an agent puts it.
async fn by_shape(entry: &Entry, payload: &str) -> Check {
    let secrets = said(entry, "hidden").unwrap_or_else(|| parts(payload));
    let trials = [
        call(payload, Context::new()).await?,
        ask(intent("deed", "attacks").arg("value", payload)).await?,
        ask(intent("deed", "attacks").arg("value", &[payload])).await?,
    ];
    for trial in &trials[..2] {
        trial.ran()?;
        ensure!(trial.taken == [payload], "the body was given {:?}", trial.taken);
    }
    for trial in &trials {
        let masked = trial.recorded()?.arguments().get("value").is_some_and(commitment);
        ensure!(masked, "the log holds no commitment in its place");
        silent(trial, &secrets)?;
    }
    let prose = [
        call("x", Context::new().reason(payload)).await?,
        ask(intent("deed", "attacks").arg("value", "x").summary(payload)).await?,
        ask(intent("deed", "attacks").arg("value", "x").preview(payload)).await?,
        ask(intent("deed", "attacks").arg("value", "x").resource(payload)).await?,
        call("x", Context::new().session(payload)).await?,
    ];
    for trial in &prose {
        silent(trial, &secrets)?;
    }
    // What is no name is refused, and the refusal does not repeat it.
    let named = serde_json::json!({ payload: "x" });
    let refused = [
        ask(intent(&format!("deploy {payload}"), "attacks").arg("value", "x")).await?,
        ask(intent("deed", &format!("policy {payload}")).arg("value", "x")).await?,
        ask(intent("deed", "attacks").arg(payload.to_owned(), "x")).await?,
        ask(intent("deed", "attacks").json(named.to_string().as_bytes())).await?,
    ];
    for trial in &refused {
        ensure!(trial.error.is_some(), "it was let through");
        silent(trial, &secrets)?;
    }
    ensure!(entry.field == Field::Arg || entry.field == Field::Reason, "no secret enters there");
    Ok(())
}

/// A value that the developer marks, by attribute, by type or by its name, whatever it looks like.
async fn marked_by_hand(payload: &str) -> Check {
    let secret = Secret::new(payload.to_owned());
    let nested: Value = serde_json::json!({ "database": { "password": payload, "port": 1 } });
    let ways: [&dyn Fn() -> IntentBuilder; 4] = [
        &|| intent("deed", "attacks").redact("value", payload),
        &|| intent("deed", "attacks").arg("value", &secret),
        &|| intent("deed", "attacks").arg("password", payload),
        &|| intent("deed", "attacks").arg("value", &nested),
    ];
    for way in ways {
        let (first, second) = (ask(way()).await?, ask(way()).await?);
        for trial in [&first, &second] {
            trial.ran()?;
            let (given, spelled) = (trial.taken.concat(), Value::from(payload).to_string());
            let spelled = spelled.trim_matches('"');
            ensure!(
                given.contains(payload) || given.contains(spelled),
                "the body was given {given}"
            );
            silent(trial, &[payload.to_owned()])?;
        }
        let kept = |trial: &Trial| -> Result<Vec<String>, String> {
            let arguments = trial.recorded()?.arguments();
            Ok(arguments.iter().map(|one| one.canonical().as_str().to_owned()).collect())
        };
        let (first, second) = (kept(&first)?, kept(&second)?);
        ensure!(first != second, "two intents hold the same commitment: {first:?}");
    }
    Ok(())
}

fn commitment(argument: guardrail::model::Argument<'_>) -> bool {
    argument.walk().count() > 0 && argument.canonical().as_str().contains("#secret:")
}

/// Strings of a value that the entry names, that stand under names of secrets, or look like one.
async fn structured(entry: &Entry, value: &Value) -> Check {
    let trial = ask(intent("deed", "attacks").arg("value", value)).await?;
    trial.ran()?;
    let secrets = said(entry, "hidden").unwrap_or_else(|| {
        let mut secrets = Vec::new();
        leaves(value, false, &mut secrets);
        secrets
    });
    ensure!(!secrets.is_empty(), "nothing in it is a secret");
    silent(&trial, &secrets)?;
    let page = text(&open(trial.request()?, trial.request()?.created()), 100_000);
    for shown in said(entry, "readable").unwrap_or_default() {
        ensure!(page.contains(&shown), "`{shown}` is hidden: {page}");
    }
    Ok(())
}

/// The texts that the entry itself lists under this name.
pub(crate) fn said(entry: &Entry, name: &str) -> Option<Vec<String>> {
    let all = entry.asserts.get(name)?.as_array()?;
    Some(all.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// What stands under a name of secrets, and what is one by its look.
fn leaves(value: &Value, named: bool, into: &mut Vec<String>) {
    match value {
        Value::String(text) if named => into.push(text.clone()),
        Value::String(text) => {
            into.extend(Some(parts(text)).filter(|p| *p != [text.as_str()]).into_iter().flatten())
        }
        Value::Array(all) => all.iter().for_each(|one| leaves(one, named, into)),
        Value::Object(all) => {
            let words =
                ["password", "secret", "token", "key", "pin", "credential", "authorization"];
            for (name, one) in all {
                let name = name.to_lowercase();
                leaves(one, named || words.iter().any(|word| name.contains(word)), into);
            }
        }
        _ => {}
    }
}

/// The secret parts of a text that is made of a secret and what surrounds it.
pub(crate) fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some((_, rest)) = text.split_once("://")
        && let Some((user, _)) = rest.split_once('@')
        && let Some((_, password)) = user.split_once(':')
    {
        return vec![password.to_owned()];
    }
    if text.contains("-----BEGIN") {
        let body = text.lines().filter(|line| !line.contains("-----") && line.trim().len() > 8);
        parts.extend(body.map(|line| line.trim().to_owned()));
    }
    let lower = text.to_lowercase();
    for scheme in ["bearer ", "basic "] {
        if let Some(at) = lower.find(scheme) {
            let rest = text.get(at + scheme.len()..).unwrap_or_default();
            parts.extend(rest.split_whitespace().next().map(str::to_owned));
        }
    }
    if parts.is_empty() {
        parts = named(text);
    }
    if parts.is_empty()
        && let Some((name, value)) = text.split_once(['=', ':'])
        && !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || "_-. \"{'".contains(c))
        && !value.trim().is_empty()
    {
        let value = value.trim().trim_matches(['"', '\'', '}', ' ']);
        parts.extend(value.split([' ', ';', '&', '"']).next().map(str::to_owned));
    }
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() { vec![text.to_owned()] } else { parts }
}

/// The values that stand behind names of secrets: `user=a;Password=b`, `token: c`.
fn named(text: &str) -> Vec<String> {
    let words =
        ["password", "passwd", "pwd", "secret", "token", "key", "credential", "authorization"];
    let mut found = Vec::new();
    for (at, _) in text.match_indices(['=', ':']) {
        let (before, behind) = text.split_at(at);
        let name = before.trim_end_matches(['"', '\'', ' ', '\\']);
        let name = name.rsplit(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).next();
        let name = name.unwrap_or_default().to_lowercase();
        let about = ["name", "id", "file", "type"].iter().any(|end| name.ends_with(end));
        let last = name.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let short = ["sig", "auth", "session", "sid", "pin", "otp", "cvv", "pass"].contains(&last);
        if about || !(short || words.iter().any(|word| name.contains(word))) {
            continue;
        }
        let value = behind.trim_start_matches(['=', ':', '>', ' ', '"', '\'', '\\']);
        let ends = |c: char| c.is_whitespace() || ";&,\"'}\\".contains(c);
        let mut values = value.split(ends).filter(|word| !word.is_empty());
        // Behind `Authorization:` stands what kind of credential it is.
        let skip = usize::from(name == "authorization" && value.trim().contains(' '));
        found.extend(values.nth(skip).map(str::to_owned));
    }
    found
}

/// Nothing anybody could read holds one of the secrets.
fn silent(trial: &Trial, secrets: &[String]) -> Check {
    let mut outputs = vec![
        (
            "the log",
            trial.records.iter().map(|record| record.line()).collect::<Vec<_>>().join("\n"),
        ),
        ("a dump of the log", format!("{:?}", trial.records)),
        ("a dump of an intent", format!("{:?}", trial.recorded()?)),
        ("the conversation", talk(trial)),
        ("a trace", trial.traced.clone()),
        ("an error", format!("{:?} {}", trial.error, words(trial.error.as_ref()))),
        ("a dump of the whole", format!("{:?}", trial.guardrail)),
    ];
    if let Some(request) = &trial.request {
        let at = request.created();
        outputs.extend([
            ("a page", text(&open(request, at), 100_000)),
            ("a short page", text(&facts(request, at, &Limits::new(0, 0, columns)), 80)),
            ("a dump of the facts", format!("{:?}", open(request, at))),
            ("a dump of the request", format!("{request:?}")),
        ]);
    }
    for secret in secrets {
        for (name, output) in &outputs {
            ensure!(!holds(output, secret), "{name} holds the secret {secret}: {output}");
        }
    }
    Ok(())
}

fn words(error: Option<&Error>) -> String {
    error.map(ToString::to_string).unwrap_or_default()
}

/// Whether the text holds the secret. A short one may stand in a hash by chance, so it must be a
/// word of its own.
pub(crate) fn holds(text: &str, secret: &str) -> bool {
    if secret.len() > 6 {
        return text.contains(secret);
    }
    text.match_indices(secret).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let behind = text.get(at + secret.len()..).and_then(|text| text.chars().next());
        ![before, behind].into_iter().flatten().any(|c| c.is_ascii_alphanumeric())
    })
}

/// A value that is another one the second time it is looked at.
struct Turning<'v> {
    first: &'v str,
    looks: AtomicUsize,
}

impl Serialize for Turning<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.looks.fetch_add(1, Ordering::Relaxed) {
            0 => serializer.serialize_str(self.first),
            _ => serializer.serialize_str(&format!("{}x", self.first)),
        }
    }
}

#[requires_approval(policy = "attacks", redact(value), skip(taken))]
async fn committed(value: &Turning<'_>, taken: &Taken) -> Result<(), Error> {
    taken.put(value.first);
    Ok(())
}

/// What nobody was shown is bound all the same: another value does not run.
async fn bound(payload: &str) -> Check {
    let taken = Taken::default();
    let value = Turning { first: payload, looks: AtomicUsize::new(0) };
    let guardrail = Guardrail::for_tests(MockApprover::approving());
    let ended = guardrail.scope(committed(&value, &taken)).await;
    ensure!(matches!(ended, Err(Error::IntentChanged { .. })), "another value ran: {ended:?}");
    ensure!(taken.all().is_empty(), "another value ran");
    let digest = |value: &str| -> Result<_, String> {
        let built = Intent::builder("deed").policy("attacks").redact("value", value).build();
        Ok(built.map_err(|error| error.to_string())?.digest())
    };
    ensure!(digest(payload)? != digest("another")?, "the digest does not cover the value");
    Ok(())
}

static PANICS: Mutex<()> = Mutex::new(());

#[requires_approval(policy = "attacks", redact(value))]
async fn panicking(value: String) -> Result<(), Error> {
    // Not by `panic!`: the hook of the process would print it, and that is not ours.
    std::panic::resume_unwind(Box::new(value))
}

/// A body that panics with the secret on its lips leaves no word of it.
async fn panics(payload: &str) -> Check {
    let _one_at_a_time = PANICS.lock();
    let guardrail = Guardrail::for_tests(MockApprover::approving());
    let body = guardrail.scope(panicking(payload.to_owned()));
    let (ended, traced) =
        crate::heard::heard(async { tokio::spawn(body.in_context()).await }).await;
    ensure!(ended.is_err(), "the body did not panic");
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
    let records = read_back(&guardrail).await?;
    let failed = records.last().map(|record| record.event().clone());
    ensure!(
        matches!(failed, Some(AuditEvent::Failed { panicked: true })),
        "the panic is not on record: {failed:?}"
    );
    for record in &records {
        ensure!(!holds(record.line(), payload), "the log holds the secret");
    }
    ensure!(!holds(&traced, payload), "a trace holds the secret");
    Ok(())
}
