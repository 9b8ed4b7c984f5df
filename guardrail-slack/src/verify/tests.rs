//! Signatures: Slack's published example, and everything that is not quite it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use guardrail_conformance::ManualClock;
use guardrail_core::clock::Timestamp;
use guardrail_core::model::secret::Secret;

use super::{SIGNATURE, TIME, Verifier};
use crate::counts::Refusal;

/// From Slack's page on verifying requests.
const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const OTHER: &str = "00000000000000000000000000000000";
const AT: i64 = 1_531_420_618;
const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
const SIGNED: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

fn verifier(secrets: &[&str], now_micros: i64) -> Verifier {
    let secrets: Vec<_> = secrets.iter().map(|text| Secret::new((*text).to_owned())).collect();
    Verifier::new(secrets, Arc::new(ManualClock::at(Timestamp::from_micros(now_micros))))
}

fn headers(pairs: &[(&'static str, &[u8])]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let value = HeaderValue::from_bytes(value).unwrap();
        headers.append(HeaderName::from_static(name), value);
    }
    headers
}

fn check(verifier: &Verifier, time: &[u8], signature: &[u8], body: &[u8]) -> Result<(), Refusal> {
    let claim = verifier.claim(&headers(&[(TIME, time), (SIGNATURE, signature)]))?;
    verifier.holds(&claim, body)
}

fn published(verifier: &Verifier) -> Result<(), Refusal> {
    check(verifier, AT.to_string().as_bytes(), SIGNED.as_bytes(), BODY.as_bytes())
}

#[test]
fn the_published_example_holds() {
    assert_eq!(published(&verifier(&[SECRET], AT * 1_000_000)), Ok(()));
}

#[test]
fn each_of_two_secrets_proves_a_callback_and_no_third() {
    let now = AT * 1_000_000;
    assert_eq!(published(&verifier(&[SECRET, OTHER], now)), Ok(()));
    assert_eq!(published(&verifier(&[OTHER, SECRET], now)), Ok(()));
    assert_eq!(published(&verifier(&[OTHER], now)), Err(Refusal::Forged));
    assert_eq!(published(&verifier(&[], now)), Err(Refusal::Forged));
}

#[test]
fn every_flipped_bit_of_time_signature_and_body_is_refused() {
    let verifier = verifier(&[SECRET, OTHER], AT * 1_000_000);
    let time = AT.to_string();
    let parts = [time.as_bytes(), SIGNED.as_bytes(), BODY.as_bytes()];
    for flipped in 0..parts.len() {
        for at in 0..parts[flipped].len() {
            for bit in 0..8 {
                let mut parts = parts.map(<[u8]>::to_vec);
                parts[flipped][at] ^= 1 << bit;
                let [time, signature, body] = &parts;
                if HeaderValue::from_bytes(time).is_err()
                    || HeaderValue::from_bytes(signature).is_err()
                {
                    continue;
                }
                let refused = check(&verifier, time, signature, body);
                assert!(refused.is_err(), "part {flipped}, byte {at}, bit {bit}");
            }
        }
    }
}

#[test]
fn a_body_cut_or_grown_is_refused() {
    let verifier = verifier(&[SECRET], AT * 1_000_000);
    let (time, body) = (AT.to_string(), BODY.as_bytes());
    for end in 0..body.len() {
        let cut = &body[..end];
        assert!(check(&verifier, time.as_bytes(), SIGNED.as_bytes(), cut).is_err());
    }
    let grown = format!("{BODY}&");
    assert!(check(&verifier, time.as_bytes(), SIGNED.as_bytes(), grown.as_bytes()).is_err());
}

#[test]
fn five_minutes_either_way_and_no_second_more() {
    for (offset, expected) in [
        (300, Ok(())),
        (-300, Ok(())),
        (301, Err(Refusal::Stale)),
        (-301, Err(Refusal::Stale)),
        (86_400, Err(Refusal::Stale)),
    ] {
        let verifier = verifier(&[SECRET], (AT + offset) * 1_000_000);
        assert_eq!(published(&verifier), expected, "{offset} s");
    }
}

#[test]
fn one_time_and_one_signature() {
    let verifier = verifier(&[SECRET], AT * 1_000_000);
    let time = AT.to_string();
    let (time, signature) = (time.as_bytes(), SIGNED.as_bytes());
    let claim = |pairs: &[(&'static str, &[u8])]| verifier.claim(&headers(pairs)).err();
    assert_eq!(claim(&[(TIME, time), (SIGNATURE, signature)]), None);
    assert_eq!(claim(&[(SIGNATURE, signature)]), Some(Refusal::Unsigned));
    assert_eq!(claim(&[(TIME, time)]), Some(Refusal::Unsigned));
    assert_eq!(
        claim(&[(TIME, time), (TIME, time), (SIGNATURE, signature)]),
        Some(Refusal::Unsigned)
    );
    assert_eq!(
        claim(&[(TIME, time), (SIGNATURE, signature), (SIGNATURE, signature)]),
        Some(Refusal::Unsigned)
    );
}

#[test]
fn a_time_is_digits_and_a_signature_lower_case_hex() {
    let verifier = verifier(&[SECRET], AT * 1_000_000);
    for time in [
        "",
        "+1531420618",
        "-1531420618",
        " 1531420618",
        "1531420618.0",
        "1e9",
        "0x5b47",
        "01531420618",
        "0",
    ] {
        let refused = check(&verifier, time.as_bytes(), SIGNED.as_bytes(), BODY.as_bytes());
        assert_eq!(refused, Err(Refusal::Unsigned), "{time}");
    }
    let digits = SIGNED.strip_prefix("v0=").unwrap();
    for signature in [
        String::new(),
        digits.to_owned(),
        "v0=".to_owned(),
        format!("v1={digits}"),
        format!("v0={digits}0"),
        format!("v0={}", digits.to_ascii_uppercase()),
        format!("v0={digits},{SIGNED}"),
        format!("v0={}g", &digits[1..]),
    ] {
        let time = AT.to_string();
        let refused = check(&verifier, time.as_bytes(), signature.as_bytes(), BODY.as_bytes());
        assert_eq!(refused, Err(Refusal::Forged), "{signature}");
    }
}
