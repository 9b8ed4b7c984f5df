//! A secret value is printed by nothing.

use serde::Deserialize as _;

use crate::model::secret::{Salt, Secret};

#[test]
fn nothing_prints_a_secret() {
    let secret = Secret::new("hunter2".to_owned());
    assert_eq!(format!("{secret} {secret:?} {secret:#?}"), "[secret] [secret] [secret]");
    assert_eq!(format!("{:?}", Some(&secret)), "Some([secret])");
    assert_eq!(serde_json::to_string(&secret).unwrap(), "\"[secret]\"");
    assert_eq!(serde_json::to_value(&secret).unwrap(), "[secret]");
    assert_eq!(secret.expose(), "hunter2");
    assert_eq!(secret.into_inner(), "hunter2");
}

#[test]
fn a_secret_reads_as_its_value() {
    let secret: Secret<u16> = serde_json::from_str("1234").unwrap();
    assert_eq!(secret, Secret::from(1234));
    let parts = serde_json::json!({"a": 1});
    assert_eq!(Secret::<serde_json::Value>::deserialize(&parts).unwrap().into_inner(), parts);
}

/// HMAC-SHA256 with key 32 × 0x0b over 8 bytes of length, the place and the value; computed with
/// another implementation.
#[test]
fn a_commitment_is_an_hmac() {
    let salt = Salt::from_bytes([0x0b; 32]);
    assert_eq!(
        salt.commit("/pin", b"1234").to_string(),
        "13c3b9c5f50a91ec0db9e16390bceb09549e7cf8326daed93a730645516a76a3"
    );
}

#[test]
fn a_commitment_tells_places_and_values_apart() {
    let salt = Salt::from_bytes([1; 32]);
    assert_ne!(salt.commit("/a", b"x"), salt.commit("/b", b"x"));
    assert_ne!(salt.commit("/a", b"x"), salt.commit("/a", b"y"));
    assert_ne!(salt.commit("/a", b"bx"), salt.commit("/ab", b"x"));
    assert_ne!(salt.commit("/a", b"x"), Salt::from_bytes([2; 32]).commit("/a", b"x"));
    assert_eq!(format!("{salt:?}"), "Salt([secret])");
}

/// HMAC-SHA256 with key 32 × 0x0b over `guardrail-salt-v1/pin`; computed with another implementation.
#[test]
fn each_place_has_a_salt_of_its_own() {
    let salt = Salt::from_bytes([0x0b; 32]);
    assert_eq!(
        salt.at("/pin").expose().map(|byte| format!("{byte:02x}")).concat(),
        "f3e9aa1c12ddf43b9878260c2c46848ac970c5f6cee25e1bcb64d54013f8a901"
    );
    assert_ne!(salt.at("/a").expose(), salt.at("/b").expose());
}
