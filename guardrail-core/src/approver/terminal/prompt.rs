//! The prompt as a person meets it: keys in, what they mean out. It knows no terminal.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::attention::Attention;
use super::card::Card;
use super::edit::Editor;
use super::keys::Key;
use super::sheet::{Go, Sheet};
use super::words;
use crate::clock::{Entropy, Timestamp};
use crate::model::{ApprovalRequest, Choice, Risk};

/// What a person decided to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    Vote { choice: Choice, reason: Option<String> },
    Comment(String),
    Leave,
}

/// What the prompt waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// A key that says what to do.
    Choose,
    /// The reason of a vote.
    Reason(Choice),
    /// A comment.
    Comment,
    /// The last word before an approval: one to type where there is one, and Enter.
    Confirm { reason: Option<String>, word: Option<&'static str> },
    /// What was decided is being put on record.
    Busy,
}

/// A prompt for one request.
#[derive(Debug)]
pub(super) struct Prompt {
    request: ApprovalRequest,
    entropy: Arc<dyn Entropy>,
    pub(super) stage: Stage,
    pub(super) editor: Editor,
    /// One line for the person: why something did not happen.
    pub(super) message: Option<String>,
    pub(super) sheet: Sheet,
    attention: Attention,
    /// What the person was last told: whether keys count, and whether it may be approved.
    told: (bool, bool),
    /// Whether the sheet holds everything, or the brief form.
    opened: bool,
    /// Whether the lines of the sheet hold every value entirely.
    sheet_whole: bool,
    /// Whether every value was on the screen entirely.
    whole: bool,
    columns: u16,
    /// How wide the lines of the sheet were laid out.
    width: usize,
    pub(super) left: Duration,
}

/// More keys at one time than a hand makes.
const HAND: usize = 3;

const PASTED: &str = "that came all at once, as pasted text does: type it";

