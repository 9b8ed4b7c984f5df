//! JSON from strangers, at both doors: the arguments of a call, and the message of a decision.

use std::collections::HashSet;
use std::fmt;

use guardrail::model::canonical::{Bounds, Canonical, decode};
use guardrail::{Error, Intent};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::corpus::Entry;
use crate::ensure;
use crate::trial::{Check, Trial, ask, intent, read_back};
use crate::words::Expect;

/// The message by which a person decides, as an API takes it.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    pub(crate) decision: Choice,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Choice {
    Approve,
    Deny,
}

pub(crate) async fn run(entry: &Entry) -> Check {
    let bytes = entry.payload.bytes().ok_or("JSON is bytes")?;
    match entry.expect {
        Expect::Reject => reject(&bytes).await,
        Expect::Accept => accept(&bytes).await,
        Expect::CanonicalStable => stable(&bytes).await,
        Expect::LosslessOrReject => lossless(&bytes).await,
        Expect::RenderEscaped | Expect::RenderVisible => rendered(entry, &bytes).await,
        _ => crate::dos::in_process(entry).await.map(|_| ()),
    }
}

fn arguments(bytes: &[u8]) -> guardrail::model::IntentBuilder {
    intent("deed", "attacks").json(bytes)
}

pub(crate) fn decision(bytes: &[u8]) -> Result<Message, String> {
    decode(bytes, &Bounds::default()).map_err(|error| error.to_string())
}

/// No door takes it, and the refusal of the call is on record.
pub(crate) async fn reject(bytes: &[u8]) -> Check {
    let message = decision(bytes);
    ensure!(message.is_err(), "it was taken for the decision {:?}", message.ok());
    // Members that are sound in themselves are refused as a decision only: `{"decision":"APPROVE"}`
    // is a decision nobody knows, but nothing is wrong with a function that has such a parameter.
    let trial = ask(arguments(bytes)).await?;
    if trial.error.is_none() {
        ensure!(sound_object(bytes), "it was taken for the arguments of a call");
        return Ok(());
    }
    // Shown as it is, and refused to a body that would read it as something else.
    if matches!(trial.error, Some(Error::Argument { .. })) && sound_object(bytes) {
        ensure!(trial.taken.is_empty(), "the body ran");
        return Ok(());
    }
    refused(&trial)?;
    ensure!(Intent::builder("deed").policy("attacks").json(bytes).build().is_err(), "it was built");
    in_an_argument(bytes).await
}

/// The same bytes as a member of sound arguments.
async fn in_an_argument(bytes: &[u8]) -> Check {
    let whole = [b"{\"first\":1,\"value\":".as_slice(), bytes, b",\"last\":2}"].concat();
    if sound_object(&whole) {
        return Ok(());
    }
    refused(&ask(arguments(&whole)).await?)
}

fn refused(trial: &Trial) -> Check {
    trial.refused()?;
    ensure!(
        matches!(trial.error, Some(Error::Invalid { .. })),
        "the refusal is of another kind: {:?}",
        trial.error
    );
    ensure!(trial.recorded()?.arguments().is_empty(), "broken arguments are on record");
    Ok(())
}

async fn accept(bytes: &[u8]) -> Check {
    if decision(bytes).is_ok() {
        return Ok(());
    }
    let trial = ask(arguments(bytes)).await?;
    ensure!(trial.error.is_none(), "sound arguments were refused: {:?}", trial.error);
    Ok(())
}

/// One canonical text, however it came: by whatever order and blanks, through serde, through the
/// log.
async fn stable(bytes: &[u8]) -> Check {
    let bounds = Bounds::default();
    let ours = Canonical::from_json(bytes, &bounds).map_err(|error| error.to_string())?;
    let again = Canonical::parse(ours.as_str()).map_err(|error| error.to_string())?;
    ensure!(again == ours, "its own text reads as something else");
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let by_serde = Canonical::of(&value, &bounds).map_err(|error| error.to_string())?;
    ensure!(by_serde == ours, "serde makes {} of it, not {}", by_serde.as_str(), ours.as_str());
    for other in respelled(text, &value) {
        let other = Canonical::from_json(other.as_bytes(), &bounds).map_err(|e| e.to_string())?;
        ensure!(other == ours, "another spelling is {}, not {}", other.as_str(), ours.as_str());
    }
    let digest = |bytes: &[u8]| -> Result<_, String> {
        let intent = arguments(bytes).agent("a").build().map_err(|error| error.to_string())?;
        Ok(intent.digest())
    };
    if value.is_object() {
        for other in respelled(text, &value) {
            ensure!(
                digest(other.as_bytes())? == digest(bytes)?,
                "the digest tells spellings apart"
            );
        }
        let trial = ask(arguments(bytes)).await?;
        ensure!(trial.error.is_none(), "it was refused: {:?}", trial.error);
        for argument in trial.recorded()?.arguments().iter() {
            let own = trial.request()?.intent().arguments().get(argument.name());
            let own = own.ok_or("an argument is missing")?;
            ensure!(own.canonical() == argument.canonical(), "the log holds another text");
        }
    }
    Ok(())
}

