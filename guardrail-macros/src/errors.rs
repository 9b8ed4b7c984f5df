//! The mistakes found in one use of the attribute, all of them reported together.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};

/// Collects mistakes, so that a user mends all of them in one round.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Adds a mistake at a token.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.0.push(syn::Error::new(span, message));
    }

    /// Adds what the parser said.
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One `compile_error!` a mistake.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.0.into_iter().map(syn::Error::into_compile_error).collect()
    }
}

/// "`wrong`, did you mean `right`? " when one of `known` is close to `wrong`, else "`wrong`".
pub(crate) fn with_nearest(wrong: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|word| (distance(wrong, word), *word))
        .filter(|(distance, word)| *distance <= 1 + word.chars().count() / 4)
        .min();
    match near {
        Some((_, word)) => format!("`{wrong}` (did you mean `{word}`?)"),
        None => format!("`{wrong}`"),
    }
}

/// The Levenshtein distance: how many letters to add, drop or change.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, left) in from.chars().enumerate() {
        let mut next = vec![index + 1];
        for ((right, above), diagonal) in to.iter().zip(row.iter().skip(1)).zip(&row) {
            let before = next.last().copied().unwrap_or_default();
            let change = diagonal + usize::from(left != *right);
            next.push(change.min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
