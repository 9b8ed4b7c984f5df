//! The details of a call: what is captured for the request, and again just before the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::LitStr;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::args::{Args, Field, Mode, Text};
use crate::signature::{Parameter, Parameters};

/// Writes both captures of one function.
///
/// A capture is two arrays of references, arguments and the rest, not a call an argument: it is the
/// cheapest for the compiler, and no trait of the user's can come between.
pub(crate) struct Capture<'a> {
    args: &'a Args,
    parameters: &'a Parameters,
    /// `::guardrail::__private`.
    private: &'a TokenStream,
    /// The arguments, which both captures hold.
    arguments: TokenStream,
    /// What else both hold.
    named: TokenStream,
}

impl<'a> Capture<'a> {
    pub(crate) fn new(
        args: &'a Args,
        parameters: &'a Parameters,
        private: &'a TokenStream,
    ) -> Self {
        let (arguments, named) = Default::default();
        let mut capture = Self { args, parameters, private, arguments, named };
        capture.arguments = capture.arguments();
        capture.named = capture.named();
        capture
    }

    /// What becomes the request.
    pub(crate) fn first(&self, policy: &LitStr, function: &Ident) -> TokenStream {
        let private = self.private;
        let name = match self.args.name.as_ref().and_then(Text::literal) {
            Some(name) => name.to_token_stream(),
            None => function.unraw().to_string().to_token_stream(),
        };
        let (arguments, named, once) = (&self.arguments, &self.named, self.once());
        self.bound(quote_spanned! {Span::mixed_site()=>
            #private::begin(
                #policy,
                #name,
                ::core::module_path!(),
                &[#arguments],
                &[#named #once],
            )
        })
    }

    /// Moves the large arguments of an `async fn` into the scope they are borrowed in.
    ///
    /// The compiler keeps room in a future for each local that was ever borrowed, until its scope
    /// ends; the parameter itself is then only moved. What the second capture does not hold stays
    /// where it is: the body may not take it along, and it must live as long as the body.
    pub(crate) fn moved(&self) -> TokenStream {
        let site = Span::mixed_site();
        let moved = self.parameters.list.iter().filter(|parameter| {
            let name = &parameter.name;
            let is_held = !self.args.is_field(name) && self.args.mode(name) != Mode::Skip;
            parameter.is_by_value && is_held
        });
        moved
            .map(
                |Parameter { ident, cfg, .. }| quote_spanned!(site=> #(#cfg)* #[allow(clippy::shadow_same)] let #ident = #ident;),
            )
            .collect()
    }

    /// What is held against the approved request, through the seal.
    pub(crate) fn second(&self, seal: &Ident) -> TokenStream {
        let (arguments, named) = (&self.arguments, &self.named);
        self.bound(quote_spanned!(Span::mixed_site()=> #seal.check(&[#arguments], &[#named])))
    }

    /// Puts the user's names into scope where another macro renamed a parameter.
    fn bound(&self, call: TokenStream) -> TokenStream {
        let rebind = &self.parameters.rebind;
        match rebind.is_empty() {
            true => call,
            false => quote_spanned!(Span::mixed_site()=> { #(#rebind)* #call }),
        }
    }

    /// The arguments, or the fields in their places.
    fn arguments(&self) -> TokenStream {
        let Self { args, parameters, .. } = self;
        let parameters = parameters.list.iter().filter_map(|parameter| self.parameter(parameter));
        let fields = args.fields.iter().flatten().map(|field| self.field(field));
        quote!(#(#parameters)* #(#fields)*)
    }

    /// What else is computed for both captures.
    fn named(&self) -> TokenStream {
        let args = self.args;
        let name = match &args.name {
            Some(Text::Expr(name)) => {
                self.shown("Name", &quote_spanned!(Span::mixed_site()=> &(#name)))
            }
            _ => TokenStream::new(),
        };
        let resource = self.text("Resource", args.resource.as_ref());
        quote!(#name #resource)
    }

    /// What is evaluated for the request alone.
    fn once(&self) -> TokenStream {
        let Self { args, private, .. } = self;
        let site = Span::mixed_site();
        let reason = self.text("Reason", args.reason.as_ref());
        let key = self.text("Key", args.key.as_ref());
        let summary = args.summary.as_ref().map(|summary| {
            self.shown("Summary", &quote_spanned!(site=> ::core::format_args!(#summary)))
        });
        let guardrail = args.guardrail.as_ref().map(|guardrail| {
            let span = guardrail.span().resolved_at(site);
            self.shown("Guardrail", &quote_spanned!(span=> &(#guardrail)))
        });
        let preview = args.preview.as_ref().map(|preview| {
            let span = preview.span().resolved_at(site);
            let call = quote_spanned!(span=> #preview(__arguments));
            let call = quote_spanned!(site=> |__arguments| #private::preview_future(#call));
            self.shown("Preview", &call)
        });
        quote!(#reason #key #summary #guardrail #preview)
    }

    /// Captures one parameter, unless a field of its name takes its place.
    fn parameter(&self, parameter: &Parameter) -> Option<TokenStream> {
        let Parameter { name, ident, cfg, is_receiver, .. } = parameter;
        if self.args.is_field(name) {
            return None;
        }
        let mode = match self.args.mode(name) {
            Mode::Serialize if *is_receiver => Mode::Skip,
            mode => mode,
        };
        let span = ident.span().resolved_at(Span::mixed_site());
        let detail = self.value(mode, name, ident.span(), &quote_spanned!(span=> &#ident));
        // A leading underscore tells clippy that the body does not use it, which stays true.
        let underscore = (name.starts_with('_') && mode != Mode::Skip)
            .then(|| quote_spanned!(span=> #[allow(clippy::used_underscore_binding)]));
        Some(quote!(#(#cfg)* #underscore #detail))
    }

    fn field(&self, field: &Field) -> TokenStream {
        let Field { name, value } = field;
        let span = value.span().resolved_at(Span::mixed_site());
        let text = name.unraw().to_string();
        let value = quote_spanned!(span=> &(#value));
        self.value(self.args.mode(&text), &text, name.span(), &value)
    }

    fn value(&self, mode: Mode, name: &str, span: Span, value: &TokenStream) -> TokenStream {
        let private = self.private;
        let span = span.resolved_at(Span::mixed_site());
        let name = LitStr::new(name, span);
        match mode {
            Mode::Serialize => quote_spanned!(span=> (#name, #value),),
            Mode::Debug => quote_spanned!(span=> (#name, &#private::Debugged(#value)),),
            Mode::Redact => quote_spanned!(span=> (#name, &#private::Redacted(#value)),),
            Mode::Skip => quote_spanned!(span=> (#name, &#private::Skipped),),
        }
    }

    fn text(&self, kind: &str, text: Option<&Text>) -> TokenStream {
        text.map(|text| self.shown(kind, &text.display())).unwrap_or_default()
    }

    fn shown(&self, kind: &str, value: &TokenStream) -> TokenStream {
        let private = self.private;
        let kind = Ident::new(kind, Span::mixed_site());
        quote_spanned!(Span::mixed_site()=> #private::Detail::#kind(#value),)
    }
}
