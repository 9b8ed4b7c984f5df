//! Where on the screen everything of a prompt stands.

use std::time::Duration;

use tokio::time::Instant;
use unicode_width::UnicodeWidthStr as _;

use super::card::LEAST_COLUMNS;
use super::prompt::{Prompt, Stage};
use super::screen::{Frame, Look, Row};
use crate::model::{Choice, Risk};

/// Rows around the facts: title, where one is, message, question, answer.
const AROUND: u16 = 5;
/// The lowest window a request is shown in.
const LEAST_ROWS: u16 = AROUND + 5;

/// What stands beside the request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// Whom the terminal takes the person to be.
    pub(super) who: &'a str,
    /// How many requests wait for this terminal, this one included.
    pub(super) waiting: usize,
}

/// Rows for the facts in a window; `None`: it is too small to show a request.
pub(super) fn height((columns, rows): (u16, u16)) -> Option<usize> {
    (columns >= LEAST_COLUMNS && rows >= LEAST_ROWS).then(|| usize::from(rows - AROUND))
}

/// The screen of a window that is too small.
pub(super) fn too_small((_, rows): (u16, u16)) -> Frame {
    let mut lines = vec![Row::new(Look::Bold, "guardrail asks:")];
    lines.push(Row::new(Look::Plain, "make this window larger"));
    lines.push(Row::new(Look::Plain, format!("{LEAST_COLUMNS} x {LEAST_ROWS} at least")));
    lines.resize(usize::from(rows).max(1), Row::new(Look::Plain, ""));
    lines.truncate(usize::from(rows).max(1));
    Frame { rows: lines }
}

/// The screen of a prompt.
pub(super) fn frame(prompt: &mut Prompt, around: Around<'_>, columns: u16, now: Instant) -> Frame {
    let attentive = prompt.tell(now);
    let columns = usize::from(columns);
    let mut rows = vec![title(prompt, around, columns)];
    rows.extend(prompt.sheet.window().map(|line| Row::new(Look::Plain, line)));
    rows.resize(prompt.sheet.height() + 1, Row::new(Look::Plain, ""));
    rows.push(Row::new(Look::Plain, position(prompt, columns)));
    rows.push(Row::new(Look::Bold, prompt.message.clone().unwrap_or_default()));
    let (question, answer) = ask(prompt, attentive, columns);
    rows.push(Row::new(Look::Bold, question));
    rows.push(Row::new(Look::Plain, format!("> {answer}")));
    Frame { rows }
}

fn title(prompt: &Prompt, around: Around<'_>, columns: usize) -> Row {
    let left = format!(" {}, then refused ", countdown(prompt.left));
    let mut text = format!(" guardrail asks {}", around.who);
    if around.waiting > 1 {
        text.push_str(&format!(" · 1 of {} waiting", around.waiting));
    }
    // The time is never pushed out of sight.
    let room = columns.saturating_sub(left.width());
    while text.width() > room {
        text.pop();
    }
    let gap = room - text.width();
    Row::new(Look::Reverse, format!("{text}{}{left}", " ".repeat(gap)))
}

/// A line, and where in the sheet one is.
fn position(prompt: &Prompt, columns: usize) -> String {
    let mut text = String::from("──");
    if let Some((first, last)) = prompt.sheet.part() {
        let total = prompt.sheet.len();
        let more = if last < total { ", space shows more" } else { "" };
        text.push_str(&format!(" {first} to {last} of {total} lines{more} ──"));
    }
    let gap = columns.saturating_sub(text.width());
    text.push_str(&"─".repeat(gap));
    text
}

/// The question, and what of its answer is typed already.
fn ask(prompt: &Prompt, attentive: bool, columns: usize) -> (String, String) {
    let action = prompt.request().intent().action();
    let question = match &prompt.stage {
        Stage::Busy => "one moment: this is being put on record".to_owned(),
        _ if !attentive => "one moment: read first, keys do not count yet".to_owned(),
        Stage::Choose => choices(prompt),
        Stage::Reason(Choice::Deny) if prompt.reason_required(Choice::Deny) => {
            "Why not? A reason, then Enter denies. Esc goes back.".to_owned()
        }
        Stage::Reason(Choice::Deny) => {
            "Why not? A reason or none, then Enter denies. Esc goes back.".to_owned()
        }
        Stage::Reason(Choice::Approve) => {
            "The policy asks why you approve. Enter goes on, Esc goes back.".to_owned()
        }
        Stage::Comment => "What do you want to say? Enter sends, Esc goes back.".to_owned(),
        Stage::Confirm { word: None, .. } => format!("Enter approves {action}, Esc goes back."),
        Stage::Confirm { word: Some(word), .. } => {
            let risk = if prompt.risk() == Risk::Critical { "CRITICAL" } else { "HIGH" };
            format!("Type  {word}  and Enter to approve. {risk} risk: {action}. Esc goes back.")
        }
    };
    (question, prompt.editor.shown(columns.saturating_sub(4)))
}

fn choices(prompt: &Prompt) -> String {
    let open = if prompt.is_opened() { "o brief" } else { "o open all" };
    if prompt.is_whole() {
        format!("y approve  n deny  {open}  c comment  ^C leave")
    } else if prompt.is_brief_enough() {
        format!("space more, then y  n deny  {open}  c comment  ^C leave")
    } else {
        "o open all, then y  n deny  c comment  ^C leave".to_owned()
    }
}

/// `14:59 left`, `1:00:00 left`.
fn countdown(left: Duration) -> String {
    // The last second is one, too: zero is when it is over.
    let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02} left")
    } else {
        format!("{minutes}:{seconds:02} left")
    }
}
