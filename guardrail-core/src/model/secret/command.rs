//! Passwords that stand in commands behind flags, behind the name of a setting, and in a `.netrc`.

use super::assigned::value;
use super::given::Given;
use super::line::{Line, Says};
use super::name::kind_of;
use super::quotes::Quotes;
use super::shape::{Credential, run, stands};
use super::value::{in_value, looks_random};

/// The longest flag with a password is shorter, and so is the name in a `.netrc`.
const NEAR: usize = 200;
const KIND: &str = "password";

/// What a text says around a place, read as far as something asked about it.
#[derive(Debug, Default)]
pub(super) struct Around {
    commands: Commands,
    pub(super) quotes: Quotes,
}

/// The commands in a text, read as far as something asked about them: each byte once.
#[derive(Debug, Default)]
struct Commands {
    line: Line,
    at: usize,
    /// Up to the end of the line nothing is a command.
    comment: bool,
}

impl Around {
    /// Of a text that goes on with this command.
    pub(super) fn behind(line: Line) -> Self {
        Self { commands: Commands { line, ..Commands::default() }, quotes: Quotes::default() }
    }
}

impl Commands {
    /// What is known of the command in which this place stands.
    fn line_at(&mut self, bytes: &[u8], place: usize) -> Line {
        while self.at < place {
            let rest = bytes.get(self.at..place).unwrap_or_default();
            let word = run(rest, 0, in_word);
            if word.is_empty() {
                self.between(bytes);
                self.at += 1;
                continue;
            }
            self.comment |= word.starts_with(b"#");
            if !self.comment {
                self.line.word(word);
            }
            self.at += word.len();
        }
        self.line
    }

    /// Takes note of the byte between two words that comes next.
    fn between(&mut self, bytes: &[u8]) {
        let byte = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        let (before, behind) = (byte(self.at.checked_sub(1)), byte(Some(self.at + 1)));
        match byte(Some(self.at)) {
            b'\n' if before == b'\\' && !self.comment => {}
            b'\n' => (self.line, self.comment) = (Line::default(), false),
            // Of an address: `?a=1&b=2`.
            b'&' if in_word(before) && in_word(behind) => self.line.passes_address(),
            b';' | b'|' | b'&' | b'(' | b')' | b'`' => self.line = Line::default(),
            _ => {}
        }
    }
}

/// The password behind the flag that begins at `at`, where a word begins.
pub(super) fn flag(bytes: &[u8], at: usize, around: &mut Around) -> Option<Credential> {
    let near = bytes.get(..bytes.len().min(at + NEAR)).unwrap_or_default();
    let word = run(near, at, in_word);
    let end = at + word.len();
    let line = around.commands.line_at(bytes, at);
    // `-p'hunter2'` is a flag and its value in one.
    let is_quoted = matches!(bytes.get(end), Some(b'"' | b'\''))
        && bytes.get(end + 1).is_some_and(|byte| in_value(*byte));
    if is_quoted && let Some(Says::Here(_, given)) = line.known(bytes.get(at..=end)?) {
        return password(bytes, end + 1, given);
    }
    let next = || {
        let gap = run(near, end, |byte| {
            matches!(byte, b' ' | b'\t' | b'\n' | b'"' | b'\'' | b',' | b'\\')
        });
        let is_gap = gap.iter().any(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b','));
        (is_gap && gap.len() <= 8).then_some(end + gap.len())
    };
    match line.known(word) {
        Some(Says::Here(skip, given)) => return password(bytes, at + skip, given),
        Some(Says::Next(given)) => return password(bytes, next()?, given),
        None => {}
    }
    let given = line.named(word).filter(|_| word.starts_with(b"--"))?;
    let start = next()?;
    // Behind a name without a value stands the next flag.
    let found = value(bytes, start, given.kind, &mut around.quotes)
        .filter(|_| bytes.get(start) != Some(&b'-'))?;
    let is_random = || bytes.get(found.start..found.end).is_some_and(looks_random);
    (given.sure || is_random()).then_some(found)
}

fn password(bytes: &[u8], start: usize, given: Given) -> Option<Credential> {
    let word = run(bytes, start, in_value);
    let (from, to) = given.password(word)?;
    (to - from >= 3).then_some(Credential {
        start: start + from,
        end: start + to,
        kind: given.kind,
    })
}

/// Whether a byte may be part of a flag, or of the name of a program.
fn in_word(byte: u8) -> bool {
    in_value(byte) && byte != b','
}

/// `set aws_secret_access_key hunter2`, as settings are told.
pub(super) fn setting(bytes: &[u8], at: usize, around: &mut Around) -> Option<Credential> {
    let near = bytes.get(..bytes.len().min(at + NEAR)).unwrap_or_default();
    let word = run(near, at, |byte| byte.is_ascii_alphabetic());
    if !matches!(word, b"set" | b"setx" | b"SET" | b"ENV")
        || near.get(at + word.len()) != Some(&b' ')
    {
        return None;
    }
    // Not where it is an operand: `rm set token x`.
    let mut before = bytes.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    while let Some((b' ' | b'\t', rest)) = before.split_last() {
        before = rest;
    }
    let is_config = before.ends_with(b"config") || before.ends_with(b"configure");
    if before.last().is_some_and(|byte| in_value(*byte)) && !is_config {
        return None;
    }
    let from = at + word.len() + 1;
    let name = run(near, from, |byte| in_value(byte) && byte != b'=');
    let start = from + name.len() + 1;
    let is_flag = name.starts_with(b"-") || matches!(bytes.get(start), Some(b'-' | b' ' | b'='));
    let kind = kind_of(name).filter(|_| near.get(start - 1) == Some(&b' ') && !is_flag)?;
    value(bytes, start, kind, &mut around.quotes)
}

/// `login bob password hunter2`, as a `.netrc` has it.
pub(super) fn login(bytes: &[u8], at: usize) -> Option<Credential> {
    // A look at the start is enough, and keeps the search linear.
    let near = bytes.get(..bytes.len().min(at + NEAR)).unwrap_or_default();
    let word = |at: usize| run(near, at, |byte| byte.is_ascii_graphic()).len();
    let blanks = |at: usize| run(near, at, |byte| byte.is_ascii_whitespace()).len();
    if !stands(bytes, at, b"login") {
        return None;
    }
    let name = at + 5 + blanks(at + 5);
    let end = name + word(name);
    let next = end + blanks(end);
    let start = next + 8 + blanks(next + 8);
    if name == at + 5 || end == name || !stands(bytes, next, b"password") || start == next + 8 {
        return None;
    }
    let found = run(bytes, start, in_value);
    (found.len() >= 3).then_some(Credential { start, end: start + found.len(), kind: KIND })
}
