//! Writes canonical text as ordinary JSON, tagged numbers as numbers: for types that keep JSON.

use crate::model::canonical::error::ReadError;
use crate::model::canonical::escape::unescape;
use crate::model::canonical::tag::Meaning;
use crate::model::canonical::tokens::{Token, Tokens};

/// The same value as ordinary JSON.
///
/// # Errors
/// `Masked` where a part was masked.
pub(super) fn plain(canonical: &str) -> Result<String, ReadError> {
    let mut out = String::with_capacity(canonical.len());
    for token in Tokens::new(canonical) {
        let opens = out.is_empty() || out.ends_with(['[', '{', ':']);
        if !opens && !matches!(token, Token::CloseArray | Token::CloseObject) {
            out.push(',');
        }
        match token {
            Token::OpenArray => out.push('['),
            Token::CloseArray => out.push(']'),
            Token::OpenObject => out.push('{'),
            Token::CloseObject => out.push('}'),
            Token::Key(raw) => match Meaning::of(raw) {
                Meaning::Plain(raw) => out.extend(["\"", raw, "\":"]),
                _ => return Err(ReadError::Masked),
            },
            Token::Text(raw) => match Meaning::of(raw) {
                Meaning::Plain(raw) => out.extend(["\"", raw, "\""]),
                Meaning::Number(text) => out.push_str(text),
                Meaning::SomeNull(_) => out.push_str("null"),
                Meaning::Secret { .. } | Meaning::Mixed(_) => return Err(ReadError::Masked),
                // Sealed text holds no sealed text, so this goes one level deep.
                Meaning::Sealed(inner) => out.push_str(&plain(&unescape(inner))?),
            },
            Token::Number(text) => out.push_str(text),
            Token::Bool(true) => out.push_str("true"),
            Token::Bool(false) => out.push_str("false"),
            Token::Null => out.push_str("null"),
        }
    }
    Ok(out)
}
