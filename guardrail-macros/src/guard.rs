//! The statements of a guarded function: ask, and run the body once the call is approved.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{ExprPath, Ident};

use crate::args::Args;
use crate::capture::Capture;
use crate::future::{Future, Shape};
use crate::item::Function;
use crate::signature::Parameters;

/// What stands in the place of the body, unless no policy was given.
pub(crate) fn guard(
    args: &Args,
    function: &Function,
    future: &Future,
    parameters: &Parameters,
) -> Option<TokenStream> {
    let site = Span::mixed_site();
    let private = private(args);
    let capture = Capture::new(args, parameters, &private);
    let (seal, error) = (Ident::new("__seal", site), Ident::new("__error", site));
    let first = capture.first(args.policy.as_ref()?, &function.signature.ident);
    let second = capture.second(&seal);
    let refuse = refuse(args, future, &private, &error);
    let body = body(function, future);
    let guarded = guarded(args, &private, &error);
    let begun = quote_spanned! {site=>
        let (__call, #seal) = #first;
        #private::Body(__call, async move {
            if let ::core::result::Result::Err(#error) = #second {
                #refuse
            }
            #body
        })
    };
    let moved = match future.shape {
        Shape::Async => capture.moved(),
        // Here the arguments are captured by the future, not its locals.
        Shape::Opaque | Shape::Boxed => TokenStream::new(),
    };
    Some(quote_spanned! {site=>
        let __body = { #moved #begun };
        return #guarded.await;
    })
}

/// The hidden module that expanded code calls.
fn private(args: &Args) -> TokenStream {
    let site = Span::mixed_site();
    match &args.krate {
        Some(krate) => quote_spanned!(site=> #krate::__private),
        None => quote_spanned!(site=> ::guardrail::__private),
    }
}

/// The user's body, as an expression of the type it yields.
fn body(function: &Function, future: &Future) -> TokenStream {
    let block = function.body.block();
    let site = Span::mixed_site();
    match future.shape {
        Shape::Async => block.into_token_stream(),
        // The body up to its future is part of what is guarded. The closure gives `return` its place.
        Shape::Opaque => quote_spanned!(site=> (move || #block)().await),
        Shape::Boxed => {
            let output = &function.signature.output;
            quote_spanned!(site=> (move || #output #block)().await)
        }
    }
}

/// Returns the refusal. It is the first `return` of its block and fixes the type: mistakes in the
/// body are then reported in the body.
fn refuse(args: &Args, future: &Future, private: &TokenStream, error: &Ident) -> TokenStream {
    let site = Span::mixed_site();
    let output = &future.output;
    let refusal = if let Some(path) = &args.on_deny {
        call(path, error)
    } else if let Some(path) = &args.err {
        let call = call(path, error);
        quote_spanned!(site=> ::core::result::Result::Err(#call))
    } else {
        let span = future.span.resolved_at(site);
        return quote_spanned!(span=> return <#output as #private::FromRefusal>::from_refusal(#error););
    };
    quote_spanned!(site=> let __refused: #output = #refusal; return __refused;)
}

/// The future of the body behind its gate, told what its end means.
///
/// That an outcome is not on record takes the place of a success, never of a failure, and never goes
/// through `on_deny`: it is no refusal.
fn guarded(args: &Args, private: &TokenStream, error: &Ident) -> TokenStream {
    let site = Span::mixed_site();
    let unrecorded = if args.on_deny.is_some() {
        quote_spanned!(site=> |__out, _| __out)
    } else if let Some(path) = &args.err {
        let call = call(path, error);
        quote_spanned! {site=>
            |__out, #error| match __out {
                ::core::result::Result::Ok(_) => ::core::result::Result::Err(#call),
                __failed => __failed,
            }
        }
    } else {
        return quote_spanned!(site=> { use #private::GuardedAnyway as _; __body.guarded() });
    };
    quote_spanned! {site=>
        __body.guarded_by(
            |__out| {
                use #private::ProbeFallback as _;
                #private::Probe(__out).guardrail_ended_well()
            },
            #unrecorded,
        )
    }
}

/// Calls the user's function, so that what is wrong with it is reported at its path.
fn call(path: &ExprPath, error: &Ident) -> TokenStream {
    let span = path.span().resolved_at(Span::mixed_site());
    let error = Ident::new(&error.to_string(), span);
    quote_spanned!(span=> #path(#error))
}
