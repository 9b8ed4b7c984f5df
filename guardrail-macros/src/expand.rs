//! From the arguments and the item to the guarded function.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;

use crate::args::Args;
use crate::errors::Errors;
use crate::future::{Future, Shape};
use crate::guard::guard;
use crate::item::{Function, braces};
use crate::neighbours;
use crate::signature::Parameters;

/// Method names that say nothing about the action: a trait chose them, not the user.
const NAMELESS: &[&str] = &["call", "execute", "handle", "invoke", "run"];

/// Expands one use of the attribute.
///
/// With a mistake, the item is emitted as it was beside the errors: what calls it still compiles, and
/// an editor still completes in it.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = Args::parse(args, &mut errors);
    let mut function = match Function::parse(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            errors.add(error);
            let errors = errors.into_compile_errors();
            return quote!(#errors #item);
        }
    };
    match guarded(&args, &function, &mut errors) {
        Some(guarded) if errors.is_empty() => guarded,
        _ => {
            function.attributes.retain(|attribute| !neighbours::is_ours(attribute));
            let errors = errors.into_compile_errors();
            quote!(#errors #function)
        }
    }
}

/// The guarded function, unless a mistake leaves nothing to write.
fn guarded(args: &Args, function: &Function, errors: &mut Errors) -> Option<TokenStream> {
    neighbours::check(function, errors);
    let ident = &function.signature.ident;
    let parameters = Parameters::of(function, errors);
    args.check_against(ident, &parameters.list, errors);
    check_name(args, ident, &parameters, errors);
    let future = Future::of(function, errors)?;
    check_refusal(args, ident, &future, errors);

    let site = Span::mixed_site();
    let guard = guard(args, function, &future, &parameters)?;

    let inner = &function.body.attributes;
    let body = match future.shape {
        Shape::Async => quote!(#inner #guard),
        Shape::Opaque => quote_spanned! {site=>
            #inner
            #[allow(clippy::implicit_return)]
            async move { #guard }
        },
        Shape::Boxed => quote_spanned! {site=>
            #inner
            #[allow(clippy::implicit_return)]
            ::std::boxed::Box::pin(async move { #guard })
        },
    };
    let block = braces(body, function.body.span);
    let Function { attributes, visibility, signature, .. } = function;
    // The lint would have the user write `async fn`, which is what they chose not to write.
    let manual = matches!(future.shape, Shape::Opaque)
        .then(|| quote_spanned!(site=> #[allow(clippy::manual_async_fn)]));
    Some(quote!(#(#attributes)* #manual #visibility #signature #block))
}

/// The action needs a name that reviewers and policies understand.
fn check_name(args: &Args, ident: &Ident, parameters: &Parameters, errors: &mut Errors) {
    if args.name.is_some() {
        return;
    }
    let name = ident.unraw().to_string();
    let is_method = parameters.list.first().is_some_and(|first| first.is_receiver);
    if is_method && NAMELESS.contains(&name.as_str()) {
        errors.at(
            ident.span(),
            format!(
                "`{name}` does not tell a reviewer what will happen: add `name = \"..\"`, or an \
                 expression such as `name = Self::NAME`"
            ),
        );
    } else if !name.is_ascii() {
        errors.at(
            ident.span(),
            format!("policies cannot spell `{name}`: add `name = \"..\"` in ASCII"),
        );
    }
}

/// A refusal needs a return type that can carry it.
fn check_refusal(args: &Args, ident: &Ident, future: &Future, errors: &mut Errors) {
    let Some(ty) = future.cannot_refuse.filter(|_| args.on_deny.is_none()) else { return };
    errors.at(
        future.span,
        format!(
            "`{ident}` returns `{ty}`, which cannot say that the call was refused: return \
             `Result<_, E>` where `E: From<guardrail::Error>`, or add `on_deny = path` to a function \
             that makes the value to return instead"
        ),
    );
}
