//! Names that stand beside their values: in a list behind a flag, `["--password", "hunter2"]`; in an
//! object as its name, `{"name": "DB_PASSWORD", "value": "hunter2"}`; and in pairs, `["Cookie", ".."]`.

use super::escape::unescape;
use super::tag::Meaning;
use super::tokens::{Token, Tokens};
use crate::model::secret::{Given, Line, Says};

/// What was said of values that are still to come, while a text is gone through token by token.
pub(super) struct Beside<'t> {
    open: Vec<Open<'t>>,
    next: Said,
}

/// A list or an object that is open.
enum Open<'t> {
    List { line: Line, next: Said, pairs: bool },
    Pair { first: bool, next: Said },
    Object { members: Tokens<'t>, around: Option<Around>, commands: bool },
}

/// What the members of an object say of one another, in whatever order they come.
#[derive(Debug, Clone, Copy)]
struct Around {
    /// One is the name of a secret.
    name: Option<Given>,
    /// One is a program, and others are its arguments.
    program: Line,
}

/// What was said of a value.
#[derive(Debug, Default, Clone, Copy)]
pub(super) enum Said {
    #[default]
    Nothing,
    /// It is given to something that takes a password.
    Given(Given),
    /// So is the rest of it, from this byte on.
    Rest(usize, Given),
    /// It is the arguments of this program, as a list or as a text.
    Arguments(Line),
    /// If it is a list, it is one of pairs of name and value.
    Pairs,
    /// If it is an object, its members are commands, each under its name.
    Commands,
}

impl Said {
    /// The command that a text goes on with.
    pub(super) fn command(self) -> Line {
        if let Self::Arguments(line) = self { line } else { Line::default() }
    }

    /// Where in this text secrets stand, for that.
    pub(super) fn hides(self, text: &str) -> Vec<(usize, usize)> {
        match self {
            Self::Given(given) => given.word(text.as_bytes()),
            Self::Rest(skip, given) => {
                let rest = given.word(text.as_bytes().get(skip..).unwrap_or_default());
                rest.into_iter().map(|(start, end)| (start + skip, end + skip)).collect()
            }
            Self::Nothing | Self::Arguments(_) | Self::Pairs | Self::Commands => Vec::new(),
        }
    }
}

impl<'t> Beside<'t> {
    /// Beside the value that is called this, of which these are the tokens.
    pub(super) fn new(name: &str, tokens: &Tokens<'t>) -> Self {
        Self { open: Vec::new(), next: said_of_all(name, tokens) }
    }

    /// Comes to the next token, behind which there are these, and tells what was said of it.
    pub(super) fn token(&mut self, token: &Token<'t>, behind: &Tokens<'t>) -> Said {
        let said = std::mem::take(&mut self.next);
        match token {
            Token::Key(raw) => {
                self.next = self.key(raw, behind);
                Said::Nothing
            }
            Token::OpenArray => {
                let open = match (self.open.last(), said) {
                    (Some(Open::List { pairs: true, .. }), _) => {
                        Open::Pair { first: true, next: Said::Nothing }
                    }
                    (_, Said::Arguments(line)) => {
                        Open::List { line, next: Said::Nothing, pairs: false }
                    }
                    (_, said) => {
                        let pairs = matches!(said, Said::Pairs);
                        Open::List { line: Line::default(), next: Said::Nothing, pairs }
                    }
                };
                self.element("");
                self.open.push(open);
                Said::Nothing
            }
            Token::OpenObject => {
                self.element("");
                let commands = matches!(said, Said::Commands);
                let members = behind.clone();
                self.open.push(Open::Object { members, around: None, commands });
                Said::Nothing
            }
            Token::CloseArray | Token::CloseObject => {
                self.open.pop();
                Said::Nothing
            }
            Token::Text(raw) => {
                let element = match Meaning::of(raw) {
                    Meaning::Plain(raw) => self.element(&unescape(raw)),
                    // The same as before it was masked, as far as can be.
                    Meaning::Mixed(raw) => self.element(raw),
                    _ => self.element("x"),
                };
                element.unwrap_or(said)
            }
            Token::Number(text) => self.element(text).unwrap_or(said),
            Token::Bool(_) | Token::Null => self.element("x").map_or(said, |_| Said::Nothing),
        }
    }

