//! Mistakes that are well-formed: names of nothing, contradictions, secrets in shown text.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{ExprPath, Ident, LitStr};

use super::text::{self, Text};
use super::{Args, Mode};
use crate::errors::{Errors, with_nearest};
use crate::signature::Parameter;

impl Args {
    /// The mistakes that can be seen without the function.
    pub(super) fn check_alone(&self, errors: &mut Errors) {
        if let Some(policy) = &self.policy {
            text::check_name(policy, "a policy name", errors);
        }
        if let Some(Text::Literal(name)) = &self.name {
            text::check_name(name, "an action name", errors);
        }
        if let (Some(_), Some(on_deny)) = (&self.err, &self.on_deny) {
            errors.at(
                span_of(on_deny),
                "`err` and `on_deny` both say what a refusal becomes: keep one (`err` makes the \
                 error of a `Result`, `on_deny` a whole return value)",
            );
        }
        if let (Some(_), Some(name)) = (&self.skip_all, self.skip.iter().flatten().next()) {
            errors.at(name.span(), "`skip_all` already skips every parameter: keep one of the two");
        }
        self.check_named_once(errors);
    }

    /// A name stands once in `skip`, `debug` and `redact` together, and once in `fields`.
    fn check_named_once(&self, errors: &mut Errors) {
        let mut seen: Vec<String> = Vec::new();
        for name in self.listed() {
            let text = name.unraw().to_string();
            if seen.contains(&text) {
                errors.at(
                    name.span(),
                    format!(
                        "`{text}` is listed twice: name it in one of `skip`, `debug`, `redact`"
                    ),
                );
            }
            seen.push(text);
        }
        let mut seen: Vec<String> = Vec::new();
        for field in self.fields.iter().flatten() {
            let text = field.name.unraw().to_string();
            if seen.contains(&text) {
                errors.at(field.name.span(), format!("the field `{text}` is given twice"));
            }
            if self.skip.iter().flatten().any(|name| name.unraw() == text) {
                errors.at(
                    field.name.span(),
                    format!(
                        "`{text}` is in `skip` and in `fields`: a field already takes the place of \
                         the parameter of its name, remove it from `skip`"
                    ),
                );
            }
            seen.push(text);
        }
    }

    /// The mistakes that need the parameters: names of none, and secrets in shown text.
    pub(crate) fn check_against(
        &self,
        function: &Ident,
        parameters: &[Parameter],
        errors: &mut Errors,
    ) {
        let names: Vec<String> = parameters
            .iter()
            .map(|parameter| parameter.name.clone())
            .chain(self.fields.iter().flatten().map(|field| field.name.unraw().to_string()))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for name in self.listed() {
            let text = name.unraw().to_string();
            if names.contains(&text.as_str()) {
                continue;
            }
            let known = match names.as_slice() {
                [] => "it has none".to_owned(),
                names => format!("it has `{}`", names.join("`, `")),
            };
            errors.at(
                name.span(),
                format!(
                    "no parameter of `{function}` is called {}: {known}",
                    with_nearest(&text, &names)
                ),
            );
        }
        let shown = [&self.name, &self.resource, &self.reason, &self.key];
        let shown = shown.into_iter().flatten().filter_map(Text::literal).chain(&self.summary);
        for literal in shown {
            self.check_shown(literal, errors);
        }
    }

    /// A format literal names what it shows, and shows no secret.
    fn check_shown(&self, literal: &LitStr, errors: &mut Errors) {
        for shown in text::placeholders(&literal.value()) {
            if shown.is_empty() || shown.bytes().all(|byte| byte.is_ascii_digit()) {
                errors.at(
                    literal.span(),
                    "`{}` stands for nothing here: name what it shows, as in `{plan}` or `{plan:?}` \
                     (`{{` is a brace)",
                );
            } else if shown.contains('.') {
                errors.at(
                    literal.span(),
                    format!(
                        "`{shown}` is more than a name, and a text names parameters, as in `{{plan}}`: \
                         make it a parameter of its own, or show it beside the text by \
                         `fields(name = {shown})`"
                    ),
                );
            } else if self.mode(&shown) == Mode::Redact {
                errors.at(
                    literal.span(),
                    format!(
                        "`{shown}` is redacted, and this text would show it: leave it out of the \
                         text, or out of `redact`"
                    ),
                );
            }
        }
    }

    /// Every name in `skip`, `debug` and `redact`.
    fn listed(&self) -> impl Iterator<Item = &Ident> {
        [&self.skip, &self.debug, &self.redact].into_iter().flatten().flatten()
    }
}

/// Where a path begins.
fn span_of(path: &ExprPath) -> Span {
    path.path.segments.first().map_or_else(Span::call_site, |segment| segment.ident.span())
}
