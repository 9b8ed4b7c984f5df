//! What stands in the parentheses of `#[requires_approval(..)]`.

mod check;
mod parse;
mod text;

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Expr, ExprPath, Ident, LitStr, Path};

use crate::errors::Errors;

pub(crate) use text::Text;
#[cfg(test)]
pub(crate) use text::placeholders;

/// The keys a user may write, in the order in which messages list them.
const KEYS: &[&str] = &[
    "policy",
    "name",
    "summary",
    "resource",
    "reason",
    "preview",
    "key",
    "skip",
    "skip_all",
    "fields",
    "debug",
    "redact",
    "err",
    "on_deny",
    "guardrail",
    "crate",
];

/// The arguments of one attribute. What was wrong in it is absent here and in the errors instead.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) policy: Option<LitStr>,
    pub(crate) name: Option<Text>,
    pub(crate) summary: Option<LitStr>,
    pub(crate) resource: Option<Text>,
    pub(crate) reason: Option<Text>,
    pub(crate) key: Option<Text>,
    pub(crate) preview: Option<ExprPath>,
    pub(crate) guardrail: Option<Expr>,
    pub(crate) err: Option<ExprPath>,
    pub(crate) on_deny: Option<ExprPath>,
    pub(crate) krate: Option<Path>,
    pub(crate) fields: Option<Vec<Field>>,
    pub(crate) skip: Option<Vec<Ident>>,
    pub(crate) debug: Option<Vec<Ident>>,
    pub(crate) redact: Option<Vec<Ident>>,
    pub(crate) skip_all: Option<Ident>,
}

/// `name = expression` in `fields(..)`.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) value: Expr,
}

/// How a value is captured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Serialize,
    Debug,
    Redact,
    Skip,
}

impl Args {
    /// Reads the arguments, each mistake into `errors`.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let args = parse::parse(tokens, errors);
        if args.policy.is_none() && errors.is_empty() {
            errors.at(
                Span::call_site(),
                "which policy decides? write `#[requires_approval(policy = \"prod-change\")]`, with \
                 a name from `guardrail.toml`",
            );
        }
        args.check_alone(errors);
        args
    }

    /// How the value of this name is captured, by what the user said about it.
    pub(crate) fn mode(&self, name: &str) -> Mode {
        let listed =
            |list: &Option<Vec<Ident>>| list.iter().flatten().any(|listed| listed.unraw() == name);
        if listed(&self.skip) {
            Mode::Skip
        } else if listed(&self.redact) {
            Mode::Redact
        } else if listed(&self.debug) {
            Mode::Debug
        } else if self.skip_all.is_some() && !self.is_field(name) {
            Mode::Skip
        } else {
            Mode::Serialize
        }
    }

    /// Whether a field of this name takes the place of the parameter.
    pub(crate) fn is_field(&self, name: &str) -> bool {
        self.fields.iter().flatten().any(|field| field.name.unraw() == name)
    }
}
