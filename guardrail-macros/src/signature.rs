//! The values a call brings along: every name its parameters bind.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Attribute, FieldPat, FnArg, Ident, Pat, PatType, Type};

use crate::errors::Errors;
use crate::item::Function;

/// One name that the body can use, and that an approval therefore shows.
pub(crate) struct Parameter {
    /// As people read it: without `r#`.
    pub(crate) name: String,
    pub(crate) ident: Ident,
    /// The `#[cfg]`s under which it exists.
    pub(crate) cfg: Vec<TokenStream>,
    /// `self` is where the call happens, not what it was given: it is named, and shown on request.
    pub(crate) is_receiver: bool,
    /// It is bound by value, and may be large: see [`crate::capture::Capture::moved`].
    pub(crate) is_by_value: bool,
}

/// What the signature binds.
#[derive(Default)]
pub(crate) struct Parameters {
    pub(crate) list: Vec<Parameter>,
    /// Statements that bind the user's names again, where another macro renamed a parameter.
    pub(crate) rebind: Vec<TokenStream>,
}

impl Parameters {
    /// Reads the signature, and the top of the body for the names `#[async_trait]` moved there.
    pub(crate) fn of(function: &Function, errors: &mut Errors) -> Self {
        let mut parameters = Self::default();
        for input in &function.signature.inputs {
            match input {
                FnArg::Receiver(receiver) => parameters.list.push(Parameter {
                    name: "self".to_owned(),
                    ident: Ident::new("self", receiver.self_token.span),
                    cfg: cfg(&receiver.attrs),
                    is_receiver: true,
                    is_by_value: false,
                }),
                FnArg::Typed(typed) => parameters.typed(typed, function, errors),
            }
        }
        parameters
    }

    fn typed(&mut self, typed: &PatType, function: &Function, errors: &mut Errors) {
        let cfg = cfg(&typed.attrs);
        // In an `async fn` no other macro has moved anything yet.
        if function.signature.asyncness.is_none()
            && let Pat::Ident(pat) = &*typed.pat
            && is_positional(&pat.ident)
            && let Some(moved) = moved(&function.body.statements, &pat.ident)
        {
            if let Moved::To(pattern) = moved {
                self.moved(&pat.ident, pattern, &cfg, errors);
            }
            return;
        }
        let before = self.list.len();
        self.bindings(&typed.pat, &cfg, errors);
        if is_small(&typed.ty) {
            self.list.iter_mut().skip(before).for_each(|parameter| parameter.is_by_value = false);
        }
    }

