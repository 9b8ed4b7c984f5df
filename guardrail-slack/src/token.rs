//! What buttons and modals carry, so that a click says what it is about: request, digest, nonce.

use guardrail_core::model::{Digest, Nonce, RequestId};

/// The button that approves. Names of buttons and modals are the same in every version.
pub(crate) const APPROVE: &str = "guardrail.approve";
/// The button that opens the modal for a denial, and that modal.
pub(crate) const DENY: &str = "guardrail.deny";
/// The button that opens everything, and that modal.
pub(crate) const REVIEW: &str = "guardrail.review";
/// The input for a reason, block and element alike.
pub(crate) const REASON: &str = "guardrail.reason";
/// The input for the word that approves what is risky, block and element alike.
pub(crate) const WORD: &str = "guardrail.word";

/// Which request, which digest of it, and the nonce it was shown with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) request: RequestId,
    pub(crate) digest: Digest,
    pub(crate) nonce: Nonce,
}

impl Token {
    /// As text, for the button that carries it: 134 characters. Nothing else may print it.
    pub(crate) fn expose(&self) -> String {
        format!("{} {} {}", self.request, self.digest, self.nonce.expose())
    }

    /// Reads exactly what [`Token::expose`] writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let (request, digest, nonce) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Some(Self {
            request: RequestId::parse(request).ok()?,
            digest: Digest::parse(digest).ok()?,
            nonce: Nonce::parse(nonce).ok()?,
        })
    }
}

/// One page of those that show a whole request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// From 1.
    pub(crate) number: usize,
    /// How many there are.
    pub(crate) of: usize,
}

impl Page {
    /// The only page.
    pub(crate) const ONLY: Self = Self { number: 1, of: 1 };

    /// The page after this one.
    pub(crate) const fn next(self) -> Option<Self> {
        if self.is_last() { None } else { Some(Self { number: self.number + 1, of: self.of }) }
    }

    /// Whether none follows.
    pub(crate) const fn is_last(self) -> bool {
        self.number >= self.of
    }

    /// As text: `2/3`.
    pub(crate) fn text(self) -> String {
        format!("{}/{}", self.number, self.of)
    }

    /// Reads exactly what [`Page::text`] writes, of 1 to 99 pages.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (number, of) = text.split_once('/')?;
        let read = |text: &str| text.parse::<usize>().ok().filter(|n| (1..=99).contains(n));
        let page = Self { number: read(number)?, of: read(of)? };
        (page.number <= page.of && page.text() == text).then_some(page)
    }
}

/// What a modal carries: the token it was opened with, and which page it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) token: Token,
    pub(crate) page: Page,
}

impl Carried {
    /// As text, for a modal's private metadata: at most 140 characters.
    pub(crate) fn expose(&self) -> String {
        format!("{} {}", self.token.expose(), self.page.text())
    }

    /// Reads exactly what [`Carried::expose`] writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (token, page) = text.rsplit_once(' ')?;
        Some(Self { token: Token::parse(token)?, page: Page::parse(page)? })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn token() -> Token {
        Token {
            request: RequestId::parse("01996b2c-4e10-7abc-8def-0123456789ab").unwrap(),
            digest: Digest::of(b"intent"),
            nonce: Nonce::parse("000102030405060708090a0b0c0d0e0f").unwrap(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let text = token().expose();
        assert_eq!(text.len(), 134);
        assert_eq!(Token::parse(&text), Some(token()));
        let carried = Carried { token: token(), page: Page { number: 2, of: 12 } };
        assert_eq!(Carried::parse(&carried.expose()), Some(carried));
    }

    #[test]
    fn nothing_else_is_read() {
        let text = token().expose();
        for other in [
            String::new(),
            text.to_uppercase(),
            format!("{text} "),
            format!(" {text}"),
            format!("{text} x"),
            text.replace(' ', "  "),
            text.replace("01996b2c", "{1996b2c"),
        ] {
            assert_eq!(Token::parse(&other), None, "{other}");
        }
        for page in ["0/1", "2/1", "1/100", "+1/2", "01/2", "1/", "/", "1/2/3", "１/２"] {
            assert_eq!(Page::parse(page), None, "{page}");
        }
    }
}
