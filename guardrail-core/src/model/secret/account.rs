//! Passwords that are given to an account: in a query, by `chpasswd`, in PowerShell.

use super::name::kind_of;
use super::shape::{Credential, run, stands};
use super::value::in_value;

/// How far around a statement is looked.
const NEAR: usize = 200;

/// `ALTER USER bob PASSWORD 'hunter2'`, `CREATE USER bob IDENTIFIED BY 'hunter2'`.
pub(super) fn query(bytes: &[u8], at: usize) -> Option<Credential> {
    let near = bytes.get(..bytes.len().min(at + NEAR)).unwrap_or_default();
    let word = |at: usize| run(near, at, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let blanks = |at: usize| at + run(near, at, |byte| byte == b' ').len();
    let first = word(at);
    let mut end = at + first.len();
    if first.eq_ignore_ascii_case(b"identified") {
        let mut next = word(blanks(end));
        if next.eq_ignore_ascii_case(b"with") {
            end = blanks(end) + next.len();
            end = blanks(end) + word(blanks(end)).len();
            next = word(blanks(end));
        }
        end = blanks(end) + next.eq_ignore_ascii_case(b"by").then_some(2)?;
    } else if !first.eq_ignore_ascii_case(b"password") {
        return None;
    } else if word(blanks(end)).eq_ignore_ascii_case(b"for") {
        // `SET PASSWORD FOR 'bob'@'%' = 'hunter2'`
        let account = run(near, end, |byte| !matches!(byte, b'=' | b';' | b'\n'));
        end += account.len() + usize::from(near.get(end + account.len()) == Some(&b'='));
    }
    let start = blanks(end);
    let start = start + usize::from(near.get(start) == Some(&b'('));
    if start == end || near.get(start) != Some(&b'\'') || !is_statement(bytes, at) {
        return None;
    }
    let value = run(bytes, start + 1, in_value);
    let (start, end) = (start + 1, start + 1 + value.len());
    (value.len() >= 3).then_some(Credential { start, end, kind: "password" })
}

/// Whether a statement about users leads up to this place, and no flag whose value begins here.
fn is_statement(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    let before = before.rsplit(|byte| *byte == b';').next().unwrap_or(before);
    let mut words = before.split(|byte| !byte.is_ascii_graphic() || matches!(byte, b'"' | b'\''));
    let begins = [&b"create"[..], b"alter", b"set", b"grant"];
    let is_flag = before.trim_ascii_end().rsplit(|byte| *byte == b' ').next();
    !is_flag.is_some_and(|word| word.starts_with(b"-"))
        && words.any(|word| begins.iter().any(|begin| word.eq_ignore_ascii_case(begin)))
}

/// `echo root:hunter2 | chpasswd`, the name ending before the colon at `at`.
pub(super) fn changed(bytes: &[u8], at: usize) -> Option<Credential> {
    let near = bytes.get(..bytes.len().min(at + NEAR)).unwrap_or_default();
    let value = run(near, at + 1, in_value);
    let end = at + 1 + value.len();
    let behind = near.get(end..)?;
    let pipe = behind.iter().position(|byte| !matches!(byte, b'"' | b'\'' | b' '))?;
    let command = behind.get(pipe..)?.strip_prefix(b"|")?.trim_ascii_start();
    let command = command.strip_prefix(b"sudo ").unwrap_or(command);
    let is_one = value.len() >= 3 && command.starts_with(b"chpasswd") && !value.starts_with(b"$");
    is_one.then_some(Credential { start: at + 1, end, kind: "password" })
}

/// `jdbc:oracle:thin:scott/tiger@//db`, the name of the driver ending before the colon at `at`.
pub(super) fn oracle(bytes: &[u8], at: usize, driver: &[u8]) -> Option<Credential> {
    if !matches!(driver, b"thin" | b"oci" | b"oci8") {
        return None;
    }
    let near = bytes.get(..bytes.len().min(at + NEAR)).unwrap_or_default();
    let account = run(near, at + 1, |byte| in_value(byte) && byte != b'@');
    let slash = account.iter().position(|byte| *byte == b'/')?;
    let (start, end) = (at + slash + 2, at + 1 + account.len());
    let is_other =
        slash == 0 || end < start + 3 || matches!(near.get(start), Some(b'$' | b'%' | b'/'));
    let is_one = near.get(end) == Some(&b'@') && !is_other;
    is_one.then_some(Credential { start, end, kind: "password" })
}

/// `echo hunter2 | docker login --password-stdin`, for programs that take nothing else from there. What is
/// told to any other may be run.
pub(super) fn piped(bytes: &[u8], at: usize) -> Option<Credential> {
    let near = bytes.get(at..bytes.len().min(at + NEAR))?;
    let mut start = near.strip_prefix(b"echo ").map(|_| at + 5)?;
    if stands(bytes, start, b"-n ") {
        start += 3;
    }
    start += usize::from(matches!(bytes.get(start), Some(b'"' | b'\'')));
    let value = run(bytes, start, in_value);
    let end = start + value.len();
    let is_other = value.len() < 3 || matches!(value.first(), Some(b'$' | b'%' | b'-'));
    let behind = bytes.get(end..bytes.len().min(end + NEAR)).filter(|_| !is_other)?;
    let pipe = behind.iter().position(|byte| !matches!(byte, b'"' | b'\'' | b' '))?;
    let command = behind.get(pipe..)?.strip_prefix(b"|")?.trim_ascii_start();
    let command = run(command, 0, |byte| byte == b' ' || in_value(byte));
    let mut words = command.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let takes: &[u8] = match words.next()? {
        b"docker" | b"podman" | b"nerdctl" | b"buildah" | b"skopeo" | b"helm" | b"oras" => {
            b"--password-stdin"
        }
        b"gh" => b"--with-token",
        _ => return None,
    };
    // `docker run login` runs an image of that name.
    let mut verb = words.next()?;
    if matches!(verb, b"registry" | b"auth") {
        verb = words.next()?;
    }
    let told = verb == b"login" && words.any(|word| word == takes);
    told.then_some(Credential { start, end, kind: "password" })
}

/// `host:port:database:user:hunter2`, a line of a `.pgpass`, its host between `begin` and the colon at
/// `at`.
pub(super) fn pgpass(bytes: &[u8], begin: usize, at: usize) -> Option<Credential> {
    let is_port = |byte: &u8| byte.is_ascii_digit() || *byte == b'*';
    let before = begin.checked_sub(1).and_then(|before| bytes.get(before));
    if !bytes.get(at + 1).is_some_and(is_port)
        || !matches!(before, None | Some(b'\n' | b'"' | b'\''))
    {
        return None;
    }
    let near = bytes.get(..bytes.len().min(at + NEAR)).unwrap_or_default();
    let rest = run(near, at + 1, in_value);
    let end = at + 1 + rest.len();
    if !matches!(bytes.get(end), None | Some(b'\n' | b'\r' | b'"' | b'\'')) {
        return None;
    }
    let mut fields = rest.splitn(4, |byte| *byte == b':');
    let (port, database, user) = (fields.next()?, fields.next()?, fields.next()?);
    let password = fields.next()?;
    let is_line = port.len() <= 5
        && (port == b"*" || (port.len() > 1 && port.iter().all(u8::is_ascii_digit)))
        && !database.is_empty()
        && user.iter().any(u8::is_ascii_alphabetic);
    let is_other = password.len() < 3
        || password.contains(&b':')
        || matches!(password.first(), Some(b'$' | b'%' | b'*'));
    let start = end - password.len();
    (is_line && !is_other).then_some(Credential { start, end, kind: "password" })
}

/// `define('DB_PASSWORD', 'hunter2')`, as settings of PHP have it.
pub(super) fn defined(bytes: &[u8], at: usize) -> Option<Credential> {
    let near = bytes.get(at..bytes.len().min(at + NEAR))?;
    let name = near.strip_prefix(b"define(")?.trim_ascii_start();
    let quote = *name.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let (name, rest) = split(name.get(1..)?, quote)?;
    let kind = kind_of(name)?;
    let value = rest.trim_ascii_start().strip_prefix(b",")?.trim_ascii_start();
    let quote = *value.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let start = at + near.len() - value.len() + 1;
    let value = run(bytes, start, in_value);
    let (end, is_other) = (start + value.len(), value.len() < 3 || value.first() == Some(&b'$'));
    (bytes.get(end) == Some(&quote) && !is_other).then_some(Credential { start, end, kind })
}

/// What stands before and behind this byte.
fn split(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|byte| *byte == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// `ConvertTo-SecureString 'hunter2' -AsPlainText`
pub(super) fn secured(bytes: &[u8], at: usize) -> Option<Credential> {
    let name = b"ConvertTo-SecureString ";
    if !stands(bytes, at, name) {
        return None;
    }
    let mut start = at + name.len();
    if stands(bytes, start, b"-String ") {
        start += 8;
    }
    start += usize::from(matches!(bytes.get(start), Some(b'"' | b'\'')));
    let value = run(bytes, start, in_value);
    let is_other = value.len() < 3 || matches!(value.first(), Some(b'$' | b'-'));
    (!is_other).then_some(Credential { start, end: start + value.len(), kind: "password" })
}
