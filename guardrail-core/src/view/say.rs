//! The words for states, risks, times and channels, once for every place that says them.

use std::time::Duration;

use super::cut::{Budget, columns, cut};
use super::style::Style;
use crate::clock::Timestamp;
use crate::model::{Risk, State};

/// Icon and words for a state. The word says everything; the icon helps to find it.
pub(super) fn state(state: State) -> (&'static str, &'static str) {
    match state {
        State::New => ("·", "new"),
        State::Pending => ("⏳", "waiting for approval"),
        State::Approved => ("✅", "approved, not started yet"),
        State::Started => ("▶", "approved, running"),
        State::Refused => ("⛔", "refused by policy"),
        State::Denied => ("⛔", "denied, will not run"),
        State::Expired => ("⌛", "expired: nobody decided in time, will not run"),
        State::Withdrawn => ("↩", "withdrawn: the call went away, will not run"),
        State::Lapsed => ("⌛", "lapsed: approved, but not started in time, will not run"),
        State::Completed => ("✔", "approved, completed"),
        State::Failed => ("✖", "approved, failed"),
        State::Aborted => ("⛔", "approved, but it did not begin"),
        State::Unknown => ("❓", "approved and started, nobody knows how it ended"),
        State::Resolved => ("🔎", "approved and started; a person has found out how it ended"),
    }
}

/// Icon and words for a risk.
pub(super) fn risk(risk: Risk) -> (&'static str, &'static str) {
    match risk {
        Risk::Low => ("○", "low"),
        Risk::Medium => ("◐", "medium"),
        Risk::High => ("▲", "high"),
        Risk::Critical => ("‼", "critical"),
    }
}

/// A point in time for people: `2026-09-21 09:14:02 UTC`.
pub(super) fn moment(time: Timestamp) -> String {
    format!("{} {} UTC", day(time), time.time_of_day())
}

/// The date: `2026-09-21`.
pub(super) fn day(time: Timestamp) -> String {
    let text = time.to_string();
    text.split_once('T').map_or_else(String::new, |(day, _)| day.to_owned())
}

/// A length of time for people, two units at most: `2 d 3 h`, `12 min 5 s`, `3.2 s`, `40 ms`.
pub(super) fn span(length: Duration) -> String {
    let seconds = length.as_secs();
    let two = |big: u64, unit: &str, small: u64, part: &str| match small {
        0 => format!("{big} {unit}"),
        _ => format!("{big} {unit} {small} {part}"),
    };
    match seconds {
        0 => format!("{} ms", length.as_millis()),
        1..10 if length.subsec_millis() >= 100 => {
            format!("{seconds}.{} s", length.subsec_millis() / 100)
        }
        1..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// Where someone spoke: `in Slack`, `on the web`.
pub(super) fn channel(name: &str) -> String {
    match name {
        "slack" => "in Slack".into(),
        "teams" => "in Teams".into(),
        "web" | "console" => "on the web".into(),
        "api" => "over the API".into(),
        "terminal" => "in the terminal".into(),
        other => {
            let name = cut(other, Style::LINE, &Budget::new(Budget::LEAST, columns));
            format!("in {}", name.text())
        }
    }
}
