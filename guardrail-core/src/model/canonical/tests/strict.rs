//! JSON of strangers: taken to the letter, or refused.

use serde::Deserialize;

use crate::model::canonical::{Bounds, Canonical, StrictError, decode};

fn read(json: &str) -> Result<String, StrictError> {
    read_bytes(json.as_bytes())
}

fn read_bytes(json: &[u8]) -> Result<String, StrictError> {
    Canonical::from_json(json, &Bounds::default()).map(|canonical| canonical.as_str().to_owned())
}

#[test]
fn what_is_json_is_taken() {
    let cases = [
        (" [ 1 , -2 ] ", "[1,-2]"),
        ("{ }", "{}"),
        ("\t[\r\n]", "[]"),
        ("true", "true"),
        (r#"{"b":null,"a":false}"#, r#"{"a":false,"b":null}"#),
        (r#""\u0041\/\ud83d\ude00\u00e9""#, "\"A/\u{1f600}\u{e9}\""),
        ("\"\u{7f}\u{fffd}\"", "\"\u{7f}\u{fffd}\""),
        (r##""#1.5""##, r###""##1.5""###),
        (r#""\u00231.5""#, r###""##1.5""###),
        (r##"{"#secret:1:00":1}"##, r###"{"##secret:1:00":1}"###),
    ];
    for (json, canonical) in cases {
        assert_eq!(read(json).as_deref(), Ok(canonical), "{json}");
    }
}

#[test]
fn numbers_keep_every_digit_they_can() {
    let cases = [
        ("9007199254740991", "9007199254740991"),
        ("9007199254740992", "\"#9007199254740992\""),
        ("-9007199254740993", "\"#-9007199254740993\""),
        ("340282366920938463463374607431768211455", "\"#340282366920938463463374607431768211455\""),
        (
            "-170141183460469231731687303715884105728",
            "\"#-170141183460469231731687303715884105728\"",
        ),
        ("1.0", "\"#1.0\""),
        ("1e2", "\"#100.0\""),
        ("1E-2", "\"#0.01\""),
        ("0.1", "\"#0.1\""),
        ("0.100", "\"#0.1\""),
        ("12.50e-1", "\"#1.25\""),
        ("-0", "\"#-0.0\""),
        ("-0.0", "\"#-0.0\""),
        ("0e9999", "\"#0.0\""),
        ("1e308", "\"#1e308\""),
    ];
    for (json, canonical) in cases {
        assert_eq!(read(json).as_deref(), Ok(canonical), "{json}");
    }
    for json in [
        "340282366920938463463374607431768211456",
        "-170141183460469231731687303715884105729",
        "1000000000000000000000000000000000000000",
        "1e309",
        "-1e400",
        "1e-400",
        "0.10000000000000001",
        "10000000000000001.0",
        "-9007199254740993.0",
        "3.14159265358979323846",
    ] {
        assert_eq!(read(json), Err(StrictError::Number { at: 0 }), "{json}");
    }
}

#[test]
fn the_grammar_is_kept() {
    for json in [
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "NaN",
        "Infinity",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x10",
        "1 2",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1 \"b\":2}",
        "{1:2}",
        "\"",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"\\u12g4\"",
        "\"\n\"",
        "\"\t\"",
        "\"\u{0}\"",
        "/**/1",
        "1//",
        "[1]x",
        "{}{}",
        "'a'",
        "\u{a0}1",
        "\u{c}1",
        "1\u{0}",
    ] {
        assert!(matches!(read(json), Err(StrictError::Syntax { .. })), "{json:?}");
    }
    let expected = StrictError::Syntax { at: 8, expected: "`,` or `}`" };
    assert_eq!(read(r#"{"a": 1 2}"#), Err(expected));
}

#[test]
fn bytes_that_are_not_utf_8_are_refused() {
    assert_eq!(read_bytes(b"\"a\xff\""), Err(StrictError::NotUtf8 { at: 2 }));
    assert_eq!(read_bytes(b"\"\xed\xa0\x80\""), Err(StrictError::NotUtf8 { at: 1 }));
    assert_eq!(read_bytes(b"\"\xc0\xaf\""), Err(StrictError::NotUtf8 { at: 1 }));
    let mark = StrictError::Syntax { at: 0, expected: "a value" };
    assert_eq!(read_bytes(b"\xef\xbb\xbf{}"), Err(mark));
}

#[test]
fn half_a_surrogate_pair_is_refused() {
    for json in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\udc00\ud800""#,
        r#""\ud800\ud800""#,
        r#""\ud800\u0041""#,
        r#""\ud800x""#,
        r#""\ud800\n""#,
    ] {
        assert_eq!(read(json), Err(StrictError::LoneSurrogate { at: 1 }), "{json}");
    }
}

#[test]
fn a_key_that_comes_twice_is_refused() {
    for json in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"b":2,"a":3}"#,
        r#"{"b":1,"a":2,"b":3}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"\n":1,"\u000a":2}"#,
        r#"{"/":1,"\/":2}"#,
        r##"{"#":1,"\u0023":2}"##,
        r#"[{"x":{"y":[{"a":1,"a":2}]}}]"#,
    ] {
        assert!(matches!(read(json), Err(StrictError::DuplicateKey { .. })), "{json}");
    }
    assert_eq!(read("{\"\u{e9}\":1,\"e\u{301}\":2}").unwrap().matches(':').count(), 2);
}

#[test]
fn only_canonical_text_is_canonical() {
    let hmac = "0123456789abcdef".repeat(4);
    for sound in [
        r#"{"a":[1,-2,true,null],"b":{}}"#.to_owned(),
        r####"["#1.5","#1e16","#-0.0","##","###","#9007199254740992"]"####.to_owned(),
        format!(r##"{{"#secret:3:{hmac}":"#secret:0:{hmac}"}}"##),
        r##"["#null:1","#null:512"]"##.to_owned(),
        format!(r##""#mixed:a ## b #secret:3:{hmac}#""##),
        r###""#sealed:[1,\"#1.5\",\"##x\"]""###.to_owned(),
    ] {
        assert_eq!(Canonical::parse(&sound).unwrap().as_str(), sound);
    }
    for unsound in [
        " 1".to_owned(),
        "[1, 2]".to_owned(),
        r#"{"b":1,"a":2}"#.to_owned(),
        r#""\u0041""#.to_owned(),
        r#""\/""#.to_owned(),
        "1.5".to_owned(),
        "-0".to_owned(),
        "9007199254740992".to_owned(),
        r##""#1""##.to_owned(),
        r##""#1.50""##.to_owned(),
        r##""#15e-1""##.to_owned(),
        r##""#""##.to_owned(),
        r##""#NaN""##.to_owned(),
        r##""#null:0""##.to_owned(),
        r##""#null:01""##.to_owned(),
        r##""#null:513""##.to_owned(),
        r##""#null:x""##.to_owned(),
        r##""#x""##.to_owned(),
        r##"{"#1.5":1}"##.to_owned(),
        format!(r##""#secret:03:{hmac}""##),
        format!(r##""#secret:+3:{hmac}""##),
        format!(r##""#secret:3:{}""##, hmac.to_uppercase()),
        format!(r##""#secret:3:{hmac}0""##),
        r##""#mixed:a""##.to_owned(),
        r##""#mixed:""##.to_owned(),
        format!(r##""#mixed:a # b #secret:3:{hmac}#""##),
        format!(r##"{{"#mixed:#secret:3:{hmac}#":1}}"##),
        r##""#sealed:""##.to_owned(),
        r##""#sealed: 1""##.to_owned(),
        r##""#sealed:\"#sealed:1\"""##.to_owned(),
    ] {
        assert!(Canonical::parse(&unsound).is_err(), "{unsound}");
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Answer {
    Approve,
    Deny,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    decision: Answer,
    #[serde(default)]
    by: Option<Person>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
}

pub(super) fn decision(json: &[u8]) -> Result<(), StrictError> {
    decode::<Decision>(json, &Bounds::default()).map(drop)
}

#[test]
fn a_control_message_is_what_it_says() {
    let read =
        decode::<Decision>(br##"{"decision":"deny","by":{"name":"#"}}"##, &Bounds::default());
    let by = Some(Person { name: "#".to_owned() });
    assert_eq!(read, Ok(Decision { decision: Answer::Deny, by }));
    decision(br#" {"decision":"approve"} "#).unwrap();
}

/// Each of these is accepted by serde_json or would be by a careless struct.
#[test]
fn a_control_message_is_nothing_else() {
    for json in [
        r#"["approve"]"#,
        r#"{"decision":{"approve":null}}"#,
        r#"{"decision":"approve","by":["eve"]}"#,
        r#"{"decision":"approve","extra":1}"#,
        r#"{"decision":"deny","decision":"approve"}"#,
        r#"{"decision":"deny","by":{"name":"a","name":"b"}}"#,
        r#"{"decision":"approve"}{}"#,
        r#""approve""#,
        r#"{"decision":"Approve"}"#,
        r#"{"decision":1}"#,
        r#"{"decision":1.5}"#,
        "{}",
        "null",
    ] {
        decision(json.as_bytes()).unwrap_err();
    }
    assert_eq!(decision(b"[]"), Err(StrictError::NotAnObject));
}

#[test]
fn errors_do_not_repeat_values() {
    for json in [
        r#"{"decision":"hunter2"}"#,
        r#"{"decision":{"hunter2":1}}"#,
        r#"{"decision":"deny","by":"hunter2"}"#,
    ] {
        let error = decision(json.as_bytes()).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
    let long = format!(r#"{{"{}":1}}"#, "x".repeat(10_000));
    assert!(decision(long.as_bytes()).unwrap_err().to_string().len() < 300);
}

/// Two decimals of equal length can stand for one float; writers of JSON differ in which they take.
#[test]
fn both_shortest_spellings_of_a_float_are_one_value() {
    let read = |text: &str| Canonical::from_json(text.as_bytes(), &Bounds::default());
    let one = read("1770003235483971.2").unwrap();
    let other = read("1770003235483971.3").unwrap();
    assert_eq!(one.as_str(), other.as_str());
    assert!(read("1770003235483971.31").is_err(), "a digit more is a digit that would be lost");
}
