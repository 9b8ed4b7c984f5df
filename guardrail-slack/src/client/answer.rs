//! Reads an answer: `ok` decides, then the fields one method promises, and nothing by guessing.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::client::error::Error;
use crate::client::transport::Answer;

/// How long a word of Slack for what went wrong may be.
const CODE_LIMIT: usize = 64;
/// What Slack also says where it does not use status 429.
const RATE_LIMITED: [&str; 2] = ["ratelimited", "rate_limited"];

#[derive(Deserialize)]
struct Head {
    ok: bool,
    error: Option<String>,
}

/// The fields `T` of a good answer.
pub(super) fn read<T: DeserializeOwned>(method: &'static str, answer: &Answer) -> Result<T, Error> {
    let unreadable = |why| Error::Unreadable { method, why };
    let head: Head =
        serde_json::from_slice(&answer.body).map_err(|_| unreadable("it is no JSON with `ok`"))?;
    match (head.ok, head.error) {
        (true, None) => serde_json::from_slice(&answer.body)
            .map_err(|_| unreadable("a field is missing or of another kind")),
        (true, Some(_)) => Err(unreadable("it says yes and no")),
        (false, None) => Err(unreadable("it says no, and not why")),
        (false, Some(code)) if RATE_LIMITED.contains(&code.as_str()) => {
            Err(Error::RateLimited { method, after: answer.retry_after })
        }
        (false, Some(code)) if is_code(&code) => Err(Error::Refused { method, code }),
        (false, Some(_)) => Err(unreadable("it says no in words Slack does not use")),
    }
}

/// A code is shown in logs and to people, so it is a plain word.
fn is_code(code: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b':' | b'.');
    !code.is_empty() && code.len() <= CODE_LIMIT && code.bytes().all(plain)
}
