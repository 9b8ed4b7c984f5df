//! Lengths of time as people write them: `90s`, `15m`, `2h`, `1d`.

use std::time::Duration;

use crate::policy::read::show::spelled;

/// Reads one whole number and one unit; the result lies between `least` and `most`.
pub(super) fn duration(text: &str, least: Duration, most: Duration) -> Result<Duration, String> {
    let form = || {
        let shown = spelled(text);
        format!(
            "`{shown}` is no length of time; write a whole number and a unit, like `90s`, `15m`, `2h` or `1d`"
        )
    };
    let bounds = || {
        let shown = spelled(text);
        format!("`{shown}` is out of bounds: at least {}, at most {}", humane(least), humane(most))
    };
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text.strip_prefix(digits) {
        Some("s") => 1,
        Some("m") => 60,
        Some("h") => 60 * 60,
        Some("d") => 24 * 60 * 60,
        _ => return Err(form()),
    };
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        let negative = digits.strip_prefix('-').is_some_and(|rest| rest.parse::<u128>().is_ok());
        return Err(if negative { bounds() } else { form() });
    }
    let seconds = digits.parse().ok().and_then(|number: u64| number.checked_mul(unit));
    let time = seconds.map(Duration::from_secs).filter(|time| (least..=most).contains(time));
    time.ok_or_else(bounds)
}

fn humane(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [(24 * 60 * 60, 'd'), (60 * 60, 'h'), (60, 'm')];
    let whole =
        units.into_iter().find(|(unit, _)| seconds.is_multiple_of(*unit) && seconds > *unit);
    let (unit, letter) = whole.unwrap_or((1, 's'));
    format!("`{}{letter}`", seconds / unit)
}