/// The same value in other blanks and another order of members.
fn respelled(text: &str, value: &Value) -> Vec<String> {
    let mut spellings = vec![format!(" \n\t{text}\r\n ")];
    if let Value::Object(members) = value {
        let backwards: Vec<String> = members
            .iter()
            .rev()
            .map(|(name, value)| format!("{} : {value}", Value::from(name.as_str())))
            .collect();
        spellings.push(format!("{{ {} }}", backwards.join(" , ")));
    }
    spellings
}

/// Every integer reaches people, log and body to the last digit, or nobody.
async fn lossless(bytes: &[u8]) -> Check {
    let trial = ask(arguments(bytes)).await?;
    match &trial.error {
        None => {}
        // Shown as it is, and refused to a body that would read it as something else.
        Some(Error::Argument { .. }) => {
            ensure!(trial.taken.is_empty(), "the body ran");
            return Ok(());
        }
        Some(_) => return refused(&trial),
    }
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let recorded = trial.recorded()?.arguments();
    let kept: String = recorded.iter().map(|one| one.canonical().as_str().to_owned()).collect();
    let shown = crate::shown::page(trial.request()?)?;
    for digits in integers(text) {
        ensure!(kept.contains(digits), "{digits} is on record as {kept}");
        ensure!(shown.contains(digits), "{digits} is shown otherwise: {shown}");
        for argument in recorded.iter() {
            if argument.canonical().as_str().trim_matches(['"', '#']) == digits {
                let read = argument.read::<i128>().map(|number| number.to_string());
                let read = read.or_else(|_| argument.read::<u128>().map(|n| n.to_string()));
                ensure!(read.as_deref() == Ok(digits), "the body reads {read:?}, not {digits}");
            }
        }
    }
    Ok(())
}

/// The integers of the text: runs of digits that are no part of a float.
fn integers(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| !(c.is_ascii_digit() || ".eE+-".contains(c)));
    parts
        .filter(|part| part.len() > 1 && part.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
        .collect()
}

/// Every member reaches the body under its own name, and is shown so that two names differ.
async fn rendered(entry: &Entry, bytes: &[u8]) -> Check {
    let trial = ask(arguments(bytes)).await?;
    match &trial.error {
        None => {}
        // A body that would read it as something else does not get it.
        Some(Error::Argument { .. }) => ensure!(trial.taken.is_empty(), "the body ran"),
        Some(error) => return Err(format!("it was refused: {error}")),
    }
    let names: Vec<String> = Members::of(bytes).map_err(|error| error.to_string())?;
    let intent = trial.request()?.intent();
    ensure!(intent.arguments().len() == names.len(), "some members are missing");
    for name in &names {
        ensure!(intent.arguments().get(name).is_some(), "the member `{name}` is missing");
        ensure!(trial.recorded()?.arguments().get(name).is_some(), "`{name}` is not on record");
    }
    read_back(&trial.guardrail).await?;
    crate::shown::keys_differ(trial.request()?, &names)?;
    crate::shown::safe_page(trial.request()?)?;
    crate::shown::asserted(entry, trial.request()?)
}

/// Whether an independent reader finds one JSON object without any name twice.
fn sound_object(bytes: &[u8]) -> bool {
    Members::of(bytes).is_ok()
}

/// The names of an object's members; an error where a name comes twice on any level.
struct Members(Vec<String>);

impl Members {
    fn of(bytes: &[u8]) -> Result<Vec<String>, serde_json::Error> {
        let once: Once = serde_json::from_slice(bytes)?;
        match once.0 {
            Some(Self(names)) => Ok(names),
            None => Err(serde::de::Error::custom("no object")),
        }
    }
}

struct Once(Option<Members>);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Looking;
        impl<'de> Visitor<'de> for Looking {
            type Value = Once;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
                Ok(Once(None))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
                Ok(Once(None))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
                Ok(Once(None))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
                Ok(Once(None))
            }

            fn visit_str<E>(self, _: &str) -> Result<Once, E> {
                Ok(Once(None))
            }

            fn visit_unit<E>(self) -> Result<Once, E> {
                Ok(Once(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Once, A::Error> {
                while list.next_element::<Once>()?.is_some() {}
                Ok(Once(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Once, A::Error> {
                let (mut names, mut seen) = (Vec::new(), HashSet::new());
                while let Some((name, _)) = object.next_entry::<String, Once>()? {
                    if !seen.insert(name.clone()) {
                        return Err(serde::de::Error::custom("a name comes twice"));
                    }
                    names.push(name);
                }
                Ok(Once(Some(Members(names))))
            }
        }
        deserializer.deserialize_any(Looking)
    }
}
