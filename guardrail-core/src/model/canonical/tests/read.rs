//! What is written reads back as it was.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::rc::Rc;
use std::time::Duration;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::of;
use crate::model::canonical::{Bounds, Canonical, ReadError};

#[track_caller]
fn back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    let canonical = of(&value);
    assert_eq!(canonical.read::<T>().as_ref(), Ok(&value), "{}", canonical.as_str());
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Unit,
    New(u8),
    Pair(u8, f32),
    Named { b: Option<i64>, a: String },
}

#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
struct Id(u64);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Tagged {
    Empty,
    Full { amount: f64, note: Option<String> },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(u64),
    Float(f64),
    Text(String),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    One(u8),
    Two { x: f64 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flat {
    id: Id,
    #[serde(flatten)]
    rest: BTreeMap<String, f64>,
}

#[test]
fn scalars() {
    back((true, 'x', '#', ()));
    back((u8::MAX, i8::MIN, u64::MAX, i64::MIN, u128::MAX, i128::MIN));
    back((1_u128 << 64, -(1_i128 << 64), (1_u64 << 53, 1_i128)));
    back((0.0, -1.5, f64::MAX, f64::MIN_POSITIVE, 1e16, 5e-324));
    back((0.1_f32, f32::MAX, f32::MIN_POSITIVE, 1e-45_f32, 16_777_216.0_f32));
    back([String::new(), "#".into(), "##secret:1:".into(), "\u{0}\"\\\u{1f600}".into()]);
    assert!(of(&-0.0).read::<f64>().unwrap().is_sign_negative());
}

/// A single float by way of a double is rounded twice.
#[test]
fn every_single_float_comes_back() {
    for bits in (0..=u32::MAX).step_by(104_729) {
        let value = f32::from_bits(bits);
        if value.is_finite() {
            assert_eq!(of(&value).read::<f32>().unwrap().to_bits(), bits);
        }
    }
    back(f32::from_bits(0x15ae_43fd));
}

#[test]
fn shapes() {
    back(vec![
        Shape::Unit,
        Shape::New(3),
        Shape::Pair(1, 0.1),
        Shape::Named { b: Some(1 << 53), a: String::new() },
        Shape::Named { b: None, a: "#1".into() },
    ]);
    back(vec![Tagged::Empty, Tagged::Full { amount: 1.0, note: None }]);
    back(vec![Untagged::Number(7), Untagged::Float(7.0), Untagged::Text("#7.0".into())]);
    back(vec![Adjacent::One(1), Adjacent::Two { x: 0.5 }]);
    back(Flat { id: Id(1), rest: BTreeMap::from([("x".into(), 1.0), ("#y".into(), -0.5)]) });
    back((Some(None::<u8>), Some(1), Rc::new(1), Cow::Borrowed("x").into_owned()));
    back([None, Some(None), Some(Some(None)), Some(Some(Some(())))]);
    back((Some(Value::Null), None::<Value>, Some(json!([null]))));
    back(Duration::new(5, 999_999_999));
    back([[1, 2], [3, 4]]);
}

#[test]
fn maps() {
    back(HashMap::from([(Id(10), 1), (Id(9), 2)]));
    back(BTreeMap::from([(i128::MIN, 1), (i128::MAX, 2)]));
    back(BTreeMap::from([(u128::MAX, "x".to_owned())]));
    back(BTreeMap::from([(true, 1), (false, 2)]));
    back(BTreeMap::from([('#', 1), ('"', 2)]));
    back(BTreeMap::from([("#".to_owned(), 1), ("##".to_owned(), 2), ("\n".to_owned(), 3)]));
}

#[test]
fn values_of_serde_json() {
    back(json!({"a": [1, -1, 1.5, 1.0, "x", "#1.5", null, true, {}], "": u64::MAX, "#": []}));
}

/// A number too wide for the type, or of another kind, is refused, not rounded or cut.
#[test]
fn other_types_are_refused() {
    assert!(of(&300).read::<u8>().is_err());
    assert!(of(&-1).read::<u64>().is_err());
    assert!(of(&u64::MAX).read::<i64>().is_err());
    assert!(of(&(u128::from(u64::MAX) + 1)).read::<u64>().is_err());
    assert!(of(&1.0).read::<u64>().is_err());
    assert!(of("1").read::<u64>().is_err());
    assert!(of("#1.5").read::<f64>().is_err());
    assert!(of(&1.5).read::<String>().is_err());
    assert!(of(&[1, 2, 3]).read::<(u8, u8)>().is_err());
    assert!(of(&[1]).read::<(u8, u8)>().is_err());
    assert!(of(&json!({"New": 1, "Unit": 2})).read::<Shape>().is_err());
    assert!(of("New").read::<Shape>().is_err());
    assert!(of(&json!({"07": 1})).read::<BTreeMap<u8, u8>>().is_err());
    assert!(of(&json!({"+7": 1})).read::<BTreeMap<u8, u8>>().is_err());
}

#[test]
fn errors_do_not_repeat_values() {
    let error = of("hunter2").read::<u64>().unwrap_err();
    assert_eq!(error, ReadError::Shape { message: "expected u64, found string".to_owned() });
    let error = of("hunter2").read::<Shape>().unwrap_err().to_string();
    assert_eq!(error, "expected one of `Unit`, `New`, `Pair`, `Named`");
    let error = of("sk_live_0123456789abcdef").read::<std::net::IpAddr>().unwrap_err().to_string();
    assert!(!error.contains("0123456789abcdef"), "{error}");
}

#[test]
fn masked_parts_matter_only_where_they_are_read() {
    #[derive(Deserialize)]
    struct User {
        user: String,
    }
    let hmac = "0".repeat(64);
    let text = format!(r##"{{"key":["#secret:7:{hmac}"],"user":"bob"}}"##);
    let masked = Canonical::parse(&text).unwrap();
    assert_eq!(masked.read::<User>().unwrap().user, "bob");
    masked.read::<IgnoredAny>().unwrap();
    assert_eq!(masked.read::<Value>(), Err(ReadError::Masked));
    assert_eq!(masked.read::<BTreeMap<String, Vec<Shape>>>(), Err(ReadError::Masked));
}

/// What was sent as JSON reads as the type that the caller expects.
#[test]
fn sent_json_reads_as_types() {
    let sent = br##"{"amount": 12.50, "id": 18446744073709551616, "name": "#1", "ok": [true]}"##;
    let canonical = Canonical::from_json(sent, &Bounds::default()).unwrap();
    #[derive(Debug, PartialEq, Deserialize)]
    struct Sent {
        amount: f64,
        id: u128,
        name: String,
        ok: [bool; 1],
    }
    let sent = Sent { amount: 12.5, id: 1 << 64, name: "#1".to_owned(), ok: [true] };
    assert_eq!(canonical.read::<Sent>(), Ok(sent));
}
