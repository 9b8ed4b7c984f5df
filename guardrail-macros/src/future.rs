//! How a function says that it is asynchronous, and what it then returns.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, PathSegment, ReturnType, Token,
    Type, TypeParamBound,
};

use crate::errors::Errors;
use crate::item::Function;

/// How the body becomes a future.
pub(crate) enum Shape {
    /// `async fn`.
    Async,
    /// `fn .. -> impl Future`.
    Opaque,
    /// `fn .. -> Pin<Box<dyn Future>>`: also what other macros make of an `async fn`.
    Boxed,
}

/// The future of a function.
pub(crate) struct Future {
    pub(crate) shape: Shape,
    /// What the body yields. `impl Trait` in it is `_`.
    pub(crate) output: TokenStream,
    /// Where the return type stands.
    pub(crate) span: Span,
    /// No type that could carry a refusal: `()`, or an opaque one.
    pub(crate) cannot_refuse: Option<&'static str>,
}

impl Future {
    /// Reads it off the signature, or says what to do about a synchronous function.
    pub(crate) fn of(function: &Function, errors: &mut Errors) -> Option<Self> {
        let signature = &function.signature;
        if let Some(constness) = &signature.constness {
            errors.at(
                constness.span,
                "a `const fn` cannot wait for people: remove `const` and make it an `async fn`",
            );
            return None;
        }
        if signature.asyncness.is_some() {
            return Some(match &signature.output {
                ReturnType::Default => Self::new(Shape::Async, None, signature.ident.span()),
                ReturnType::Type(_, ty) => Self::new(Shape::Async, Some(ty), Span::call_site()),
            });
        }
        if let ReturnType::Type(_, ty) = &signature.output
            && let Some((shape, output)) = future(ty)
        {
            return Some(Self::new(shape, Some(output), Span::call_site()));
        }
        let message = if function.body.mentions("block_on") {
            "this function is no longer async: put `#[requires_approval(..)]` above \
             `#[tokio::main]`, `#[tokio::test]` and their like, or guard an `async fn` that it calls"
        } else {
            "an approval waits for people, so the function must be async: write `async fn`, or \
             return `impl Future<Output = ..>` or `Pin<Box<dyn Future<Output = ..>>>`; a function \
             that must stay synchronous can call a guarded `async fn` with `block_on`"
        };
        errors.at(signature.fn_token.span, message);
        None
    }

    fn new(shape: Shape, output: Option<&Type>, fallback: Span) -> Self {
        let (output, cannot_refuse) = match output {
            None => (quote_spanned!(fallback=> ()), Some("()")),
            Some(ty) => (ty.to_token_stream(), cannot_refuse(ty)),
        };
        let span = output.clone().into_iter().next().map_or(fallback, |token| token.span());
        Self { shape, output: without_impl(output), span, cannot_refuse }
    }
}

/// The kind of future that a type is, and its output.
fn future(ty: &Type) -> Option<(Shape, &Type)> {
    match bare(ty) {
        Type::ImplTrait(ty) => output(&ty.bounds).map(|output| (Shape::Opaque, output)),
        Type::Path(ty) => {
            let last = ty.path.segments.last()?;
            if last.ident == "Pin" {
                let Type::Path(inner) = bare(first_type(last)?) else { return None };
                let inner = inner.path.segments.last().filter(|inner| inner.ident == "Box")?;
                let bounds = match bare(first_type(inner)?) {
                    Type::TraitObject(ty) => &ty.bounds,
                    Type::ImplTrait(ty) => &ty.bounds,
                    _ => return None,
                };
                return output(bounds).map(|output| (Shape::Boxed, output));
            }
            if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
                return first_type(last).map(|output| (Shape::Boxed, output));
            }
            None
        }
        _ => None,
    }
}

/// `T` of a bound `Future<Output = T>`.
fn output(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<&Type> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
        arguments(last)?.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(&assoc.ty),
            _ => None,
        })
    })
}

fn arguments(segment: &PathSegment) -> Option<&AngleBracketedGenericArguments> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments),
        _ => None,
    }
}

fn first_type(segment: &PathSegment) -> Option<&Type> {
    arguments(segment)?.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The type without parentheses and without the invisible groups of `macro_rules!`.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        ty => ty,
    }
}

fn cannot_refuse(ty: &Type) -> Option<&'static str> {
    match bare(ty) {
        Type::Tuple(tuple) if tuple.elems.is_empty() => Some("()"),
        Type::ImplTrait(_) => Some("impl Trait"),
        Type::Never(_) => Some("!"),
        _ => None,
    }
}

/// The type with `_` for each `impl Trait`, so that it may stand in an expression.
fn without_impl(ty: TokenStream) -> TokenStream {
    let mut erased = TokenStream::new();
    let mut tokens = ty.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "impl" => {
                let underscore = Token![_](word.span());
                erased.extend(quote!(#underscore));
                let mut depth = 0_usize;
                let mut arrow = false;
                while let Some(token) = tokens.next_if(|token| match token {
                    TokenTree::Punct(next) => {
                        depth > 0 || arrow || !matches!(next.as_char(), ',' | '>' | ';')
                    }
                    _ => true,
                }) {
                    if let TokenTree::Punct(next) = &token {
                        match next.as_char() {
                            '<' => depth += 1,
                            '>' if !arrow => depth = depth.saturating_sub(1),
                            _ => {}
                        }
                    }
                    arrow = matches!(&token, TokenTree::Punct(next) if next.as_char() == '-');
                }
            }
            TokenTree::Group(group) if group.delimiter() != Delimiter::Brace => {
                let mut inner = Group::new(group.delimiter(), without_impl(group.stream()));
                inner.set_span(group.span());
                erased.extend([TokenTree::Group(inner)]);
            }
            other => erased.extend([other]),
        }
    }
    erased
}
