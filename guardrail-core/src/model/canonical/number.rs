//! Numbers given as text: kept exactly, or refused.

use super::error::CaptureError;
use super::write::Writer;

/// Digits of the longest integer that is kept: 128 bits.
const DIGITS: usize = 39;

/// Writes the number that `text` spells. `text` must be a JSON number.
///
/// # Errors
/// `Inexact` for an integer beyond 128 bits, and for a float that is no 64-bit float to its last
/// digit: whoever keeps the text would work with another number than people saw.
pub(super) fn write(writer: &mut Writer, text: &str) -> Result<(), CaptureError> {
    let integer = !text.contains(['.', 'e', 'E']);
    // An integer has no negative zero; a reader that sees the sign reads a float.
    if integer && text != "-0" {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.len() > DIGITS {
            return Err(CaptureError::Inexact);
        }
        return if let Ok(value) = text.parse() {
            writer.unsigned(value)
        } else if let Ok(value) = text.parse() {
            writer.signed(value)
        } else {
            Err(CaptureError::Inexact)
        };
    }
    let Ok(value) = text.parse::<f64>() else { return Err(CaptureError::Inexact) };
    if !value.is_finite() {
        return Err(CaptureError::Inexact);
    }
    // Of some floats two decimals are equally short and equally near (1770003235483971.25 between
    // .2 and .3); the standard library and serde_json differ in which they write.
    let spelled = Decimal::of(text);
    let exact = spelled == Decimal::of(&format!("{value:?}"))
        || serde_json::to_string(&value).is_ok_and(|other| spelled == Decimal::of(&other));
    if exact { writer.f64(value) } else { Err(CaptureError::Inexact) }
}

/// A decimal number without the freedom of its spelling.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    /// Without zeros at either end.
    digits: String,
    /// Power of ten of the last digit; 0 for zero.
    exponent: i64,
}

impl Decimal {
    /// None if its exponent is beyond all reason; no float is.
    fn of(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: String = [whole, fraction].concat();
        let trimmed = all.trim_end_matches('0');
        let zeros = all.len() - trimmed.len();
        let digits = trimmed.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { negative, digits, exponent: 0 });
        }
        let exponent = exponent
            .parse::<i64>()
            .ok()?
            .checked_sub_unsigned(fraction.len() as u64)?
            .checked_add_unsigned(zeros as u64)?;
        Some(Self { negative, digits, exponent })
    }
}
