//! Lines that fit a terminal, so that it is not the terminal that breaks them.

use super::cut::columns;

/// Stands before what goes on of a line.
const ON: &str = "        ↳ ";
/// Least columns of a line. In fewer there is no room behind the sign.
const LEAST: usize = 16;

/// The text with no line longer than so many columns (16 at least). What is longer goes on behind `↳`, so that no part
/// of a text of somebody else reaches the first column, where it could pass for a line of ours.
///
/// ```
/// # use guardrail_core::view::within;
/// let line = format!("09:14:02  deploy-bot  {}09:16:11  guardrail  approved", "x".repeat(18));
/// let folded = format!("09:14:02  deploy-bot  {}\n        ↳ 09:16:11  guardrail  approved", "x".repeat(18));
/// assert_eq!(within(&line, 40), folded);
/// ```
#[must_use]
pub fn within(text: &str, width: usize) -> String {
    let (width, indent) = (width.max(LEAST), ON.chars().map(columns).sum::<usize>());
    let mut out = String::with_capacity(text.len());
    let mut used = 0;
    for c in text.chars() {
        if c == '\n' {
            used = 0;
        } else {
            let own = columns(c);
            if used + own > width {
                out.push('\n');
                out.push_str(ON);
                used = indent;
            }
            used += own;
        }
        out.push(c);
    }
    out
}
