//! The words of a command, as they come: what its program takes behind which flag.

use super::given::Given;
use super::program::{At, Parent, Program};

/// Programs behind whose flags stands the command of another: only the first word is one of theirs.
const RUNS_ANOTHER: u32 = bit(Program::Sshpass);

/// Programs that take addresses.
const TAKES_ADDRESS: u32 = bit(Program::Curl) | bit(Program::Httpie);

/// What is known of a command by its words so far.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Line {
    /// A bit for every program that was seen.
    seen: u32,
    parent: Option<Parent>,
    /// The last word was a flag, and the one behind it may be its value: then it says nothing.
    takes: bool,
    /// It takes names of files, of which none is a program: `cp mongo -p /etc/cron.d/x`.
    of_files: bool,
}

/// What a flag says.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Says {
    /// The password stands in the next word.
    Next(Given),
    /// The password stands in this word, from here on.
    Here(usize, Given),
}

impl Line {
    /// The next word, which may be anything.
    pub(crate) fn word(&mut self, word: &[u8]) {
        if matches!(word, b";" | b"|" | b"||" | b"&" | b"&&") {
            *self = Self::default();
            return;
        }
        self.seen &= !RUNS_ANOTHER;
        if is_flag(word) {
            (self.takes, self.parent) = (self.may_take(word), None);
            return;
        }
        let name = word.rsplit(|byte| *byte == b'/').next().unwrap_or(word);
        if !std::mem::take(&mut self.takes) {
            // What it runs has flags of its own.
            self.seen &= !bit(Program::Sudo);
            self.of_files |= takes_files(name);
            self.seen |= Program::of(name, self.parent).filter(|_| !self.of_files).map_or(0, bit);
            self.parent = Parent::of(name, self.parent);
        }
    }

    /// What this word says of a password, if it is a flag.
    pub(crate) fn says(&self, word: &[u8]) -> Option<Says> {
        let set = || {
            let name =
                std::str::from_utf8(word).ok().filter(|_| self.parent == Some(Parent::Set))?;
            Given::by_name(name)
        };
        self.known(word).or_else(|| self.named(word).or_else(set).map(Says::Next))
    }

    /// An `&` stands here that may be part of an address: it ends what takes none.
    pub(super) fn passes_address(&mut self) {
        *self = Self { seen: self.seen & TAKES_ADDRESS, ..Self::default() };
    }

    /// What this word says of a password, as a flag of a program that is known.
    pub(super) fn known(&self, word: &[u8]) -> Option<Says> {
        let programs = Program::ALL.into_iter().filter(|one| self.seen & bit(*one) != 0);
        programs.into_iter().find_map(|program| {
            // `-sSu` is `-s`, `-S` and `-u`.
            let letters = word.get(1..).unwrap_or_default();
            let is_bare = |byte: &u8| program.bare().as_bytes().contains(byte);
            let bare = letters.iter().position(|byte| !is_bare(byte)).unwrap_or(0);
            let rest = letters.get(bare..).unwrap_or_default();
            program.flags().iter().find_map(|flag| {
                let name = flag.name.as_bytes();
                let given = |sure| Given::to(flag.form, sure);
                let is_short = name.len() == 2;
                let letter = name.get(1..).filter(|_| is_short && word.first() == Some(&b'-'));
                let is_one = word == name || letter.is_some_and(|letter| rest == letter);
                if is_one && flag.at != At::Joined {
                    return Some(Says::Next(given(!self.takes || program.is_harmless())));
                }
                let joined =
                    letter.is_some_and(|letter| rest.starts_with(letter) && rest.len() > 1);
                if joined && flag.at != At::Next {
                    let skip = usize::from(rest.get(1) == Some(&b'='));
                    return Some(Says::Here(bare + 2 + skip, given(true)));
                }
                let value = word.strip_prefix(name).is_some_and(|rest| rest.starts_with(b"="));
                (value && !is_short).then_some(Says::Here(name.len() + 1, given(true)))
            })
        })
    }

    /// What a flag says that is known by its name alone: `--password`.
    pub(super) fn named(&self, word: &[u8]) -> Option<Given> {
        let name = word.iter().position(|byte| *byte != b'-').and_then(|at| word.get(at..))?;
        if name == b"password" && self.seen & bit(Program::Psql) != 0 {
            return None;
        }
        Given::to_flag(name, !self.takes).filter(|_| is_flag(word))
    }

    /// Whether the word behind this flag may be its value.
    fn may_take(&self, word: &[u8]) -> bool {
        let letters = word.get(1..).unwrap_or_default();
        let bare = |program: Program| {
            self.seen & bit(program) != 0
                && letters.iter().all(|byte| program.bare().as_bytes().contains(byte))
        };
        !(word == b"--"
            || word.contains(&b'=')
            || is_bare(word)
            || Program::ALL.into_iter().any(bare))
    }
}

/// Whether a command of this name takes the names of files and of nothing that it runs.
fn takes_files(name: &[u8]) -> bool {
    matches!(
        name,
        b"cp"
            | b"scp"
            | b"mv"
            | b"ln"
            | b"rm"
            | b"rmdir"
            | b"mkdir"
            | b"chmod"
            | b"chown"
            | b"chgrp"
            | b"touch"
            | b"shred"
            | b"rsync"
    )
}

fn is_flag(word: &[u8]) -> bool {
    // Dashes by themselves are none, nor is a block of a key.
    word.starts_with(b"-") && !word.starts_with(b"-----") && word != b"-"
}

/// Flags that take no value, of whatever program.
fn is_bare(word: &[u8]) -> bool {
    matches!(
        word,
        b"-v"
            | b"-q"
            | b"-y"
            | b"-it"
            | b"-ti"
            | b"--rm"
            | b"--tls"
            | b"--ssl"
            | b"--yes"
            | b"--force"
            | b"--quiet"
            | b"--silent"
            | b"--verbose"
            | b"--debug"
            | b"--batch"
            | b"--location"
            | b"--fail"
            | b"--show-error"
            | b"--compressed"
            | b"--service-principal"
            | b"--dry-run"
            | b"--insecure"
            | b"--interactive"
            | b"--non-interactive"
    ) || word.starts_with(b"--no-")
}

const fn bit(program: Program) -> u32 {
    1 << program as u32
}
