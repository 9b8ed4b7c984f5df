//! Finds credentials in a text: only what is one with near certainty, and only the credential
//! itself, so that nothing else can hide behind it.

use super::assigned;
use super::token;

/// A credential in a text, as byte places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What it is, for people: "GitHub token".
    pub(crate) kind: &'static str,
}

/// What kind of credential the text holds, if it holds one. Linear in the length of `text`.
///
/// Knows the tokens of GitHub, GitLab, Slack, AWS, Google, Stripe, npm, PyPI, Docker, Hugging
/// Face and others by their shape; JSON web tokens; private key blocks; passwords in URLs;
/// `Bearer` and `Basic` headers; and values given to a name like `password` or `api_key`.
#[must_use]
pub fn looks_like_credential(text: &str) -> Option<&'static str> {
    credentials(text).next().map(|credential| credential.kind)
}

/// The credentials in `text`, in order, none inside another.
pub(crate) fn credentials(text: &str) -> impl Iterator<Item = Credential> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (found, next) = find(text.as_bytes(), at);
        at = next;
        found
    })
}

/// The first credential from `from` on, and where to go on.
fn find(bytes: &[u8], from: usize) -> (Option<Credential>, usize) {
    let mut before = from.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let mut rest = bytes.get(from..).unwrap_or_default();
    while let [byte, behind @ ..] = rest {
        let next = behind.first().copied().unwrap_or_default();
        let at = bytes.len() - rest.len();
        let found = match byte {
            b'=' | b':' => assigned::at(bytes, at),
            b'-' if next == b'-' && before != b'-' => {
                token::key_block(bytes, at).or_else(|| assigned::flag(bytes, at))
            }
            _ if token::can_begin(*byte, next) && !is_word(before) => token::at(bytes, at),
            _ => None,
        };
        if let Some(found) = found {
            return (Some(found), found.end.max(at + 1));
        }
        // Inside a word nothing begins: nearly all bytes are passed over here.
        let word = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
        let (passed, left) = rest.split_at_checked(word.max(1)).unwrap_or((rest, &[]));
        before = passed.last().copied().unwrap_or(before);
        rest = left;
    }
    (None, bytes.len())
}

/// Of every byte, whether it is a letter or digit.
#[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
const WORD: [bool; 256] = {
    let mut word = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        word[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    word
};

fn is_word(byte: u8) -> bool {
    WORD.get(usize::from(byte)) == Some(&true)
}

/// Bytes from `at` on for which `belongs` holds.
pub(super) fn run(bytes: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

/// True if `word` stands at `at`.
pub(super) fn stands(bytes: &[u8], at: usize, word: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(word))
}
