//! The attack corpus, as far as it is about JSON, its size, and secrets in arguments.

use serde::Deserialize;
use serde_json::Value;

use super::strict::decision;
use super::{of, refusal};
use crate::model::canonical::{Bounds, Canonical, CaptureError, StrictError};
use crate::model::secret::{Salt, Secret, looks_like_credential, mask_text};
use crate::model::spent;

const LINES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/attacks/attacks.jsonl"));

#[derive(Debug, Deserialize)]
struct Attack {
    id: String,
    class: String,
    field: String,
    payload: Value,
    expect: String,
    #[serde(default)]
    enc: String,
}

fn attacks(field: &str) -> Vec<Attack> {
    let all = LINES.lines().map(|line| serde_json::from_str(line).unwrap());
    all.filter(|attack: &Attack| attack.field == field).collect()
}

fn read(json: &[u8]) -> Result<Canonical, StrictError> {
    Canonical::from_json(json, &Bounds::default())
}

/// Sound JSON that is refused for what it says, by the type that reads it.
const REFUSED_BY_TYPE: [&str; 13] = [
    "json-004", "json-005", "json-006", "json-031", "json-036", "json-037", "json-038", "json-039",
    "json-041", "json-042", "json-051", "json-043", "json-048",
];

#[test]
fn json() {
    let mut run = 0;
    for attack in attacks("json").iter().filter(|attack| attack.class == "json") {
        let json = attack.payload.as_str().unwrap().as_bytes();
        let canonical = read(json);
        match attack.expect.as_str() {
            "reject" => {
                let by_type = REFUSED_BY_TYPE.contains(&attack.id.as_str());
                assert_eq!(canonical.is_ok(), by_type, "{}", attack.id);
                decision(json).expect_err(&attack.id);
            }
            "lossless_or_reject" => {
                let digits: String =
                    attack.payload.as_str().unwrap().matches(char::is_numeric).collect();
                assert!(canonical.unwrap().as_str().contains(&digits), "{}", attack.id);
            }
            "canonical_stable" => {
                let canonical = canonical.unwrap();
                let value: Value = serde_json::from_slice(json).unwrap();
                assert_eq!(of(&value), canonical, "{}", attack.id);
            }
            "render_escaped" | "render_visible" => assert!(canonical.is_ok(), "{}", attack.id),
            other => panic!("{}: {other}", attack.id),
        }
        run += 1;
    }
    assert_eq!(run, 32);
}

#[test]
fn encodings() {
    let mut run = 0;
    for attack in attacks("json").iter().filter(|attack| attack.class == "control") {
        let hex = attack.payload.as_str().unwrap();
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|place| u8::from_str_radix(&hex[2 * place..2 * place + 2], 16).unwrap())
            .collect();
        assert!(read(&bytes).is_err(), "{}", attack.id);
        run += 1;
    }
    assert_eq!(run, 2);
}

/// What a `gen` payload describes, as JSON; None if it is about HTTP or about values in memory.
fn generated(payload: &Value) -> Option<String> {
    let part = |name: &str| payload[name].as_str().unwrap().to_owned();
    let count = |name: &str| usize::try_from(payload[name].as_u64().unwrap()).unwrap();
    match payload["gen"].as_str().unwrap() {
        "nest" => Some(part("open").repeat(count("depth")) + &part("close").repeat(count("depth"))),
        "object" => {
            let member = |at| format!("\"{}{at}\":{at}", part("key_prefix"));
            let members: Vec<String> = (0..count("keys")).map(member).collect();
            Some(format!("{{{}}}", members.join(",")))
        }
        "repeat" => Some(part("prefix") + &part("unit").repeat(count("count")) + &part("suffix")),
        _ => None,
    }
}

#[test]
fn sizes() {
    let mut run = 0;
    for attack in attacks("json").iter().filter(|attack| attack.class == "dos") {
        let Some(json) = generated(&attack.payload) else { continue };
        let (read, spent) = spent(|| read(json.as_bytes()));
        assert!(spent.as_millis() < 1000, "{}: {spent:?}", attack.id);
        match attack.expect.as_str() {
            // Bounded: refused by a bound, or taken within it.
            "bounded" => assert!(
                read.is_ok_and(|text| text.len() <= Bounds::default().bytes)
                    || json.len() > Bounds::default().bytes
                    || json.matches(':').count() >= Bounds::default().nodes,
                "{}",
                attack.id
            ),
            "reject" => assert!(read.is_err(), "{}", attack.id),
            other => panic!("{}: {other}", attack.id),
        }
        run += 1;
    }
    assert_eq!(run, 7);
}

/// With wider bounds, ten thousand keys are put in order in no time.
#[test]
fn ten_thousand_keys_are_not_quadratic() {
    let attack = attacks("json").into_iter().find(|attack| attack.id == "dos-008").unwrap();
    let json = generated(&attack.payload).unwrap();
    let wide = Bounds { nodes: 20_000, ..Bounds::default() };
    let (canonical, spent) = spent(|| Canonical::from_json(json.as_bytes(), &wide).unwrap());
    assert!(spent.as_millis() < 1000, "{spent:?}");
    assert!(canonical.as_str().starts_with(r#"{"k0":0,"k1":1,"k10":10,"k100":100,"#));
}

#[test]
fn values_built_in_memory() {
    let built: Vec<Attack> = attacks("json")
        .into_iter()
        .filter(|attack| attack.payload["gen"] == "value_built_in_code")
        .collect();
    assert_eq!(built.len(), 2);
    for attack in built {
        let mut value = Value::Null;
        for _ in 0..attack.payload["depth"].as_u64().unwrap() {
            value = Value::Array(vec![value]);
        }
        assert_eq!(refusal(&value), CaptureError::TooDeep { limit: 32 }, "{}", attack.id);
        // Dropping it would overflow the stack.
        while let Value::Array(mut inner) = value {
            value = inner.pop().unwrap();
        }
    }
}

#[test]
fn secrets_in_arguments() {
    let salt = Salt::from_bytes([1; 32]);
    let mut run = 0;
    for attack in attacks("arg").iter().filter(|attack| attack.class == "secret") {
        assert_eq!((attack.expect.as_str(), attack.enc.as_str()), ("redacted", ""));
        let payload = attack.payload.as_str().unwrap();
        run += 1;
        if payload.starts_with("(value marked") {
            continue;
        }
        assert!(looks_like_credential(payload).is_some(), "{}", attack.id);
        let secret = ["p4ss", "hunter2"].into_iter().find(|part| payload.contains(part));
        let secret = secret.unwrap_or(payload);
        assert!(!mask_text(payload).contains(secret), "{}", attack.id);
        let masked = of(payload).mask(&salt, "value").unwrap();
        assert!(!masked.as_str().contains(secret), "{}", attack.id);
        assert_ne!(of(payload).mask(&Salt::from_bytes([2; 32]), "value").unwrap(), masked);
    }
    assert_eq!(run, 7);
}

/// secret-011: the commitment to a short secret cannot be found by trying them all.
#[test]
fn the_same_pin_in_two_intents_looks_different() {
    let pin = of(&Secret::new("1234"));
    let first = pin.mask(&Salt::from_bytes([1; 32]), "pin").unwrap();
    let second = pin.mask(&Salt::from_bytes([2; 32]), "pin").unwrap();
    assert_ne!(first, second);
}