    /// Takes a parameter apart by reference, the way the body takes it apart by value.
    fn moved(
        &mut self,
        ident: &Ident,
        pattern: TokenStream,
        cfg: &[TokenStream],
        errors: &mut Errors,
    ) {
        let site = Span::mixed_site();
        if let Some(pattern) = by_reference(pattern.clone())
            && let Ok(pat) = Pat::parse_multi.parse2(pattern.clone())
        {
            self.bindings(&pat, cfg, errors);
            self.rebind.push(quote_spanned!(site=> #(#cfg)* #[allow(unused_variables, clippy::pattern_type_mismatch)] let #pattern = &#ident;));
        } else {
            errors.at(
                pattern.span(),
                "this pattern cannot be taken apart twice: give the parameter a plain name and \
                 take it apart in the body",
            );
        }
    }

    /// Every name a pattern binds.
    fn bindings(&mut self, pat: &Pat, cfg: &[TokenStream], errors: &mut Errors) {
        match pat {
            Pat::Ident(pat) => {
                self.list.push(Parameter {
                    name: pat.ident.unraw().to_string(),
                    ident: pat.ident.clone(),
                    cfg: cfg.iter().cloned().chain(self::cfg(&pat.attrs)).collect(),
                    is_receiver: false,
                    is_by_value: pat.mutability.is_none() && pat.by_ref.is_none(),
                });
                if let Some((_, pat)) = &pat.subpat {
                    self.bindings(pat, cfg, errors);
                }
            }
            Pat::Reference(pat) => self.bindings(&pat.pat, cfg, errors),
            Pat::Paren(pat) => self.bindings(&pat.pat, cfg, errors),
            Pat::Type(pat) => self.bindings(&pat.pat, cfg, errors),
            Pat::Struct(pat) => {
                for FieldPat { attrs, pat, .. } in &pat.fields {
                    let cfg: Vec<_> = cfg.iter().cloned().chain(self::cfg(attrs)).collect();
                    self.bindings(pat, &cfg, errors);
                }
            }
            Pat::Tuple(pat) => pat.elems.iter().for_each(|pat| self.bindings(pat, cfg, errors)),
            Pat::TupleStruct(pat) => {
                pat.elems.iter().for_each(|pat| self.bindings(pat, cfg, errors))
            }
            Pat::Slice(pat) => pat.elems.iter().for_each(|pat| self.bindings(pat, cfg, errors)),
            // Every case binds the same names.
            Pat::Or(pat) => {
                pat.cases.iter().take(1).for_each(|pat| self.bindings(pat, cfg, errors))
            }
            // These bind nothing the body could use.
            Pat::Wild(_)
            | Pat::Rest(_)
            | Pat::Path(_)
            | Pat::Lit(_)
            | Pat::Range(_)
            | Pat::Const(_) => {}
            _ => errors.at(
                pat.span(),
                "what this pattern binds cannot be seen here, so it could not be shown to \
                 reviewers: give the parameter a plain name",
            ),
        }
    }
}

/// Whether a value of this type is no larger than a slice.
fn is_small(ty: &Type) -> bool {
    const SMALL: &[&str] = &[
        "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
        "i128", "isize", "f32", "f64",
    ];
    match ty {
        Type::Reference(_) | Type::Ptr(_) => true,
        Type::Path(path) => {
            path.path.get_ident().is_some_and(|name| SMALL.iter().any(|small| name == small))
        }
        _ => false,
    }
}

/// What became of a parameter that `#[async_trait]` calls `__arg1`.
enum Moved {
    /// `_`: the body has no name for it.
    Nowhere,
    /// `let (a, b) = { let __arg1 = __arg1; __arg1 };`
    To(TokenStream),
}

fn is_positional(ident: &Ident) -> bool {
    let name = ident.to_string();
    let digits = name.strip_prefix("__arg").unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Finds where the body takes a positional parameter apart.
fn moved(tokens: &TokenStream, ident: &Ident) -> Option<Moved> {
    let mut tokens = tokens.clone().into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "let" => {
                let mut ahead = tokens.clone();
                let pattern: Vec<TokenTree> =
                    ahead.by_ref().take_while(|token| !is_equals(token)).collect();
                let is_it =
                    |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == ident);
                match ahead.next() {
                    Some(value)
                        if is_it(&value) && matches!(pattern.as_slice(), [name] if is_it(name)) =>
                    {
                        return Some(Moved::Nowhere);
                    }
                    Some(TokenTree::Group(value))
                        if value.delimiter() == Delimiter::Brace
                            && value
                                .stream()
                                .into_iter()
                                .nth(1)
                                .is_some_and(|token| is_it(&token)) =>
                    {
                        return Some(Moved::To(pattern.into_iter().collect()));
                    }
                    _ => {}
                }
            }
            TokenTree::Group(group) => {
                if let Some(found) = moved(&group.stream(), ident) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

fn is_equals(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punctuation) if punctuation.as_char() == '=')
}

/// The pattern without `ref` and `mut`, or nothing where it looks through a reference: that has no
/// counterpart by reference.
fn by_reference(pattern: TokenStream) -> Option<TokenStream> {
    let mut tokens = TokenStream::new();
    for token in pattern {
        match token {
            TokenTree::Ident(word) if word == "ref" || word == "mut" => {}
            TokenTree::Punct(punctuation) if punctuation.as_char() == '&' => return None,
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), by_reference(group.stream())?);
                inner.set_span(group.span());
                tokens.append(inner);
            }
            other => tokens.append(other),
        }
    }
    Some(tokens)
}

fn cfg(attributes: &[Attribute]) -> Vec<TokenStream> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .map(ToTokens::to_token_stream)
        .collect()
}
