//! Bounds are counted while writing: nothing is written, allocated or recursed beyond them.

use std::cell::Cell;
use std::fmt;

use serde::ser::{Serialize, SerializeSeq as _, Serializer};
use serde_json::Value;

use super::{of, refusal, text};
use crate::model::canonical::{Bounds, Canonical, CaptureError, StrictError};

const SMALL: Bounds = Bounds { bytes: 20, depth: 3, nodes: 5 };

#[test]
fn each_bound_is_exact() {
    let fits = |value: &Value| Canonical::of(value, &SMALL).map(drop);
    assert_eq!(fits(&"x".repeat(18).into()), Ok(()));
    assert_eq!(fits(&"x".repeat(19).into()), Err(CaptureError::TooLarge { limit: 20 }));
    assert_eq!(fits(&"\n".repeat(9).into()), Ok(()));
    assert_eq!(fits(&"\n".repeat(10).into()), Err(CaptureError::TooLarge { limit: 20 }));
    assert_eq!(fits(&serde_json::json!([[[]]])), Ok(()));
    assert_eq!(fits(&serde_json::json!([[[[]]]])), Err(CaptureError::TooDeep { limit: 3 }));
    assert_eq!(fits(&serde_json::json!([1, 2, 3, 4])), Ok(()));
    assert_eq!(
        fits(&serde_json::json!([1, 2, 3, 4, 5])),
        Err(CaptureError::TooManyNodes { limit: 5 })
    );
}

#[test]
fn every_piece_counts_towards_the_length() {
    let limit = CaptureError::TooLarge { limit: 20 };
    for value in [
        serde_json::json!({"a long key that is too long": 1}),
        serde_json::json!([1_000_000, 2_000_000, 3_000_000]),
        serde_json::json!({"a": "12345", "b": "12345"}),
        serde_json::json!([true, false, true, false]),
        serde_json::json!([12_345.5, 12_345.5]),
        serde_json::json!(u64::MAX),
        serde_json::json!(-1.234_567_890_123_456e-100),
    ] {
        assert_eq!(Canonical::of(&value, &SMALL).unwrap_err(), limit, "{value}");
    }
}

#[test]
fn depth_is_capped_whatever_the_bounds_say() {
    let endless = Bounds { depth: usize::MAX, ..Bounds::default() };
    let mut value = Value::Null;
    for _ in 0..Bounds::DEEPEST {
        value = Value::Array(vec![value]);
    }
    Canonical::of(&value, &endless).unwrap();
    value = Value::Array(vec![value]);
    assert_eq!(
        Canonical::of(&value, &endless).unwrap_err(),
        CaptureError::TooDeep { limit: Bounds::DEEPEST }
    );
}

/// Built by code, such a value aborts the process when it is cloned or dropped, so it is taken
/// apart by hand here.
#[test]
fn a_value_100_000_levels_deep_is_refused() {
    let mut value = Value::Null;
    for _ in 0..100_000 {
        value = Value::Array(vec![value]);
    }
    assert_eq!(refusal(&value), CaptureError::TooDeep { limit: 32 });
    while let Value::Array(mut inner) = value {
        value = inner.pop().unwrap();
    }
}

/// Options and newtypes leave no trace in the text, but each takes stack.
#[test]
fn wrappers_without_end_are_refused() {
    struct Endless;
    impl Serialize for Endless {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_some(&Endless)
        }
    }
    assert!(matches!(refusal(&Endless), CaptureError::TooDeep { .. }));
    struct Newtypes;
    impl Serialize for Newtypes {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_newtype_struct("Newtypes", &Newtypes)
        }
    }
    assert!(matches!(refusal(&Newtypes), CaptureError::TooDeep { .. }));
}

/// Wrappers side by side are not wrappers in one another.
#[test]
fn many_options_are_no_depth() {
    let options = vec![Some(Some(1)); 5_000];
    assert_eq!(of(&options).len(), 10_001);
}

#[test]
fn an_endless_sequence_is_left_early() {
    struct Endless<'a>(&'a Cell<usize>);
    impl Serialize for Endless<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut seq = serializer.serialize_seq(None)?;
            loop {
                self.0.set(self.0.get() + 1);
                seq.serialize_element(&0)?;
            }
        }
    }
    let count = Cell::new(0);
    assert_eq!(refusal(&Endless(&count)), CaptureError::TooManyNodes { limit: 10_000 });
    assert_eq!(count.get(), 10_000);
}

#[test]
fn an_endless_display_is_left_early() {
    struct Endless<'a>(&'a Cell<usize>);
    impl fmt::Display for Endless<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                self.0.set(self.0.get() + 1);
                f.write_str("ten bytes.")?;
            }
        }
    }
    /// Ignores that it should stop.
    struct Deaf<'a>(&'a Cell<usize>);
    impl fmt::Display for Deaf<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            for _ in 0..100_000 {
                self.0.set(self.0.get() + 1);
                let _ = f.write_str("ten bytes.");
            }
            Ok(())
        }
    }
    let count = Cell::new(0);
    let limit = Bounds::default().bytes;
    assert_eq!(refusal(&format_args!("{}", Endless(&count))), CaptureError::TooLarge { limit });
    assert_eq!(count.get(), limit / 10 + 1);
    assert_eq!(refusal(&format_args!("{}", Deaf(&count))), CaptureError::TooLarge { limit });
}

#[test]
fn texts_are_bounded_before_they_are_read() {
    let read = |json: &str| Canonical::from_json(json.as_bytes(), &SMALL).map(drop);
    assert_eq!(read(&" ".repeat(21)), Err(StrictError::TooLarge { limit: 20 }));
    assert_eq!(read("[[[[1]]]]"), Err(StrictError::TooDeep { limit: 3 }));
    assert_eq!(read("[1,2,3,4,5]"), Err(StrictError::TooManyNodes { limit: 5 }));
    // 19 bytes of JSON, 22 of canonical text: the tags count too.
    assert_eq!(read("[0.1,0.2,0.34567]"), Err(StrictError::TooLarge { limit: 20 }));
    assert_eq!(text(&[0.1, 0.2, 0.34567]).len(), 26);
}

#[test]
fn texts_that_nest_deeper_than_the_stack_bears_are_given_up() {
    struct Nested(usize);
    impl fmt::Debug for Nested {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self.0 {
                0 => f.write_str("."),
                levels => f.debug_list().entry(&Self(levels - 1)).finish(),
            }
        }
    }
    let shallow = format_args!("{:?}", Nested(100));
    assert!(Canonical::of(&shallow, &Bounds::default()).is_ok());
    // Deep enough to end the process, were it not given up on the way.
    let deep = refusal(&format_args!("{:?}", Nested(200_000)));
    assert!(matches!(&deep, CaptureError::Failed { message } if message.contains("too deeply")));
}
