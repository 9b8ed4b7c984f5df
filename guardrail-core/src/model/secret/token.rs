//! Credentials that are known by their shape.

use super::credential::{Credential, run, stands};

/// A token that begins with a known prefix.
struct Shape {
    prefix: &'static str,
    /// Fewest bytes behind the prefix.
    least: usize,
    body: fn(u8) -> bool,
    kind: &'static str,
}

const fn shape(
    prefix: &'static str,
    least: usize,
    body: fn(u8) -> bool,
    kind: &'static str,
) -> Shape {
    Shape { prefix, least, body, kind }
}

/// The shapes that begin with a letter. By first letter, because most letters begin none.
fn shapes(first: u8) -> &'static [Shape] {
    const GITHUB: &str = "GitHub token";
    const SLACK: &str = "Slack token";
    const AWS: &str = "AWS access key";
    const STRIPE: &str = "Stripe key";
    match first {
        b'A' => {
            const {
                &[
                    shape("AKIA", 16, upper, AWS),
                    shape("ASIA", 16, upper, AWS),
                    shape("AIza", 30, dashed, "Google API key"),
                    shape("AGE-SECRET-KEY-1", 40, upper, "age key"),
                ]
            }
        }
        b'S' => const { &[shape("SG.", 40, dotted, "SendGrid key")] },
        b'd' => {
            const {
                &[
                    shape("dckr_pat_", 20, dashed, "Docker token"),
                    shape("dop_v1_", 40, alphanumeric, "DigitalOcean token"),
                ]
            }
        }
        b'g' => {
            const {
                &[
                    shape("ghp_", 20, underscored, GITHUB),
                    shape("gho_", 20, underscored, GITHUB),
                    shape("ghu_", 20, underscored, GITHUB),
                    shape("ghs_", 20, underscored, GITHUB),
                    shape("ghr_", 20, underscored, GITHUB),
                    shape("github_pat_", 20, underscored, GITHUB),
                    shape("glpat-", 16, dotted, "GitLab token"),
                ]
            }
        }
        b'h' => {
            const {
                &[
                    shape("hf_", 30, alphanumeric, "Hugging Face token"),
                    shape("hvs.", 20, dashed, "Vault token"),
                ]
            }
        }
        b'n' => const { &[shape("npm_", 30, alphanumeric, "npm token")] },
        b'p' => const { &[shape("pypi-", 40, dashed, "PyPI token")] },
        b'r' => const { &[shape("rk_live_", 10, underscored, STRIPE)] },
        b's' => {
            const {
                &[
                    shape("sk_live_", 10, underscored, STRIPE),
                    shape("sk_test_", 10, underscored, STRIPE),
                    shape("shpat_", 30, alphanumeric, "Shopify token"),
                ]
            }
        }
        b'w' => const { &[shape("whsec_", 20, base64, "webhook secret")] },
        b'x' => {
            const {
                &[
                    shape("xoxa-", 10, dashed, SLACK),
                    shape("xoxb-", 10, dashed, SLACK),
                    shape("xoxc-", 10, dashed, SLACK),
                    shape("xoxd-", 10, dashed, SLACK),
                    shape("xoxe-", 10, dashed, SLACK),
                    shape("xoxe.", 10, dotted, SLACK),
                    shape("xoxo-", 10, dashed, SLACK),
                    shape("xoxp-", 10, dashed, SLACK),
                    shape("xoxr-", 10, dashed, SLACK),
                    shape("xoxs-", 10, dashed, SLACK),
                    shape("xapp-", 10, dashed, SLACK),
                ]
            }
        }
        b'y' => const { &[shape("ya29.", 20, dashed, "Google token")] },
        _ => &[],
    }
}

/// False for nearly all words, by their first two letters.
#[inline]
pub(super) fn can_begin(first: u8, second: u8) -> bool {
    match first {
        b'A' => matches!(second, b'K' | b'S' | b'I' | b'G'),
        b'B' | b'b' => matches!(second, b'e' | b'E' | b'a' | b'A'),
        b'P' => second == b'u',
        b'S' => second == b'G',
        b'd' => matches!(second, b'c' | b'o'),
        b'e' => second == b'y',
        b'g' => matches!(second, b'h' | b'i' | b'l'),
        b'h' => matches!(second, b'f' | b'v'),
        b'n' => second == b'p',
        b'p' => second == b'y',
        b'r' => second == b'k',
        b's' => matches!(second, b'k' | b'h'),
        b'w' => second == b'h',
        b'x' => matches!(second, b'o' | b'a'),
        b'y' => second == b'a',
        _ => false,
    }
}

/// The token that begins at `at`, where a word begins.
pub(super) fn at(bytes: &[u8], at: usize) -> Option<Credential> {
    let first = *bytes.get(at)?;
    for shape in shapes(first) {
        if !stands(bytes, at, shape.prefix.as_bytes()) {
            continue;
        }
        let start = at + shape.prefix.len();
        let length = run(bytes, start, shape.body).len();
        if length >= shape.least {
            return Some(Credential { start: at, end: start + length, kind: shape.kind });
        }
    }
    match first {
        b's' => api_key(bytes, at),
        b'e' => web_token(bytes, at),
        b'B' | b'b' => header(bytes, at),
        b'P' if stands(bytes, at, b"PuTTY-User-Key-File-") => {
            let end = bytes.len();
            Some(Credential { start: at, end, kind: "private key" })
        }
        _ => None,
    }
}

