//! Slack's signature: HMAC-SHA256 of `v0:{time}:{body}`, in hexadecimal.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header `x-slack-signature` of a body sent at this time, in seconds since 1970.
///
/// ```
/// let body = "token=xyzz0WbapA4vBCDEFasx0q6G";
/// let signature = guardrail_test_slack::sign("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body.as_bytes());
/// assert!(signature.starts_with("v0=") && signature.len() == 67);
/// ```
#[must_use]
pub fn sign(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    mac.update(format!("v0:{seconds}:").as_bytes());
    mac.update(body);
    let mut text = "v0=".to_owned();
    for byte in mac.finalize().into_bytes() {
        write!(text, "{byte:02x}").expect("a string takes all");
    }
    text
}
