//! Finds credentials in a text: only what is one with near certainty, and only the credential
//! itself, so that nothing else can hide behind it.

use super::assigned;
use super::command::{self, Around};
use super::key_block;
use super::line::Line;
use super::prefix;
use super::shape::Credential;
use super::token;

/// What kind of credential the text holds, if it holds one. Linear in the length of `text`.
///
/// Knows the tokens of GitHub, GitLab, Slack, AWS, Google, Stripe, npm, PyPI, Docker, Hugging
/// Face and many others by their shape; JSON web tokens; private key blocks; passwords and tokens
/// in URLs, and addresses of webhooks; `Bearer` and `Basic` headers; values given to a name like
/// `password` or `api_key`; and passwords in commands (`curl -u`, `mysql -p`), in a `.netrc` and in a
/// `.pgpass`.
#[must_use]
pub fn looks_like_credential(text: &str) -> Option<&'static str> {
    credentials(text).next().map(|credential| credential.kind)
}

/// The credentials in `text`, in order, none inside another.
pub(crate) fn credentials(text: &str) -> impl Iterator<Item = Credential> {
    credentials_behind(Line::default(), text)
}

/// The same, of a text that holds the arguments of this command.
pub(crate) fn credentials_behind(line: Line, text: &str) -> impl Iterator<Item = Credential> {
    let mut at = 0;
    let mut around = Around::behind(line);
    std::iter::from_fn(move || {
        let (found, next) = find(text.as_bytes(), at, &mut around);
        at = next;
        found
    })
}

/// The first credential from `from` on, and where to go on.
fn find(bytes: &[u8], from: usize, around: &mut Around) -> (Option<Credential>, usize) {
    let mut before = from.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let mut before_class = class(before);
    for (passed, byte) in bytes.get(from..).unwrap_or_default().iter().enumerate() {
        let now = class(*byte);
        // Inside a word nothing begins, and few bytes begin anything: nearly all are passed over.
        let at = from + passed;
        let begins = || {
            let next = bytes.get(at + 1).copied().unwrap_or_default();
            prefix::can_begin(*byte, next)
        };
        if (now == MARK || (now == BEGINS && before_class < LETTER && begins()))
            && let Some(found) = at_place(bytes, at, before, around)
        {
            return (Some(found), found.end.max(at + 1));
        }
        (before, before_class) = (*byte, now);
    }
    (None, bytes.len())
}

/// The credential of which something begins here, behind the byte `before`. Seldom called, and kept out
/// of the loop, which is slow with all of this in it.
#[inline(never)]
fn at_place(bytes: &[u8], at: usize, before: u8, around: &mut Around) -> Option<Credential> {
    let byte = *bytes.get(at)?;
    let next = bytes.get(at + 1).copied().unwrap_or_default();
    match byte {
        b'=' | b':' => assigned::at(bytes, at, &mut around.quotes),
        b'>' => assigned::element(bytes, at),
        b'-' if next == b'-' && before != b'-' => {
            key_block::at(bytes, at).or_else(|| command::flag(bytes, at, around))
        }
        b'-' if is_apart(before) && next.is_ascii_alphabetic() => command::flag(bytes, at, around),
        b'-' => None,
        _ => token::at(bytes, at, around),
    }
}

/// Whether a flag may begin behind this byte.
fn is_apart(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'"' | b'\'')
}

/// A byte that is neither of the following.
const OTHER: u8 = 0;
/// One at which something may begin wherever it stands.
const MARK: u8 = 1;
/// A letter or digit.
const LETTER: u8 = 2;
/// A letter that begins a credential of some shape, where it begins a word.
const BEGINS: u8 = 3;

/// Of every byte, what it is.
#[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
static CLASS: [u8; 256] = {
    let mut class = [OTHER; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        class[byte as usize] = match byte {
            b'=' | b':' | b'-' | b'>' => MARK,
            _ if prefix::begins(byte) => BEGINS,
            _ if byte.is_ascii_alphanumeric() => LETTER,
            _ => OTHER,
        };
        byte += 1;
    }
    class
};

fn class(byte: u8) -> u8 {
    CLASS.get(usize::from(byte)).copied().unwrap_or(OTHER)
}
