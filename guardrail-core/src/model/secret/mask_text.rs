//! Takes credentials out of prose: reasons, summaries, previews, error texts.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::credential::credentials;

/// The same text with every credential replaced by `[masked KIND, N bytes]`. Linear in the length
/// of `text`; borrows it where there is none.
#[must_use]
pub fn mask_text(text: &str) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut end = 0;
    for credential in credentials(text) {
        masked.push_str(text.get(end..credential.start).unwrap_or_default());
        // Writing to a `String` cannot fail.
        let bytes = credential.end - credential.start;
        let _ = write!(masked, "[masked {}, {bytes} bytes]", credential.kind);
        end = credential.end;
    }
    if end == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(end..).unwrap_or_default());
    Cow::Owned(masked)
}