/// `sk-…`: common enough as text that the rest must look random.
fn api_key(bytes: &[u8], at: usize) -> Option<Credential> {
    if !stands(bytes, at, b"sk-") {
        return None;
    }
    // A look at the start is enough, and keeps the search linear.
    let near = bytes.get(..bytes.len().min(at + 67)).unwrap_or_default();
    let head = run(near, at + 3, dashed);
    let longest = head.split(|byte| *byte == b'-').map(<[u8]>::len).max().unwrap_or(0);
    if head.len() < 20 || (longest < 20 && !head.iter().any(u8::is_ascii_digit)) {
        return None;
    }
    let end = at + 3 + run(bytes, at + 3, dashed).len();
    Some(Credential { start: at, end, kind: "API key" })
}

/// A JSON web token: `eyJ…`, a point, and more parts.
fn web_token(bytes: &[u8], at: usize) -> Option<Credential> {
    let before = at.checked_sub(1).and_then(|place| bytes.get(place));
    if !stands(bytes, at, b"eyJ") || before.is_some_and(|byte| dashed(*byte)) {
        return None;
    }
    let mut end = at + run(bytes, at, dashed).len();
    let mut parts = 1;
    while parts < 5 && bytes.get(end) == Some(&b'.') {
        let part = run(bytes, end + 1, dashed).len();
        if part == 0 && parts < 2 {
            break;
        }
        end += 1 + part;
        parts += 1;
    }
    (parts >= 3 && end - at >= 16).then_some(Credential { start: at, end, kind: "JWT" })
}

/// The value behind `Bearer ` or `Basic `.
fn header(bytes: &[u8], at: usize) -> Option<Credential> {
    let scheme = run(bytes, at, |byte| byte.is_ascii_alphabetic());
    let (least, kind) = if scheme.eq_ignore_ascii_case(b"bearer") {
        (12, "bearer token")
    } else if scheme.eq_ignore_ascii_case(b"basic") {
        (8, "basic credentials")
    } else {
        return None;
    };
    let start = at + scheme.len() + 1;
    if bytes.get(start - 1) != Some(&b' ') {
        return None;
    }
    let body = run(bytes, start, |byte| base64(byte) || matches!(byte, b'-' | b'.' | b'_' | b'~'));
    // A look at the start is enough, and keeps the search linear.
    let head = body.get(..body.len().min(64)).unwrap_or_default();
    let random = head.iter().any(|byte| byte.is_ascii_digit() || *byte == b'=')
        || head.len() > 24
        || (least == 8 && is_name_and_password(head));
    (body.len() >= least && random).then_some(Credential { start, end: start + body.len(), kind })
}

/// Whether base64 text spells printable characters with a `:` between them.
fn is_name_and_password(text: &[u8]) -> bool {
    let mut bits = 0_u32;
    let mut count = 0;
    let mut colon = false;
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            let decoded = (bits >> count) & 0xff;
            colon |= decoded == u32::from(b':');
            if !matches!(decoded, 0x20..=0x7e) {
                return false;
            }
        }
    }
    colon
}

/// A private key between its `BEGIN` and `END` lines. Only lines that can be key material count. A
/// `BEGIN` line alone is one too: the key stands somewhere beside it.
pub(super) fn key_block(bytes: &[u8], at: usize) -> Option<Credential> {
    const DASHES: &[u8] = b"-----";
    if !stands(bytes, at, b"-----BEGIN ") {
        return None;
    }
    let title_at = at + 11;
    let title = run(bytes, title_at, |byte| byte.is_ascii_uppercase() || byte == b' ');
    let private = title.ends_with(b"PRIVATE KEY") || title.ends_with(b"PRIVATE KEY BLOCK");
    let mut end = title_at + title.len();
    if !private || title.len() > 64 || !stands(bytes, end, DASHES) {
        return None;
    }
    end += DASHES.len();
    loop {
        let gap = gap(bytes, end);
        let line_at = end + gap;
        let mut line = run(bytes, line_at, base64).len();
        // Left out: `MIIE...`.
        line += run(bytes, line_at + line, |byte| byte == b'.').len();
        let after = line_at + line;
        let next = after + self::gap(bytes, after);
        let last = stands(bytes, next, b"-----END ");
        if line == 0 && last {
            end = line_at;
            break;
        }
        if line >= 16 || (line > 0 && (last || next == bytes.len())) {
            end = after;
        } else if gap > 0 && line > 0 && is_field(bytes, line_at) {
            end =
                line_at + run(bytes, line_at, |byte| !matches!(byte, b'\n' | b'\r' | b'\\')).len();
        } else {
            break;
        }
    }
    if stands(bytes, end, b"-----END ") {
        let title = run(bytes, end + 9, |byte| byte.is_ascii_uppercase() || byte == b' ').len();
        if title <= 64 && stands(bytes, end + 9 + title, DASHES) {
            end += 9 + title + DASHES.len();
        }
    }
    Some(Credential { start: at, end, kind: "private key" })
}

/// Line ends and blanks, also line ends that are spelled `\n`.
fn gap(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        if stands(bytes, end, b"\\n") || stands(bytes, end, b"\\r") {
            end += 2;
        } else if bytes.get(end).is_some_and(u8::is_ascii_whitespace) {
            end += 1;
        } else {
            return end - at;
        }
    }
}

/// True where one of the header fields of a key block begins.
fn is_field(bytes: &[u8], at: usize) -> bool {
    [&b"Proc-Type:"[..], b"DEK-Info:", b"Version:", b"Comment:"]
        .iter()
        .any(|name| stands(bytes, at, name))
}

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn underscored(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn dashed(byte: u8) -> bool {
    underscored(byte) || byte == b'-'
}

fn dotted(byte: u8) -> bool {
    dashed(byte) || byte == b'.'
}

fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}
