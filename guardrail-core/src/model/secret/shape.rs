//! A credential in a text, and what its shape is told by.

/// A credential in a text, as byte places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What it is, for people: "GitHub token".
    pub(crate) kind: &'static str,
}

/// Bytes from `at` on for which `belongs` holds.
pub(super) fn run(bytes: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

/// True if `word` stands at `at`.
pub(super) fn stands(bytes: &[u8], at: usize, word: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(word))
}
