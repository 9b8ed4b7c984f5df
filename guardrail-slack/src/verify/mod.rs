//! Proof that a callback comes from Slack: HMAC-SHA256 over its time and its raw bytes.
//!
//! <https://docs.slack.dev/authentication/verifying-requests-from-slack>

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::http::HeaderMap;
use guardrail_core::clock::Clock;
use guardrail_core::model::secret::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

use crate::counts::Refusal;

const TIME: &str = "x-slack-request-timestamp";
const SIGNATURE: &str = "x-slack-signature";
const VERSION: &str = "v0";

/// How far a callback's time may be from ours, in seconds, either way.
const TOLERANCE: u64 = 5 * 60;
/// Digits of a time; twelve reach the year 33658.
const TIME_DIGITS: usize = 12;
const MICROS: i64 = 1_000_000;

/// Checks callbacks against one signing secret, or two while one is changed.
#[derive(Clone, Debug)]
pub(crate) struct Verifier {
    secrets: Arc<[Secret<String>]>,
    clock: Arc<dyn Clock>,
}

/// What the headers of a callback claim; the body has to bear it out.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    time: String,
    signature: [u8; 32],
}

impl Verifier {
    pub(crate) fn new(secrets: impl Into<Arc<[Secret<String>]>>, clock: Arc<dyn Clock>) -> Self {
        Self { secrets: secrets.into(), clock }
    }

    /// Reads the headers: exactly one time, five minutes from now at most, and one signature. What
    /// fails here is refused before a byte of the body is read.
    pub(crate) fn claim(&self, headers: &HeaderMap) -> Result<Claim, Refusal> {
        let time = only(headers, TIME).ok_or(Refusal::Unsigned)?;
        let signature = only(headers, SIGNATURE).ok_or(Refusal::Unsigned)?;
        let digits = !time.is_empty()
            && time.len() <= TIME_DIGITS
            && !time.starts_with('0')
            && time.bytes().all(|byte| byte.is_ascii_digit());
        let seconds: i64 = time.parse().ok().filter(|_| digits).ok_or(Refusal::Unsigned)?;
        let now = self.clock.now().as_micros().div_euclid(MICROS);
        if now.abs_diff(seconds) > TOLERANCE {
            return Err(Refusal::Stale);
        }
        let signature = signature.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix('='));
        let signature = signature.and_then(hex).ok_or(Refusal::Forged)?;
        Ok(Claim { time: time.to_owned(), signature })
    }

    /// Whether one of the secrets signed exactly these bytes at that time. Every secret is tried
    /// and every byte compared, so that the time it takes tells nothing.
    pub(crate) fn holds(&self, claim: &Claim, body: &[u8]) -> Result<(), Refusal> {
        let mut found = Choice::from(0);
        for secret in self.secrets.iter() {
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else {
                continue;
            };
            for part in [VERSION.as_bytes(), b":", claim.time.as_bytes(), b":", body] {
                mac.update(part);
            }
            found |= mac.finalize().into_bytes().as_slice().ct_eq(&claim.signature);
        }
        if bool::from(found) { Ok(()) } else { Err(Refusal::Forged) }
    }
}

impl Claim {
    /// The signature; no two callbacks share one.
    pub(crate) const fn signature(&self) -> [u8; 32] {
        self.signature
    }
}

/// The header's only value.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    value.to_str().ok()
}

/// 64 lower-case hex digits.
fn hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 2 * bytes.len() {
        return None;
    }
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut digits = text.bytes();
    for byte in &mut bytes {
        *byte = nibble(digits.next()?)? << 4 | nibble(digits.next()?)?;
    }
    Some(bytes)
}
