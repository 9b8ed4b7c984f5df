//! The function under the attribute; its body is kept as tokens and never parsed.
//!
//! A body that is half typed must not take completion away in an editor, and parsing it would cost
//! more than the rest of the expansion.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{Abi, Attribute, Signature, Token, Visibility};

/// A function with a body.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
}

/// The braces of a function and what is in them.
pub(crate) struct Body {
    /// `#![..]` at its top; they go to the top of what we write.
    pub(crate) attributes: TokenStream,
    pub(crate) statements: TokenStream,
    pub(crate) span: Span,
    /// The tokens outside of all brackets in it.
    top: Vec<TokenTree>,
}

impl Function {
    /// Parses the item; the error names the way out when it is no function with a body.
    pub(crate) fn parse(tokens: TokenStream) -> syn::Result<Self> {
        Self::parse_stream.parse2(tokens)
    }

    fn parse_stream(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        refuse_other_items(input)?;
        let signature: Signature = input.parse()?;
        if input.peek(Token![;]) {
            return Err(input.error(
                "a method without a body has nothing to guard: put `#[requires_approval(..)]` on \
                 the method of each `impl`",
            ));
        }
        let body = input.step(|cursor| match cursor.group(Delimiter::Brace) {
            Some((inside, span, rest)) => Ok((Body::new(inside.token_stream(), span.join()), rest)),
            None => Err(cursor.error("expected the body of the function: `{ .. }`")),
        })?;
        Ok(Self { attributes, visibility, signature, body })
    }
}

impl Body {
    fn new(tokens: TokenStream, span: Span) -> Self {
        let top: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let mut attributes = TokenStream::new();
        let mut rest = top.as_slice();
        while let [TokenTree::Punct(hash), TokenTree::Punct(bang), group, after @ ..] = rest
            && hash.as_char() == '#'
            && bang.as_char() == '!'
        {
            attributes.extend(quote!(#hash #bang #group));
            rest = after;
        }
        // Only a body that has some is put together anew: that costs, and few have.
        let statements = match attributes.is_empty() {
            true => tokens,
            false => rest.iter().cloned().collect(),
        };
        Self { attributes, statements, span, top }
    }

    /// The body as a nested block, with the user's span: with it go their lints, and the edition
    /// that says when temporaries drop.
    ///
    /// On a body of one expression `unused_braces` would fire; an empty statement before it makes two.
    pub(crate) fn block(&self) -> Group {
        let Self { statements, span, .. } = self;
        let one_expression = !self.top.iter().any(
            |token| matches!(token, TokenTree::Punct(punctuation) if punctuation.as_char() == ';'),
        );
        let empty = one_expression.then(|| quote_spanned!(Span::mixed_site()=> {}));
        braces(quote!(#empty #statements), *span)
    }

    /// Whether a word of the body, outside of all brackets in it, is of this kind.
    pub(crate) fn has_at_top(&self, is: impl Fn(&Ident) -> bool) -> bool {
        self.top.iter().any(|token| matches!(token, TokenTree::Ident(ident) if is(ident)))
    }

    /// Whether the body uses this word anywhere.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        mentions(self.statements.clone(), word)
    }
}

/// A brace group with this span.
pub(crate) fn braces(tokens: TokenStream, span: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    group
}

/// Says where the attribute goes, at the keyword of an item that is no function.
fn refuse_other_items(input: ParseStream<'_>) -> syn::Result<()> {
    let ahead = input.fork();
    let _: Option<Token![const]> = ahead.parse()?;
    let _: Option<Token![async]> = ahead.parse()?;
    let _: Option<Token![unsafe]> = ahead.parse()?;
    let _: Option<Abi> = ahead.parse()?;
    if ahead.peek(Token![fn]) {
        return Ok(());
    }
    Err(if ahead.peek(Token![impl]) || ahead.peek(Token![trait]) {
        ahead.error(
            "`#[requires_approval(..)]` guards one function: put it on each method that acts, \
             inside the block",
        )
    } else {
        input.error(
            "`#[requires_approval(..)]` guards a function: put it on the `async fn` that acts",
        )
    })
}

/// Whether the tokens, or a group in them, use this word.
fn mentions(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, signature, body } = self;
        let Body { attributes: inner, statements, span, .. } = body;
        let block = braces(quote!(#inner #statements), *span);
        tokens.extend(quote!(#(#attributes)* #visibility #signature #block));
    }
}
