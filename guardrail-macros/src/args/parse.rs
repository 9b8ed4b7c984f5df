//! Reads the arguments one by one; after a mistake it goes on behind the next comma.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, ExprPath, Ident, Lit, LitStr, Path, Token, parenthesized, token};

use super::{Args, Field, KEYS};
use crate::errors::{Errors, with_nearest};

/// Reads all arguments, each mistake into `errors`.
pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Args {
    let mut args = Args::default();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = argument(&mut args, input) {
                errors.add(error);
                skip_to_comma(input);
            }
            if !input.is_empty()
                && let Err(error) = input.parse::<Token![,]>()
            {
                errors.add(error);
                skip_to_comma(input);
            }
        }
        Ok(())
    };
    // What a mistake left unread in its parentheses is reported here again: one report is enough.
    if let Err(error) = parser.parse2(tokens)
        && errors.is_empty()
    {
        errors.add(error);
    }
    args
}

/// Reads one argument into its place.
fn argument(args: &mut Args, input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(Lit) {
        return Err(input.error("say what this is, as in `policy = \"prod-change\"`"));
    }
    let key = input.call(Ident::parse_any)?;
    match key.to_string().as_str() {
        "policy" => set(&mut args.policy, &key, literal(&key, "prod-change", input)?),
        "summary" => set(&mut args.summary, &key, literal(&key, "apply {plan}", input)?),
        "name" => set(&mut args.name, &key, value(&key, "\"terraform_apply\"", input)?),
        "resource" => set(&mut args.resource, &key, value(&key, "\"db/{name}\"", input)?),
        "reason" => set(&mut args.reason, &key, value(&key, "\"{reason}\"", input)?),
        "key" => set(&mut args.key, &key, value(&key, "\"{order_id}\"", input)?),
        "guardrail" => set(&mut args.guardrail, &key, value(&key, "self.guardrail", input)?),
        "preview" => set(&mut args.preview, &key, path(&key, "show_plan", input)?),
        "err" => set(&mut args.err, &key, path(&key, "MyError::Refused", input)?),
        "on_deny" => set(&mut args.on_deny, &key, path(&key, "refused", input)?),
        "crate" => {
            equals(&key, "::guardrail", input)?;
            let krate = input.call(Path::parse_mod_style).map_err(|error| {
                syn::Error::new(error.span(), "expected a path, as in `crate = ::guardrail`")
            })?;
            set(&mut args.krate, &key, krate)
        }
        "skip" => set(&mut args.skip, &key, names(&key, input)?),
        "debug" => set(&mut args.debug, &key, names(&key, input)?),
        "redact" => set(&mut args.redact, &key, names(&key, input)?),
        "fields" => set(&mut args.fields, &key, fields(&key, input)?),
        "skip_all" => {
            if !input.is_empty() && !input.peek(Token![,]) {
                return Err(input.error("`skip_all` takes no value"));
            }
            set(&mut args.skip_all, &key, key.clone())
        }
        "editable" => Err(syn::Error::new(
            key.span(),
            "`editable` is reserved until reviewers can change arguments: until then an approval \
             is for exactly the arguments of the call, remove it",
        )),
        other => Err(syn::Error::new(
            key.span(),
            format!(
                "unknown argument {}; known are `{}`",
                with_nearest(other, KEYS),
                KEYS.join("`, `")
            ),
        )),
    }
}

/// Fills a place once.
fn set<T>(place: &mut Option<T>, key: &Ident, value: T) -> syn::Result<()> {
    if place.is_some() {
        return Err(syn::Error::new(key.span(), format!("`{key}` is given twice: keep one")));
    }
    *place = Some(value);
    Ok(())
}

fn equals(key: &Ident, example: &str, input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(Token![=]) && !input.peek(Token![==]) {
        input.parse::<Token![=]>()?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Ok(());
        }
    }
    Err(syn::Error::new(key.span(), format!("`{key}` needs a value: write `{key} = {example}`")))
}

fn value<T: Parse>(key: &Ident, example: &str, input: ParseStream<'_>) -> syn::Result<T> {
    equals(key, example, input)?;
    input.parse()
}

fn literal(key: &Ident, example: &str, input: ParseStream<'_>) -> syn::Result<LitStr> {
    equals(key, &format!("\"{example}\""), input)?;
    input.parse().map_err(|error| {
        syn::Error::new(
            error.span(),
            format!("`{key}` is a string literal, as in `{key} = \"{example}\"`"),
        )
    })
}

fn path(key: &Ident, example: &str, input: ParseStream<'_>) -> syn::Result<ExprPath> {
    equals(key, example, input)?;
    let expr: Expr = input.parse()?;
    match expr {
        Expr::Path(path) => Ok(path),
        other => Err(syn::Error::new_spanned(
            other,
            format!("`{key}` is the path of a function, as in `{key} = {example}`"),
        )),
    }
}

/// Reads `(a, b)`.
fn names(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    list(key, "workspace", input, |input| {
        let name = input.call(Ident::parse_any).map_err(|error| {
            syn::Error::new(
                error.span(),
                format!("`{key}` takes names of parameters, as in `{key}(workspace)`"),
            )
        })?;
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(name);
        }
        Err(input.error(format!(
            "`{key}` takes names of parameters; an expression goes into `fields(name = ..)`"
        )))
    })
}

/// Reads `(name = expression, ..)`.
fn fields(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<Field>> {
    list(key, "account = self.account", input, |input| {
        let name = input.call(Ident::parse_any)?;
        if !input.peek(Token![=]) {
            return Err(syn::Error::new(
                name.span(),
                format!("a field needs a value: write `fields({name} = ..)`"),
            ));
        }
        input.parse::<Token![=]>()?;
        Ok(Field { name, value: input.parse()? })
    })
}

/// Reads a list in parentheses that is not empty.
fn list<T>(
    key: &Ident,
    example: &str,
    input: ParseStream<'_>,
    item: impl Fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
    if input.peek(token::Paren) {
        let inside;
        parenthesized!(inside in input);
        let mut items = Vec::new();
        while !inside.is_empty() {
            items.push(item(&inside)?);
            if !inside.is_empty() {
                inside.parse::<Token![,]>()?;
            }
        }
        if !items.is_empty() {
            return Ok(items);
        }
    }
    Err(syn::Error::new(key.span(), format!("`{key}` needs a list: write `{key}({example})`")))
}

/// Goes to the next comma, or to the end.
fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}
