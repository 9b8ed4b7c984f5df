//! A value shown as text: a format literal such as `"db/{name}"`, or an expression.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, LitStr, Token};

use crate::errors::Errors;

/// Longest name of a policy or an action, in characters.
const NAME_MAX: usize = 128;

/// What a user wrote for `name`, `resource`, `reason` or `key`.
///
/// A string literal is a format string, as in `summary`: as plain text `key = "{id}"` would be one
/// key for all calls.
pub(crate) enum Text {
    Literal(LitStr),
    Expr(Expr),
}

impl Text {
    pub(crate) fn literal(&self) -> Option<&LitStr> {
        match self {
            Self::Literal(literal) => Some(literal),
            Self::Expr(_) => None,
        }
    }

    /// A reference to a `Display` value.
    pub(crate) fn display(&self) -> TokenStream {
        let site = Span::mixed_site();
        match self {
            Self::Literal(literal) => quote_spanned!(site=> &::core::format_args!(#literal)),
            Self::Expr(expr) => quote_spanned!(site=> &(#expr)),
        }
    }
}

impl Parse for Text {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        if ahead.parse::<LitStr>().is_ok() && (ahead.is_empty() || ahead.peek(Token![,])) {
            return input.parse().map(Self::Literal);
        }
        input.parse().map(Self::Expr)
    }
}

/// Refuses a name that a policy file could not spell.
pub(crate) fn check_name(name: &LitStr, what: &str, errors: &mut Errors) {
    let value = name.value();
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    if !(1..=NAME_MAX).contains(&value.len()) || !value.bytes().all(known) {
        errors.at(
            name.span(),
            format!(
                "{what} is 1 to {NAME_MAX} letters, digits, `.`, `_`, `:` or `-`, as in \
                 `prod-change`"
            ),
        );
    }
}

/// What a format literal shows: `plan` and `width` for `"{plan:>width$}"`, nothing for `{{`.
///
/// Whether the literal is a legal one is for `format_args!` to say.
pub(crate) fn placeholders(literal: &str) -> Vec<String> {
    let mut shown = Vec::new();
    let mut rest = literal;
    while let Some((_, inside)) = rest.split_once('{') {
        if let Some(after) = inside.strip_prefix('{') {
            rest = after;
            continue;
        }
        let Some((inside, after)) = inside.split_once('}') else { break };
        let (name, format) = inside.split_once(':').unwrap_or((inside, ""));
        shown.push(name.trim().to_owned());
        shown.extend(counts(format));
        rest = after;
    }
    shown
}

/// The parameters in `>width$.precision$`.
fn counts(format: &str) -> impl Iterator<Item = String> {
    let mut parts: Vec<&str> = format.split('$').collect();
    parts.pop();
    parts.into_iter().map(|part| {
        let word = |letter: char| letter == '_' || letter.is_alphanumeric();
        part.chars()
            .rev()
            .take_while(|letter| word(*letter))
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect()
    })
}
