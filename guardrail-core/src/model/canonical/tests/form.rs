//! What each kind of value looks like.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use super::{of, text};
use crate::model::canonical::Canonical;

#[test]
fn integers_that_every_reader_keeps_are_numbers() {
    let edge = (1_i64 << 53) - 1;
    assert_eq!(text(&[0, 1, -1, edge, -edge]), "[0,1,-1,9007199254740991,-9007199254740991]");
    assert_eq!(text(&[u8::MAX]), "[255]");
    assert_eq!(text(&[i8::MIN]), "[-128]");
}

#[test]
fn all_other_integers_are_tagged() {
    let edge = 1_i64 << 53;
    assert_eq!(text(&[edge, -edge]), r##"["#9007199254740992","#-9007199254740992"]"##);
    assert_eq!(text(&u64::MAX), r##""#18446744073709551615""##);
    assert_eq!(text(&i64::MIN), r##""#-9223372036854775808""##);
    assert_eq!(text(&u128::MAX), r##""#340282366920938463463374607431768211455""##);
    assert_eq!(text(&i128::MIN), r##""#-170141183460469231731687303715884105728""##);
}

/// The digits are part of every digest: a toolchain that prints others must not go unseen.
#[test]
fn floats_are_tagged_in_their_shortest_digits() {
    let cases = [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e16"),
        (1e-4, "0.0001"),
        (1e-5, "1e-5"),
        (f64::MAX, "1.7976931348623157e308"),
        (5e-324, "5e-324"),
        (9_007_199_254_740_993.0, "9007199254740992.0"),
    ];
    for (value, digits) in cases {
        assert_eq!(text(&value), format!("\"#{digits}\""));
    }
}

#[test]
fn single_floats_are_written_in_their_own_digits() {
    assert_eq!(text(&0.1_f32), r##""#0.1""##);
    assert_eq!(text(&f32::MAX), r##""#3.4028235e38""##);
    assert_eq!(text(&16_777_216.0_f32), r##""#16777216.0""##);
}

#[test]
fn a_plain_string_is_never_a_tag() {
    assert_eq!(text("#1.5"), r###""##1.5""###);
    assert_eq!(text("##"), r####""###""####);
    assert_eq!(text("a#"), r##""a#""##);
    assert_eq!(text(&'#'), r###""##""###);
    // Not literals, which the compiler would join into one piece.
    let [empty, five] = [String::new(), 5.to_string()];
    assert_eq!(text(&format_args!("#{five}")), r###""##5""###);
    assert_eq!(text(&format_args!("{empty}#{five}")), r###""##5""###);
    assert_eq!(text(&format_args!("{five}#{five}")), r##""5#5""##);
    assert_eq!(text(&BTreeMap::from([("#k", 1)])), r###"{"##k":1}"###);
}

/// RFC 8785, section 3.2.2.2.
#[test]
fn strings_have_as_few_escapes_as_possible() {
    assert_eq!(text("\u{20ac}$\u{f}\nA'B\"\\\\\"/"), r#""€$\u000f\nA'B\"\\\\\"/""#);
    assert_eq!(
        text("\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}"),
        "\"\\b\\t\\n\\f\\r\\u0000\\u001f\u{7f}\""
    );
    assert_eq!(text("\u{2028}\u{e9}e\u{301}"), "\"\u{2028}\u{e9}e\u{301}\"");
}

/// RFC 8785, section 3.2.3.
#[test]
fn members_stand_in_the_order_of_utf_16() {
    let keys = ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}"];
    let map: HashMap<&str, u8> = keys.into_iter().map(|key| (key, 0)).collect();
    let ordered = ["\\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"];
    let members: Vec<String> = ordered.iter().map(|key| format!("\"{key}\":0")).collect();
    assert_eq!(text(&map), format!("{{{}}}", members.join(",")));
}

/// Escapes sort as what they stand for: `\n` (U+000A) before `\t` would be wrong, and both stand
/// before a space, though `\` does not.
#[test]
fn escaped_keys_sort_as_what_they_mean() {
    let map: HashMap<&str, u8> =
        ["\\", "[", "]", "\n", "\t", " ", "\"", "!", "\u{1}"].map(|key| (key, 0)).into();
    assert_eq!(text(&map), r#"{"\u0001":0,"\t":0,"\n":0," ":0,"!":0,"\"":0,"[":0,"\\":0,"]":0}"#);
}

#[test]
fn the_order_in_which_members_come_does_not_matter() {
    #[derive(Serialize)]
    struct Sorted {
        a: Inner,
        b: u8,
    }
    #[derive(Serialize)]
    struct Inner {
        x: u8,
        y: [u8; 2],
    }
    #[derive(Serialize)]
    struct Turned {
        b: u8,
        a: Renni,
    }
    #[derive(Serialize)]
    struct Renni {
        y: [u8; 2],
        x: u8,
    }
    let sorted = text(&Sorted { a: Inner { x: 1, y: [2, 3] }, b: 4 });
    assert_eq!(sorted, r#"{"a":{"x":1,"y":[2,3]},"b":4}"#);
    assert_eq!(text(&Turned { b: 4, a: Renni { y: [2, 3], x: 1 } }), sorted);
}

#[test]
fn enums_options_and_units_look_as_in_serde_json() {
    #[derive(Serialize)]
    enum Shape {
        Unit,
        New(u8),
        Pair(u8, bool),
        Named { z: u8, a: Option<u8> },
    }
    #[derive(Serialize)]
    struct Wrapped(u8);
    #[derive(Serialize)]
    struct Nothing;
    let shapes = [Shape::Unit, Shape::New(1), Shape::Pair(2, true), Shape::Named { z: 3, a: None }];
    assert_eq!(text(&shapes), r#"["Unit",{"New":1},{"Pair":[2,true]},{"Named":{"a":null,"z":3}}]"#);
    assert_eq!(text(&(Wrapped(7), Nothing, (), Some("x"))), r#"[7,null,null,"x"]"#);
}

/// A body can tell these apart, so the digest must.
#[test]
fn nothing_that_is_present_is_not_nothing() {
    assert_eq!(text(&None::<Option<u8>>), "null");
    assert_eq!(text(&Some(None::<u8>)), r##""#null:1""##);
    assert_eq!(text(&[Some(()), None]), r##"["#null:1",null]"##);
    assert_eq!(text(&Some(Some(None::<u8>))), r##""#null:2""##);
    assert_eq!(text(&Some(Some(1))), "1");
    assert_eq!(text(&Some("#null:1")), r###""##null:1""###);
    assert_eq!(text(&Some(vec![None::<u8>])), "[null]");
}

#[test]
fn bytes_are_numbers() {
    struct Bytes;
    impl Serialize for Bytes {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(&[0, 255])
        }
    }
    assert_eq!(text(&Bytes), "[0,255]");
}

#[test]
fn map_keys_are_text_as_in_serde_json() {
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    enum Key {
        Variant,
    }
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    struct Id(u32);
    assert_eq!(text(&BTreeMap::from([(10, 'a'), (9, 'b')])), r#"{"10":"a","9":"b"}"#);
    assert_eq!(text(&BTreeMap::from([(i128::MIN, 0)])), format!("{{\"{}\":0}}", i128::MIN));
    assert_eq!(text(&BTreeMap::from([(true, 0), (false, 1)])), r#"{"false":1,"true":0}"#);
    assert_eq!(text(&BTreeMap::from([('#', 0)])), r###"{"##":0}"###);
    assert_eq!(text(&BTreeMap::from([(Key::Variant, 0)])), r#"{"Variant":0}"#);
    assert_eq!(text(&BTreeMap::from([(Id(7), 0)])), r#"{"7":0}"#);
}

/// serde_json passes numbers and raw text as structs with one private field, where a feature of
/// it asks for that; every program can be built with that feature by somebody else.
#[test]
fn numbers_and_raw_text_that_come_as_private_structs_are_values() {
    struct Private(&'static str, &'static str);
    impl Serialize for Private {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut whole = serializer.serialize_struct(self.0, 1)?;
            whole.serialize_field(self.0, self.1)?;
            whole.end()
        }
    }
    let number = |digits| text(&Private("$serde_json::private::Number", digits));
    assert_eq!(number("5"), "5");
    assert_eq!(number("9007199254740993"), r##""#9007199254740993""##);
    assert_eq!(number("1.50e0"), r##""#1.5""##);
    assert_eq!(number("-0"), r##""#-0.0""##);
    let raw = |json| text(&Private("$serde_json::private::RawValue", json));
    assert_eq!(raw(" {\"b\" : 1.0,\n\"a\":\"#\"} "), r###"{"a":"##","b":"#1.0"}"###);
}

/// Only serde's static names make a struct private: no data an agent sends does.
#[test]
fn an_object_with_a_private_key_is_an_object() {
    let map = BTreeMap::from([("$serde_json::private::Number", "5")]);
    assert_eq!(text(&map), r#"{"$serde_json::private::Number":"5"}"#);
    let json = br#"{"$serde_json::private::RawValue":"[1]","x":{"$guardrail::private::Secret":1}}"#;
    let read = Canonical::from_json(json, &crate::model::canonical::Bounds::default()).unwrap();
    assert_eq!(read.as_str().as_bytes(), json);
}

#[test]
fn debug_tells_the_length_only() {
    assert_eq!(format!("{:?}", of("hunter2")), "Canonical(9 bytes)");
    assert_eq!(of("hunter2").len(), 9);
    assert!(!format!("{:?}", of("hunter2").walk()).contains("hunter2"));
}
