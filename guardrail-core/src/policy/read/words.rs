//! What to say of a key that is none: misspelt, missing on purpose, or not here yet.

use crate::policy::likely::likely;
use crate::policy::read::show::{listed, spelled};

/// Words of other systems for what has another word here.
const OTHERS: &[(&str, &str)] = &[
    ("quorum", "approvals"),
    ("required_approvals", "approvals"),
    ("min_approvals", "approvals"),
    ("count", "approvals"),
    ("reviewers", "approvers"),
    ("voters", "approvers"),
    ("expires", "timeout"),
    ("expires_in", "timeout"),
    ("expiry", "timeout"),
    ("deadline", "timeout"),
    ("ttl", "grant_ttl"),
    ("retries", "retry"),
    ("idempotent", "retry"),
    ("action", "effect"),
    ("decision", "effect"),
    ("mode", "effect"),
    ("severity", "risk"),
    ("links", "references"),
    ("docs", "references"),
    ("compliance", "controls"),
    ("mail", "email"),
    ("agents", "owns"),
    ("owner_of", "owns"),
    ("enabled", "active"),
    ("type", "kind"),
    ("users", "people"),
    ("persons", "people"),
    ("person", "people"),
    ("roles", "groups"),
    ("rules", "policies"),
    ("policy", "policies"),
    ("group", "groups"),
    ("entra", "teams"),
    ("sso", "oidc"),
];

/// The same for values.
const OTHER_VALUES: &[(&str, &str)] = &[
    ("permit", "allow"),
    ("reject", "deny"),
    ("refuse", "deny"),
    ("block", "deny"),
    ("confirm", "ask"),
    ("approval", "ask"),
    ("moderate", "medium"),
    ("severe", "critical"),
    ("mandatory", "required"),
    ("yes", "required"),
    ("no", "optional"),
    ("person", "human"),
    ("user", "human"),
    ("bot", "agent"),
];

/// Parts of keys that would let a failure, a clock or the requester approve.
const NEVER: &[(&str, &str)] = &[
    ("on_error", "whatever fails, the call does not run"),
    ("on_failure", "whatever fails, the call does not run"),
    ("on_outage", "whatever fails, the call does not run"),
    ("fail_open", "whatever fails, the call does not run"),
    ("fallback", "whatever fails, the call does not run"),
    ("on_timeout", "when the time is up, the request is refused"),
    ("on_expir", "when the time is up, the request is refused"),
    ("timeout_action", "when the time is up, the request is refused"),
    ("after_timeout", "when the time is up, the request is refused"),
    ("auto_approve", "only people approve; `effect = \"allow\"` asks nobody, and says so"),
    ("auto_allow", "only people approve; `effect = \"allow\"` asks nobody, and says so"),
    ("default_action", "a call without a policy of its name does not run"),
    ("default_effect", "a call without a policy of its name does not run"),
    ("default_policy", "a call without a policy of its name does not run"),
    ("self_approv", "nobody approves their own request"),
    ("allow_self", "nobody approves their own request"),
    ("allow_requester", "nobody approves their own request"),
    ("allow_owner", "nobody approves their own request"),
    ("exempt", "nobody is exempt"),
    ("bypass", "nobody is exempt"),
    ("break_glass", "nobody is exempt"),
    ("superuser", "nobody is exempt"),
    ("admins", "nobody is exempt"),
];

/// What is wrong with `key` where only `known` may stand.
pub(super) fn unknown(key: &str, known: &[&str], later: &[&str]) -> String {
    let plain = key.to_lowercase().replace('-', "_");
    if later.contains(&plain.as_str()) {
        return "this version does not support it yet".to_owned();
    }
    if let Some((_, why)) = NEVER.iter().find(|(part, _)| plain.contains(part)) {
        return format!("this does not exist on purpose: {why}");
    }
    match other(OTHERS, &plain, known.iter().copied())
        .or_else(|| likely(key, known.iter().copied()))
    {
        Some(word) => format!("unknown key; did you mean `{word}`?"),
        None => format!("unknown key; the keys here are {}", listed(known.iter().copied())),
    }
}

/// What is wrong with a value that is none of `known`.
pub(super) fn not_one_of<'w>(text: &str, known: impl Iterator<Item = &'w str> + Clone) -> String {
    let wrong = spelled(text);
    let other = other(OTHER_VALUES, &text.to_lowercase(), known.clone());
    match other.or_else(|| likely(text, known.clone())) {
        Some(word) => format!("`{wrong}` is none of {}; did you mean `{word}`?", listed(known)),
        None => format!("`{wrong}` is none of {}", listed(known)),
    }
}

/// The word of `known` for what is called `text` elsewhere.
fn other<'w>(
    table: &[(&str, &'static str)],
    text: &str,
    mut known: impl Iterator<Item = &'w str>,
) -> Option<&'w str> {
    let (_, word) = table.iter().find(|(other, _)| *other == text)?;
    known.find(|known| known == word)
}

/// The end of a message about a name that is not there.
pub(super) fn meant<'w>(text: &str, known: impl IntoIterator<Item = &'w str>) -> String {
    likely(text, known).map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}
