//! What is given to a name or a flag, and where in it the secret stands.

use super::assigned::AUTHORIZATION;
use super::name::{Secrecy, secrecy};
use super::program::Form;
use super::value::{in_value, is_no_value, looks_random};

/// The longest name that is looked at.
const LONGEST_NAME: usize = 64;
const COOKIE: &str = "cookie";

/// What a word is given to, and what of it is a password.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given {
    form: Form,
    /// What it is, for people.
    pub(super) kind: &'static str,
    /// Its flag says so for sure: it is not itself the value of another.
    pub(super) sure: bool,
    /// It may be several words.
    words: bool,
}

impl Given {
    /// What a flag of a program is given.
    pub(super) fn to(form: Form, sure: bool) -> Self {
        Self { form, kind: "password", sure, words: true }
    }

    /// What a flag of this name is given, without its dashes, if it is that of a secret.
    pub(super) fn to_flag(name: &[u8], sure: bool) -> Option<Self> {
        let kind = kind_of_flag(name)?;
        Some(Self { form: Form::Whole, kind, sure, words: true })
    }

    /// What is given to this name, if it is that of a secret.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        let is_name = name.len() <= LONGEST_NAME && !name.contains(char::is_whitespace);
        let kind = kind_by_name(name).filter(|_| is_name)?;
        Some(Self { form: Form::Whole, kind, sure: true, words: !is_deed(name) })
    }

    /// Where in a word of a list, which may hold blanks, the secrets stand, in order.
    pub(crate) fn word(self, word: &[u8]) -> Vec<(usize, usize)> {
        if self.kind == COOKIE {
            return self.cookies(word);
        }
        let skip = if self.kind == AUTHORIZATION { scheme(word) } else { 0 };
        let Some((start, end)) = word.get(skip..).and_then(|word| self.password(word)) else {
            return Vec::new();
        };
        // A value of several words, in which nothing but words stands.
        let rest = word.get(skip + end..).unwrap_or_default();
        let is_prose = rest.iter().all(|byte| in_value(*byte) || *byte == b' ');
        let end = if self.words && is_prose { word.len() } else { skip + end };
        vec![(skip + start, end)]
    }

    /// The values in `a=1; b=2`.
    fn cookies(self, word: &[u8]) -> Vec<(usize, usize)> {
        let given = Self { form: Form::Behind(b'='), ..self };
        let mut at = 0;
        let cookies = word.split(|byte| *byte == b';').filter_map(|cookie| {
            let from = at;
            at += cookie.len() + 1;
            given.password(cookie).map(|(start, end)| (from + start, from + end))
        });
        cookies.collect()
    }

    /// Where in this word the password stands, if there is one. It ends before whatever a shell could
    /// take for something else, so that no command is masked together with it.
    pub(super) fn password(self, word: &[u8]) -> Option<(usize, usize)> {
        let start = match self.form {
            Form::Whole => 0,
            Form::Behind(byte) => word.iter().position(|one| *one == byte)? + 1,
            Form::After(prefix) => word.starts_with(prefix.as_bytes()).then_some(prefix.len())?,
        };
        let found = word.get(start..)?;
        let length = found.iter().position(|byte| !in_value(*byte)).unwrap_or(found.len());
        let found = found.get(..length)?;
        let is_other = matches!(found.first(), None | Some(b'$' | b'%' | b'*' | b'-'));
        let is_url = found.starts_with(b"//");
        let says = self.sure || looks_random(found);
        (says && !is_other && !is_url && !is_no_value(found)).then_some((start, start + length))
    }
}

/// What to call the value of a flag of this name, if it is a secret. Prose is no name.
fn kind_of_flag(name: &[u8]) -> Option<&'static str> {
    let name = std::str::from_utf8(name).ok().filter(|name| name.len() <= LONGEST_NAME)?;
    let is_name = !name.contains(|c: char| c.is_whitespace() || c == '=');
    match secrecy(name) {
        Secrecy::Assigned(kind) if is_name && !is_deed(name) => Some(kind),
        _ => None,
    }
}

/// What to call the value of what has this name in an object or a pair.
fn kind_by_name(name: &str) -> Option<&'static str> {
    let word = name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(name);
    match secrecy(name) {
        Secrecy::Assigned(kind) => Some(kind),
        Secrecy::Named => ["pass", "pin", "otp", "cvv", COOKIE, "credentials"]
            .into_iter()
            .find(|one| word.eq_ignore_ascii_case(one)),
        Secrecy::None => None,
    }
}

/// Whether a name says what to do with a secret: `--ask-vault-password site.yml`, `rotate-token`.
fn is_deed(name: &str) -> bool {
    let first = name.split(['-', '_']).next().unwrap_or(name);
    // `gpg --export-secret-keys bob`
    let is_export = first == "export" && name.ends_with("keys");
    let is_known = matches!(
        first,
        "ask"
            | "no"
            | "without"
            | "with"
            | "skip"
            | "reset"
            | "rotate"
            | "show"
            | "print"
            | "prompt"
            | "expose"
            | "require"
            | "generate"
            | "revoke"
            | "hide"
            | "delete"
            | "remove"
            | "list"
            | "edit"
    );
    (is_known || is_export) && first.len() < name.len()
}

/// The length of `Bearer ` before a credential.
fn scheme(word: &[u8]) -> usize {
    let length = word.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(0);
    if length > 0 && word.get(length) == Some(&b' ') { length + 1 } else { 0 }
}
