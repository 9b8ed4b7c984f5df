//! The rules of safe text, written down a second time, and the way back from it.

/// Whether a reader would not see this code point for what it is.
pub(crate) fn hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..)
}

/// What may stand on no page, line breaks apart: the hidden, and blanks that are no space.
pub(crate) fn unsafe_char(c: char) -> bool {
    hidden(c) || (c.is_whitespace() && c != ' ')
}

/// The text that was shown like this; an error where a marker is none of ours.
pub(crate) fn decode(shown: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = shown;
    while let Some((before, marker)) = rest.split_once('⟨') {
        let (marker, after) = marker.split_once('⟩').ok_or("a marker does not end")?;
        text.push_str(before);
        text.push_str(&meaning(marker).ok_or_else(|| format!("⟨{marker}⟩ is no marker"))?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn meaning(marker: &str) -> Option<String> {
    if let Some(hex) = marker.strip_prefix("U+") {
        return char::from_u32(u32::from_str_radix(hex, 16).ok()?).map(String::from);
    }
    let (count, what) = marker.split_once(' ')?;
    let blank = match what {
        "spaces" => " ",
        "newlines" => "\n",
        _ => return None,
    };
    Some(blank.repeat(count.parse().ok()?))
}
