//! What is written is what `serde_json` writes.

#![expect(clippy::unwrap_used, reason = "a test stops at what must not happen")]

use std::collections::BTreeMap;
use std::io;

use proptest::prelude::*;
use serde::Serialize;

use super::write;

/// Makes `serde_json` write printable ASCII.
#[derive(Debug)]
struct Ascii;

impl serde_json::ser::Formatter for Ascii {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // No early end: without one the loop is vectorised, and nearly all fragments are plain.
        if !fragment.bytes().fold(false, |odd, byte| odd | !matches!(byte, 0x20..=0x7e)) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut units = [0; 2];
        for c in fragment.chars() {
            if matches!(c, ' '..='~') {
                writer.write_all(&[c as u8])?;
            } else {
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

/// A value of every form an event has, and of those it may come to have.
#[derive(Clone, Debug, Serialize)]
enum Value {
    Unit,
    Text(String),
    Signed(i64),
    Unsigned(u64),
    Yes(bool),
    Letter(char),
    Bytes(Vec<u8>),
    Maybe(Option<Box<Value>>),
    Pair(u8, i8),
    Many(Vec<Value>),
    Named { first: String, then: Box<Value> },
    Members(BTreeMap<String, Value>),
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Unit),
        any::<String>().prop_map(Value::Text),
        "[ -~\\x00-\\x1f\u{7f}\u{80}\u{2028}\u{1f600}\"\\\\]{0,12}".prop_map(Value::Text),
        any::<i64>().prop_map(Value::Signed),
        any::<u64>().prop_map(Value::Unsigned),
        any::<bool>().prop_map(Value::Yes),
        any::<char>().prop_map(Value::Letter),
        any::<Vec<u8>>().prop_map(Value::Bytes),
        (any::<u8>(), any::<i8>()).prop_map(|(a, b)| Value::Pair(a, b)),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            prop::option::of(boxed.clone()).prop_map(Value::Maybe),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Many),
            (any::<String>(), boxed).prop_map(|(first, then)| Value::Named { first, then }),
            prop::collection::btree_map(any::<String>(), inner, 0..4).prop_map(Value::Members),
        ]
    })
}

proptest! {
    #[test]
    fn it_writes_what_serde_json_writes(value in value()) {
        let mut theirs = Vec::new();
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut theirs, Ascii)).unwrap();
        let mut ours = Vec::new();
        write(&value, &mut ours).unwrap();
        prop_assert_eq!(String::from_utf8(ours).unwrap(), String::from_utf8(theirs).unwrap());
    }
}

#[test]
fn what_no_event_holds_is_refused() {
    assert!(write(&1.5_f64, &mut Vec::new()).is_err());
    assert!(write(&BTreeMap::from([(1, 2)]), &mut Vec::new()).is_err());
}
