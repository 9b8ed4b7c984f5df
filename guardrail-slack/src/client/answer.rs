//! Reads an answer: `ok` decides, then the fields one method promises, and nothing by guessing.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::client::error::Error;

/// How long a word of Slack for what went wrong may be.
const CODE_LIMIT: usize = 64;

#[derive(Deserialize)]
struct Head {
    ok: bool,
    error: Option<String>,
}

/// The fields `T` of a good answer.
pub(super) fn read<T: DeserializeOwned>(method: &'static str, bytes: &[u8]) -> Result<T, Error> {
    let unreadable = |why| Error::Unreadable { method, why };
    let head: Head =
        serde_json::from_slice(bytes).map_err(|_| unreadable("it is no JSON with `ok`"))?;
    if !head.ok {
        let code = head.error.ok_or_else(|| unreadable("it says no, and not why"))?;
        if !is_code(&code) {
            return Err(unreadable("it says no in words Slack does not use"));
        }
        return Err(Error::Refused { method, code });
    }
    if head.error.is_some() {
        return Err(unreadable("it says yes and no"));
    }
    serde_json::from_slice(bytes).map_err(|_| unreadable("a field is missing or of another kind"))
}

/// A code is shown in logs and to people, so it is a plain word.
fn is_code(code: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b':' | b'.');
    !code.is_empty() && code.len() <= CODE_LIMIT && code.bytes().all(plain)
}
