//! The same text whatever features of serde_json somebody else has turned on. The full test runs
//! this once more with `arbitrary_precision`, `raw_value` and `preserve_order`.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::of;
use crate::model::canonical::{Bounds, Canonical};

const JSON: &str = r##"{
    "z": [1, -1, 0, 9007199254740991, 9007199254740992, 18446744073709551615, -9223372036854775808],
    "a": [1.0, 1.5, -0.0, 1e16, 1e-7, 0.1, 1.7976931348623157e308],
    "#": "#1.5",
    "\u20ac": {"\ud83d\ude00": null, "\ufb33": true},
    "$serde_json": "5"
}"##;

const TEXT: &str = r####"{"##":"##1.5","$serde_json":"5","a":["#1.0","#1.5","#-0.0","#1e16","#1e-7","#0.1","#1.7976931348623157e308"],"z":[1,-1,0,9007199254740991,"#9007199254740992","#18446744073709551615","#-9223372036854775808"],"€":{"G":null,"H":true}}"####;

#[test]
fn a_value_has_one_text() {
    let value: Value = serde_json::from_str(JSON).unwrap();
    let expected = TEXT.replace('G', "\u{1f600}").replace('H', "\u{fb33}");
    assert_eq!(of(&value).as_str(), expected);
    assert_eq!(Canonical::from_json(JSON.as_bytes(), &Bounds::default()).unwrap(), of(&value));
}

#[test]
fn a_text_has_one_value() {
    let value: Value = serde_json::from_str(JSON).unwrap();
    let back: Value = of(&value).read().unwrap();
    assert_eq!(of(&back), of(&value));
    #[derive(Debug, PartialEq, Deserialize)]
    struct Part {
        z: Vec<i128>,
        a: Vec<f64>,
    }
    let part: Part = of(&value).read().unwrap();
    assert_eq!(part.z[5], i128::from(u64::MAX));
    assert_eq!(part.a[3], 1e16);
}

/// With these features, an object with one of these keys becomes something else inside serde_json:
/// people would approve an object, and the body would get a number or an array.
#[test]
fn a_private_key_does_not_turn_an_object_into_something_else() {
    for key in ["Number", "RawValue"] {
        let json = format!(r#"{{"amount":{{"$serde_json::private::{key}":"5"}}}}"#);
        let canonical = Canonical::from_json(json.as_bytes(), &Bounds::default()).unwrap();
        assert_eq!(canonical.as_str(), json);
        canonical.read::<Value>().unwrap_err();
        canonical.read::<HashMap<String, u8>>().unwrap_err();
    }
}

/// The one value on which the features differ: without them it is rounded before we see it.
#[test]
fn digits_that_serde_json_keeps_are_kept() {
    let value: Value = serde_json::from_str("18446744073709551616").unwrap();
    let kept = of(&value).as_str().to_owned();
    let exact = format!("{value}") == "18446744073709551616";
    let expected = if exact { "\"#18446744073709551616\"" } else { "\"#1.8446744073709552e19\"" };
    assert_eq!(kept, expected);
}
