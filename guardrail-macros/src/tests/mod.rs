//! The expansion as plain text: golden files, and what becomes of mistakes.

mod each;
mod golden;
mod mistakes;
mod text;

use proc_macro2::TokenStream;

/// Expands an item with `#[requires_approval(args)]`, both as source text.
#[expect(clippy::unwrap_used, reason = "a test source that does not lex is a broken test")]
fn expand(args: &str, item: &str) -> TokenStream {
    crate::expand::expand(args.parse().unwrap(), item.parse().unwrap())
}