impl Prompt {
    pub(super) fn new(request: ApprovalRequest, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            request,
            entropy,
            stage: Stage::Choose,
            editor: Editor::default(),
            message: None,
            sheet: Sheet::default(),
            attention: Attention::default(),
            told: (false, false),
            opened: false,
            sheet_whole: false,
            whole: false,
            columns: 0,
            width: 0,
            left: Duration::ZERO,
        }
    }

    pub(super) fn request(&self) -> &ApprovalRequest {
        &self.request
    }

    /// Something happened to the request; it still waits.
    pub(super) fn heard(&mut self, request: ApprovalRequest) {
        self.request = request;
    }

    pub(super) fn risk(&self) -> Risk {
        self.request.requirement().map_or(Risk::Critical, |requirement| requirement.risk())
    }

    pub(super) fn reason_required(&self, choice: Choice) -> bool {
        self.request.requirement().is_some_and(|r| r.reason_required(choice))
    }

    /// Whether every value was on the screen entirely: only then it may be approved.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether going through the lines of this form is enough to see every value.
    pub(super) fn is_brief_enough(&self) -> bool {
        self.sheet_whole
    }

    pub(super) fn is_opened(&self) -> bool {
        self.opened
    }

    /// Whether keys count now, for the screen that says so.
    pub(super) fn tell(&mut self, now: Instant) -> bool {
        self.told = (self.attention.is_caught(now), self.whole);
        self.told.0
    }

    /// Whether the screen says something else about what keys do than what holds now.
    pub(super) fn is_stale(&mut self, now: Instant) -> bool {
        (self.attention.is_caught(now), self.whole) != self.told
    }

    /// Lays the request out for a window, at this time of the log.
    pub(super) fn lay(&mut self, now: Timestamp, columns: u16, height: usize) {
        self.left = self.request.expires().since(now);
        let same = columns == self.columns && self.sheet.len() > 0;
        if same && height == self.sheet.height() && !Card::is_lively(self.sheet.len()) {
            return;
        }
        let card = if self.opened {
            Card::everything(&self.request, now, columns)
        } else {
            Card::brief(&self.request, now, columns, height)
        };
        // What was seen is known by its lines. Values that were cut, or were wrapped otherwise, stood on
        // others; and in brief a window of another height cuts otherwise.
        let same = same
            && (card.whole, card.width) == (self.sheet_whole, self.width)
            && (self.opened || height == self.sheet.height());
        (self.sheet_whole, self.width) = (card.whole, card.width);
        if same {
            self.sheet.refresh(card.lines, height);
        } else {
            self.sheet = Sheet::new(card.lines, height);
        }
        self.columns = columns;
    }

    /// It stands on the screen as it was laid out.
    pub(super) fn shown(&mut self, now: Instant) {
        self.attention.shown(now);
        self.sheet.shown();
        self.whole |= self.sheet_whole && self.sheet.is_seen();
    }

    /// Back to the choice, with something to say.
    pub(super) fn again(&mut self, message: impl Into<String>) {
        self.turn_to(Stage::Choose);
        self.message = Some(message.into());
    }

    /// The policy wants a reason with this vote.
    pub(super) fn ask_reason(&mut self, choice: Choice) {
        self.turn_to(Stage::Reason(choice));
    }

    /// Takes the keys that came at one time, and whether this prompt stood on the screen then;
    /// says what the person decided by them.
    pub(super) fn keys(&mut self, keys: &[Key], asked: bool, now: Instant) -> Option<Act> {
        if keys.contains(&Key::Leave) {
            return Some(Act::Leave);
        }
        if keys.is_empty() || self.stage == Stage::Busy {
            return None;
        }
        if !asked || !self.told.0 || !self.attention.is_caught(now) {
            self.attention.disturbed(now);
            return None;
        }
        self.message = None;
        match self.stage.clone() {
            Stage::Choose => self.choose(keys, now),
            Stage::Reason(_) | Stage::Comment => self.write(keys),
            Stage::Confirm { reason, word } => self.confirm(keys, reason, word, now),
            Stage::Busy => None,
        }
    }

    fn choose(&mut self, keys: &[Key], now: Instant) -> Option<Act> {
        if let Some(steps) = keys.iter().map(step).collect::<Option<Vec<Go>>>() {
            // A key that is held down may come several times at once.
            steps.into_iter().for_each(|go| self.sheet.go(go));
            return None;
        }
        let [key] = keys else {
            self.attention.disturbed(now);
            self.message = Some("several keys at once mean nothing here".to_owned());
            return None;
        };
        match key {
            Key::Char('y') if self.whole => self.approve(),
            Key::Char('y') => {
                self.message = Some(if self.is_brief_enough() {
                    "see all of it first: the space bar shows more".to_owned()
                } else {
                    "a value is cut here: press o, then space until the end".to_owned()
                });
            }
            Key::Char('n') => self.turn_to(Stage::Reason(Choice::Deny)),
            Key::Char('c') => self.turn_to(Stage::Comment),
            Key::Char('o') => {
                self.opened = !self.opened;
                // It is laid out, and seen, from the beginning.
                self.sheet = Sheet::default();
            }
            Key::Paste(_) => {
                self.attention.disturbed(now);
                self.message = Some("pasted text means nothing here".to_owned());
            }
            _ => {}
        }
        None
    }

    fn write(&mut self, keys: &[Key]) -> Option<Act> {
        if keys == [Key::Escape] {
            self.turn_to(Stage::Choose);
            return None;
        }
        if keys != [Key::Enter] {
            keys.iter().for_each(|key| self.editor.key(key));
            return None;
        }
        let text = self.editor.text().map(str::to_owned);
        match (self.stage.clone(), text) {
            (Stage::Comment, Some(text)) => {
                self.turn_to(Stage::Busy);
                Some(Act::Comment(text))
            }
            (Stage::Reason(choice), None) if self.reason_required(choice) => {
                self.message = Some("the policy asks for a reason with this vote".to_owned());
                None
            }
            (Stage::Reason(Choice::Approve), reason) => {
                self.ask_word(reason);
                None
            }
            (Stage::Reason(choice), reason) => {
                self.turn_to(Stage::Busy);
                Some(Act::Vote { choice, reason })
            }
            _ => {
                self.turn_to(Stage::Choose);
                None
            }
        }
    }

    fn confirm(
        &mut self,
        keys: &[Key],
        reason: Option<String>,
        word: Option<&'static str>,
        now: Instant,
    ) -> Option<Act> {
        if keys == [Key::Escape] {
            self.turn_to(Stage::Choose);
            return None;
        }
        // INVARIANT: Enter approves only if it came alone, after the word, typed by hand.
        if keys == [Key::Enter] {
            let typed = self.editor.text().map(str::to_ascii_lowercase);
            if typed.as_deref() == word {
                self.turn_to(Stage::Busy);
                return Some(Act::Vote { choice: Choice::Approve, reason });
            }
            self.message = Some("that is another word; here is a new one".to_owned());
            self.ask_word(reason);
            return None;
        }
        let by_hand =
            keys.len() <= HAND && !keys.iter().any(|key| matches!(key, Key::Paste(_) | Key::Enter));
        if by_hand && word.is_some() {
            keys.iter().for_each(|key| self.editor.key(key));
        } else if by_hand {
            self.again("nothing was approved: only Enter does that");
        } else {
            self.attention.disturbed(now);
            self.editor.clear();
            self.message = Some(PASTED.to_owned());
        }
        None
    }

    fn approve(&mut self) {
        if self.reason_required(Choice::Approve) {
            self.turn_to(Stage::Reason(Choice::Approve));
        } else {
            self.ask_word(None);
        }
    }

    fn ask_word(&mut self, reason: Option<String>) {
        let word = match self.risk() {
            Risk::Low | Risk::Medium => None,
            Risk::High | Risk::Critical => match words::pick(&*self.entropy) {
                Ok(word) => Some(word),
                Err(error) => return self.again(format!("there is no word to type: {error}")),
            },
        };
        self.turn_to(Stage::Confirm { reason, word });
    }

    fn turn_to(&mut self, stage: Stage) {
        self.stage = stage;
        self.editor.clear();
    }
}

/// Where a key goes in the sheet, if it does.
fn step(key: &Key) -> Option<Go> {
    Some(match key {
        Key::Up | Key::Char('k') => Go::Up,
        Key::Down | Key::Char('j') => Go::Down,
        Key::PageUp | Key::Char('b') => Go::PageUp,
        Key::PageDown | Key::Char(' ') => Go::PageDown,
        Key::Home | Key::Char('g') => Go::Home,
        Key::End | Key::Char('G') => Go::End,
        _ => return None,
    })
}