    /// Whether the keys of the object that is open are names of commands: what a command is called
    /// must not hide it.
    pub(super) fn in_commands(&self) -> bool {
        matches!(self.open.last(), Some(Open::Object { commands: true, .. }))
    }

    /// Takes note of an element, and tells what was said of it; None outside of lists.
    fn element(&mut self, text: &str) -> Option<Said> {
        match self.open.last_mut()? {
            Open::Object { .. } => None,
            Open::Pair { first, next } => {
                let said = std::mem::take(next);
                if std::mem::take(first) {
                    *next = Given::by_name(text).map_or(Said::Nothing, Said::Given);
                }
                Some(said)
            }
            Open::List { line, next, .. } => {
                let mut said = std::mem::take(next);
                match line.says(text.as_bytes()) {
                    Some(Says::Next(given)) => *next = Said::Given(given),
                    Some(Says::Here(skip, given)) => said = Said::Rest(skip, given),
                    None => {}
                }
                line.word(text.as_bytes());
                Some(said)
            }
        }
    }

    /// What the key of a member says of its value.
    fn key(&mut self, raw: &str, behind: &Tokens<'t>) -> Said {
        let (Meaning::Plain(raw), Some(Open::Object { members, around, .. })) =
            (Meaning::of(raw), self.open.last_mut())
        else {
            return Said::Nothing;
        };
        let key = unescape(raw);
        let mut around = || *around.get_or_insert_with(|| look_around(members.clone()));
        if ends_in(&key, &["value", "val", "v", "default"]) {
            around().name.map_or(Said::Nothing, Said::Given)
        } else if ends_in(&key, &["args", "argv", "arguments"]) {
            Said::Arguments(around().program)
        } else {
            said_of_all(&key, behind)
        }
    }
}

/// What a name says of the list or object that it is given to, if it is one.
fn said_of_all(name: &str, value: &Tokens<'_>) -> Said {
    if !matches!(value.clone().peek(), Some(b'[' | b'{')) {
        return Said::Nothing;
    }
    if ends_in(name, &["scripts", "commands", "aliases"]) {
        return Said::Commands;
    }
    let of_pairs =
        ["headers", "env", "environ", "environment", "vars", "variables", "params", "parameters"];
    let more = ["query", "form", "cookies", "settings", "config", "options", "fields"];
    if ends_in(name, &of_pairs) || ends_in(name, &more) { Said::Pairs } else { Said::Nothing }
}

/// Looks through the members of an object, none of them twice.
fn look_around(mut members: Tokens<'_>) -> Around {
    let mut around = Around { name: None, program: Line::default() };
    while let Some(Token::Key(raw)) = members.next() {
        let key = unescape(raw);
        let names = ["name", "key", "k", "id", "variable", "var", "field", "param", "header"];
        let programs = ["command", "cmd", "program", "executable", "exe", "binary", "entrypoint"];
        let is_name = ends_in(&key, &names);
        let is_program = ends_in(&key, &programs);
        let value = Tokens::new(members.skip_value());
        if !is_name && !is_program {
            continue;
        }
        // A name is a text; a program may be a list of words too.
        for (place, token) in value.enumerate() {
            match token {
                Token::Text(raw) if is_program || place == 0 => {
                    let Meaning::Plain(raw) = Meaning::of(raw) else { continue };
                    let text = unescape(raw);
                    if is_program {
                        let words = text.split_ascii_whitespace();
                        words.for_each(|word| around.program.word(word.as_bytes()));
                    } else {
                        around.name = around.name.or(Given::by_name(&text));
                    }
                }
                Token::OpenObject => break,
                _ => {}
            }
        }
    }
    around
}

/// Whether a key is one of these words, or ends in one: `ParameterValue`, `option_name`.
fn ends_in(key: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        let Some((before, end)) =
            key.len().checked_sub(word.len()).and_then(|at| key.split_at_checked(at))
        else {
            return false;
        };
        let begins = before.is_empty()
            || before.ends_with(['_', '-', '.'])
            || (end.starts_with(|c: char| c.is_ascii_uppercase())
                && before.ends_with(|c: char| c.is_ascii_lowercase()));
        begins && end.eq_ignore_ascii_case(word)
    })
}
