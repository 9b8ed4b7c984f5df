//! Values in a text whose name stands before them: `{"name": "DB_PASSWORD", "value": "hunter2"}`,
//! the same in YAML, and variables of Terraform.

use super::name::kind_of;

/// How far before its value a name may stand.
const NEAR: usize = 200;

/// What to call the value of the member `value` whose key begins at `begin`.
pub(super) fn kind(bytes: &[u8], begin: usize, key: &[u8]) -> Option<&'static str> {
    if key == b"default" {
        return variable(bytes, begin);
    }
    let is_value = [&b"value"[..], b"val"].iter().any(|word| key.eq_ignore_ascii_case(word));
    if !is_value {
        return None;
    }
    let before = bytes.get(begin.saturating_sub(NEAR)..begin)?;
    let before = before.get(..before.iter().rposition(is_word)? + 1)?;
    let start = before.iter().rposition(|byte| !is_word(byte))?;
    let (before, name) = before.split_at_checked(start + 1)?;
    // Of the name, only quotes and the colon stand before it.
    let key = before.get(..before.iter().rposition(is_word)? + 1)?;
    let between = before.get(key.len()..)?;
    let is_sign = |byte: &u8| matches!(byte, b':' | b' ' | b'"' | b'\'' | b'\\');
    // `key="DbPassword" value="hunter2"` in XML.
    let is_xml = matches!(between, b"=\"" | b"='");
    let is_member = is_xml || (between.contains(&b':') && between.iter().all(is_sign));
    let start = key.iter().rposition(|byte| !is_word(byte)).map_or(0, |place| place + 1);
    let is_name = [&b"name"[..], b"key"]
        .iter()
        .any(|word| key.get(start..).is_some_and(|key| key.eq_ignore_ascii_case(word)));
    kind_of(name).filter(|_| is_member && is_name)
}

/// `variable "db_password" { default = "hunter2" }`
fn variable(bytes: &[u8], begin: usize) -> Option<&'static str> {
    let before = bytes.get(begin.saturating_sub(NEAR)..begin)?;
    let word = b"variable \"";
    let start = before.windows(word.len()).rposition(|one| one == word)? + word.len();
    let name = before.get(start..)?;
    kind_of(name.split(|byte| *byte == b'"').next()?)
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/')
}
