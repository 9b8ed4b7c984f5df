//! The function under the attribute; its body is kept as tokens and never parsed.
//!
//! A body that is half typed must not take completion away in an editor, and parsing it would cost
//! more than the rest of the expansion.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
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
        let mut attributes = TokenStream::new();
        let mut tokens = tokens.into_iter();
        let mut rest = tokens.clone();
        while let [Some(TokenTree::Punct(hash)), Some(TokenTree::Punct(bang)), Some(group)] =
            [rest.next(), rest.next(), rest.next()]
            && hash.as_char() == '#'
            && bang.as_char() == '!'
        {
            attributes.extend(quote!(#hash #bang #group));
            tokens = rest.clone();
        }
        Self { attributes, statements: tokens.collect(), span }
    }

    /// The body as a nested block.
    ///
    /// It keeps the user's span, and with it the edition that says when its temporaries drop. A body
    /// of one expression gets ours instead: it has no locals, so nothing changes, and
    /// `unused_braces` would fire on the user's.
    pub(crate) fn block(&self) -> Group {
        let one_expression = !self.statements.clone().into_iter().any(
            |token| matches!(&token, TokenTree::Punct(punctuation) if punctuation.as_char() == ';'),
        );
        let span =
            if one_expression { self.span.resolved_at(Span::mixed_site()) } else { self.span };
        braces(self.statements.clone(), span)
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
        let Body { attributes: inner, statements, span } = body;
        let block = braces(quote!(#inner #statements), *span);
        tokens.extend(quote!(#(#attributes)* #visibility #signature #block));
    }
}
