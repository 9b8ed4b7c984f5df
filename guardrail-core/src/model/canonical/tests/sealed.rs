//! Secrets by type: sealed while their value is needed, and nowhere else.

use std::collections::BTreeMap;

use serde::ser::{SerializeMap as _, Serializer};
use serde::{Deserialize, Serialize};

use super::{of, refusal, text};
use crate::model::canonical::{Canonical, CaptureError};
use crate::model::secret::{MARKER, Salt, Secret};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Login {
    user: String,
    key: Secret<String>,
    pins: Vec<Secret<u16>>,
    backup: Option<Secret<BTreeMap<String, f64>>>,
}

fn login() -> Login {
    Login {
        user: "bob".into(),
        key: Secret::new("hunt\"er2".into()),
        pins: vec![Secret::new(1234), Secret::new(1234)],
        backup: Some(Secret::new(BTreeMap::from([("x".into(), 1.5)]))),
    }
}

#[test]
fn a_secret_is_one_sealed_string() {
    assert_eq!(text(&Secret::new("x")), r##""#sealed:\"x\"""##);
    assert_eq!(text(&Secret::new(7)), r##""#sealed:7""##);
    assert_eq!(text(&[Secret::new([1.5])]), r##"["#sealed:[\"#1.5\"]"]"##);
    assert_eq!(text(&Secret::new(Secret::new("x"))), text(&Secret::new("x")));
}

#[test]
fn sealed_values_read_back() {
    let canonical = of(&login());
    assert_eq!(canonical.read::<Login>(), Ok(login()));
    assert_eq!(of(&Secret::new(None::<u8>)).read::<Secret<Option<u8>>>(), Ok(Secret::new(None)));
    type Both = Option<Secret<Option<Secret<u8>>>>;
    let inner = |inner: Option<u8>| Some(Secret::new(inner.map(Secret::new)));
    for both in [None, inner(None), inner(Some(1))] {
        assert_eq!(of(&both).read::<Both>(), Ok(both));
    }
    assert_eq!(of(&Secret::new(0.1_f32)).read::<f32>(), Ok(0.1));
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Key {
        None,
        Raw(String),
    }
    for key in [Key::None, Key::Raw("#".into())] {
        assert_eq!(of(&Secret::new(&key)).read::<Key>(), Ok(key));
    }
}

#[test]
fn masking_leaves_length_and_commitment() {
    let salt = Salt::from_bytes([7; 32]);
    let masked = of(&login()).mask(&salt, "login").unwrap();
    for part in ["hunt", "er2", "1234", "1.5", "sealed"] {
        assert!(!masked.as_str().contains(part), "{part}");
    }
    assert!(masked.as_str().contains(r#""user":"bob""#));
    let key = salt.at("/login/key").commit("/login/key", br#""hunt\"er2""#);
    assert!(masked.as_str().contains(&format!("\"key\":\"#secret:11:{key}\"")));
    Canonical::parse(masked.as_str()).unwrap();
}

#[test]
fn equal_secrets_have_different_commitments() {
    let salt = Salt::from_bytes([7; 32]);
    let masked = of(&login()).mask(&salt, "login").unwrap();
    let pins: Vec<&str> = masked.as_str().split("#secret:4:").skip(1).collect();
    assert_eq!(pins.len(), 2);
    assert_ne!(pins[0][..64], pins[1][..64]);
}

/// Whatever reads a secret through another serializer gets the cover. Captured, all secrets would
/// look alike, so the capture is refused.
#[test]
fn a_secret_that_comes_through_another_serializer_is_refused() {
    #[derive(Serialize)]
    enum Pair {
        Of(Secret<u8>, u8),
    }
    // serde buffers the pair to write the tag first.
    #[derive(Serialize)]
    #[serde(tag = "kind")]
    enum Buffered {
        Pair(Pair),
    }
    let buffered = Buffered::Pair(Pair::Of(Secret::new(1), 2));
    assert!(matches!(refusal(&buffered), CaptureError::Failed { .. }));
    struct Replayed;
    impl Serialize for Replayed {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_newtype_struct(MARKER, "[secret]")
        }
    }
    assert!(matches!(refusal(&Replayed), CaptureError::Failed { .. }));
}

/// A type that calls itself a secret's newtype gets nothing out of a secret inside it.
#[test]
fn a_forged_cover_does_not_uncover() {
    struct Forged(Secret<&'static str>);
    impl Serialize for Forged {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            struct Inside<'a>(&'a Secret<&'static str>);
            impl Serialize for Inside<'_> {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let leak = serde_json::to_string(self.0).unwrap();
                    let mut map = serializer.serialize_map(None)?;
                    map.serialize_entry("leak", &leak)?;
                    map.end()
                }
            }
            serializer.serialize_newtype_struct(MARKER, &Inside(&self.0))
        }
    }
    let forged = Forged(Secret::new("hunter2"));
    let written = Canonical::of(&forged, &Default::default());
    assert!(!format!("{:?}", written.map(|text| text.as_str().to_owned())).contains("hunter2"));
}

/// A program that writes a secret elsewhere while it is being captured does not leak it.
#[test]
fn a_secret_serialised_elsewhere_meanwhile_is_covered() {
    struct Logs(Secret<&'static str>);
    impl Serialize for Logs {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            assert_eq!(serde_json::to_string(&self.0).unwrap(), "\"[secret]\"");
            self.0.serialize(serializer)
        }
    }
    assert_eq!(text(&Logs(Secret::new("x"))), r##""#sealed:\"x\"""##);
    assert_eq!(text(&Secret::new(Logs(Secret::new("x")))), r##""#sealed:\"x\"""##);
}
