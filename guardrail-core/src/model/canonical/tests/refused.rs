//! What has no canonical text.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{
    Error as _, Serialize, SerializeMap as _, SerializeSeq as _, SerializeStruct as _, Serializer,
};

use super::refusal;
use crate::model::canonical::{CaptureError, StrictError};
use crate::model::secret::Secret;

/// A value whose `Serialize` is the block.
macro_rules! by {
    (|$serializer:ident| $body:block) => {{
        struct Value;
        impl Serialize for Value {
            fn serialize<S: Serializer>(&self, $serializer: S) -> Result<S::Ok, S::Error> $body
        }
        Value
    }};
}

#[test]
fn numbers_that_are_not_finite() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(refusal(&[value]), CaptureError::NotANumber);
        assert_eq!(refusal(&(value as f32)), CaptureError::NotANumber);
    }
}

#[test]
fn a_key_that_comes_twice() {
    let adjacent = by!(|serializer| {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("a", &1)?;
        map.serialize_entry("a", &2)?;
        map.end()
    });
    assert_eq!(refusal(&adjacent), CaptureError::DuplicateKey);
    let apart = by!(|serializer| {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("1", &1)?;
        map.serialize_entry("z", &0)?;
        map.serialize_entry("a", &0)?;
        map.serialize_entry(&1, &2)?;
        map.end()
    });
    assert_eq!(refusal(&apart), CaptureError::DuplicateKey);
}

#[test]
fn keys_that_are_no_text() {
    let no_text = CaptureError::KeyNotText;
    assert_eq!(refusal(&BTreeMap::from([((), 0)])), no_text);
    assert_eq!(refusal(&BTreeMap::from([([1], 0)])), no_text);
    assert_eq!(refusal(&BTreeMap::from([(Some(1), 0)])), no_text);
    let float = by!(|serializer| {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&1.5, &0)?;
        map.end()
    });
    assert_eq!(refusal(&float), no_text);
    let secret = by!(|serializer| {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&Secret::new("hunter2"), &0)?;
        map.end()
    });
    assert_eq!(refusal(&secret), no_text);
}

#[test]
fn failures_of_the_value_are_bounded_and_masked() {
    let fails = by!(|_serializer| {
        Err(S::Error::custom(format!("password=hunter2 {}", "ä".repeat(100_000))))
    });
    let CaptureError::Failed { message } = refusal(&fails) else { panic!() };
    assert!(!message.contains("hunter2"), "{message}");
    assert_eq!(message.chars().count(), 200);
}

/// A dropped error must not leave half a value behind.
#[test]
fn errors_that_the_value_drops() {
    let swallows = by!(|serializer| {
        let mut seq = serializer.serialize_seq(None)?;
        let _ = seq.serialize_element(&f64::NAN);
        seq.end()
    });
    assert!(matches!(refusal(&swallows), CaptureError::Failed { .. }));
    let custom = by!(|serializer| {
        let fails = by!(|_serializer| { Err(S::Error::custom("no")) });
        let mut map = serializer.serialize_map(None)?;
        let _ = map.serialize_entry("a", &fails);
        map.end()
    });
    assert!(matches!(refusal(&custom), CaptureError::Failed { .. }));
    let field = by!(|serializer| {
        let mut whole = serializer.serialize_struct("Whole", 1)?;
        let _ = whole.serialize_field("a", &f64::NAN);
        whole.end()
    });
    assert!(matches!(refusal(&field), CaptureError::Failed { .. }));
    let key = by!(|serializer| {
        let mut map = serializer.serialize_map(None)?;
        let _ = map.serialize_key(&());
        map.serialize_value(&1)?;
        map.end()
    });
    assert!(matches!(refusal(&key), CaptureError::Failed { .. }));
}

#[test]
fn calls_in_the_wrong_order() {
    let two_keys = by!(|serializer| {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_key("a")?;
        map.serialize_key("b")?;
        map.end()
    });
    assert!(matches!(refusal(&two_keys), CaptureError::Failed { .. }));
    let no_value = by!(|serializer| {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_key("a")?;
        map.end()
    });
    assert!(matches!(refusal(&no_value), CaptureError::Failed { .. }));
    let no_key = by!(|serializer| {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_value("a")?;
        map.end()
    });
    assert!(matches!(refusal(&no_key), CaptureError::Failed { .. }));
}

#[test]
fn a_display_that_fails() {
    struct Fails;
    impl fmt::Display for Fails {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            Err(fmt::Error)
        }
    }
    let shown = by!(|serializer| { serializer.collect_str(&Fails) });
    assert!(matches!(refusal(&shown), CaptureError::Failed { .. }));
}

#[test]
fn raw_numbers_that_would_be_rounded() {
    let huge = "1".repeat(40);
    for digits in ["0.10000000000000000001", "1e400", "1e-400", &huge, "1e99999999999999999999"] {
        assert_eq!(private("Number", digits), CaptureError::Inexact, "{digits}");
    }
    let many = format!("{}.0", "9".repeat(100_000));
    assert_eq!(private("Number", &many), CaptureError::Inexact);
    for no_number in ["", "x", "1 ", "01", "NaN", "1.", "--1"] {
        let refused = private("Number", no_number);
        assert!(matches!(refused, CaptureError::Failed { .. }), "{no_number}");
    }
}

#[test]
fn raw_text_that_is_not_strict_json() {
    assert_eq!(private("RawValue", r#"{"a":1,"\u0061":2}"#), CaptureError::DuplicateKey);
    assert_eq!(private("RawValue", "[0.10000000000000000001]"), CaptureError::Inexact);
    let end = StrictError::Syntax { at: 2, expected: "the end of the text" };
    assert_eq!(private("RawValue", "1 2"), CaptureError::Failed { message: end.to_string() });
}

#[test]
fn private_structs_that_are_not_what_serde_json_makes() {
    let empty =
        by!(|serializer| { serializer.serialize_struct("$serde_json::private::Number", 1)?.end() });
    assert!(matches!(refusal(&empty), CaptureError::Failed { .. }));
    let twice = by!(|serializer| {
        let name = "$serde_json::private::Number";
        let mut whole = serializer.serialize_struct(name, 1)?;
        whole.serialize_field(name, "1")?;
        whole.serialize_field(name, "2")?;
        whole.end()
    });
    assert!(matches!(refusal(&twice), CaptureError::Failed { .. }));
    let no_text = by!(|serializer| {
        let name = "$serde_json::private::RawValue";
        let mut whole = serializer.serialize_struct(name, 1)?;
        whole.serialize_field(name, &1)?;
        whole.end()
    });
    assert!(matches!(refusal(&no_text), CaptureError::Failed { .. }));
}

/// What becomes of `text` if serde_json passes it as `kind`.
fn private(kind: &str, text: &str) -> CaptureError {
    struct Private<'a>(&'static str, &'a str);
    impl Serialize for Private<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut whole = serializer.serialize_struct(self.0, 1)?;
            whole.serialize_field(self.0, self.1)?;
            whole.end()
        }
    }
    let name = match kind {
        "Number" => "$serde_json::private::Number",
        _ => "$serde_json::private::RawValue",
    };
    refusal(&Private(name, text))
}
