//! Credentials in URLs: passwords, tokens in place of a name, and addresses that are secrets themselves.

use super::shape::{Credential, run, stands};
use super::value::{in_value, looks_random};

/// The farthest an `@` may be from the `://` of its URL.
const LONGEST_AUTHORITY: usize = 256;
/// Fewest bytes of a name that is taken for a token.
const SHORTEST_TOKEN: usize = 32;

/// Whoever knows what stands behind these may post there. A `.` at the begin stands behind a name of any length.
const WEBHOOKS: [&[u8]; 16] = [
    b"hooks.slack.com/services/",
    b"hooks.slack.com/workflows/",
    b"hooks.slack.com/triggers/",
    b"hooks.slack-gov.com/services/",
    b"discord.com/api/webhooks/",
    b".discord.com/api/webhooks/",
    b"discord.com/api/v10/webhooks/",
    b"discordapp.com/api/webhooks/",
    b"outlook.office.com/webhook/",
    b"outlook.office365.com/webhook/",
    b".webhook.office.com/webhookb2/",
    b"hooks.zapier.com/hooks/catch/",
    b"events.pagerduty.com/integration/",
    b"open.feishu.cn/open-apis/bot/v2/hook/",
    b"open.larksuite.com/open-apis/bot/v2/hook/",
    b"hc-ping.com/",
];

/// The credential of the URL whose authority begins at `start`.
pub(super) fn at(bytes: &[u8], start: usize) -> Option<Credential> {
    let rest = bytes.get(start..)?;
    let near = rest.get(..rest.len().min(LONGEST_AUTHORITY)).unwrap_or_default();
    let run = run(near, 0, |byte| in_value(byte) && !matches!(byte, b'?' | b'#'));
    let end = run.iter().position(|byte| matches!(byte, b':' | b'/' | b'@'))?;
    match run.get(end) {
        Some(b':') => password(run, start, end),
        Some(b'@') => {
            let token = run.get(..end).filter(|name| name.len() >= SHORTEST_TOKEN)?;
            let end = start + token.len();
            looks_random(token).then_some(Credential { start, end, kind: "URL token" })
        }
        _ => webhook(bytes, start),
    }
}

/// The password behind the `:` at this place of the authority that begins at `start`.
fn password(run: &[u8], start: usize, colon: usize) -> Option<Credential> {
    let behind = run.get(colon + 1..)?;
    let authority = behind.split(|byte| *byte == b'/').next().unwrap_or(behind);
    let at = match authority.iter().rposition(|byte| *byte == b'@') {
        Some(at) => at,
        // A port, and an `@` in the path; or a password with a `/` in it.
        None if authority.iter().all(u8::is_ascii_digit) => return None,
        None => behind.iter().position(|byte| *byte == b'@')?,
    };
    let start = start + colon + 1;
    let reference = matches!(behind.first(), Some(b'$' | b'%' | b'*'));
    (at > 0 && !reference).then_some(Credential { start, end: start + at, kind: "URL password" })
}

/// The path of an address to post to.
fn webhook(bytes: &[u8], start: usize) -> Option<Credential> {
    let label = run(bytes, start, |byte| byte.is_ascii_alphanumeric() || byte == b'-').len();
    let behind = |host: &&[u8]| {
        let start = if host.starts_with(b".") { start + label } else { start };
        stands(bytes, start, host).then_some(start + host.len())
    };
    let start = WEBHOOKS.iter().find_map(behind)?;
    let path = run(bytes, start, |byte| in_value(byte) && !matches!(byte, b'?' | b'#'));
    (path.len() >= 16).then_some(Credential { start, end: start + path.len(), kind: "webhook" })
}
