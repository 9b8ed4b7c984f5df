//! The draft of an intent: the arguments of the call, captured before the request and before the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::LitStr;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::args::{Args, Mode, Text};
use crate::signature::{Parameter, Parameters};

/// Writes both drafts of one function.
pub(crate) struct Capture<'a> {
    args: &'a Args,
    parameters: &'a Parameters,
    /// `::guardrail::__private`.
    private: &'a TokenStream,
    /// `Meta { .. }`: what is known without a call.
    meta: TokenStream,
    draft: Ident,
}

impl<'a> Capture<'a> {
    pub(crate) fn new(
        args: &'a Args,
        policy: &LitStr,
        function: &Ident,
        parameters: &'a Parameters,
        private: &'a TokenStream,
    ) -> Self {
        let site = Span::mixed_site();
        let name = match args.name.as_ref().and_then(Text::literal) {
            Some(name) => name.to_token_stream(),
            None => function.unraw().to_string().to_token_stream(),
        };
        let meta = quote_spanned! {site=>
            #private::Meta {
                policy: #policy,
                name: #name,
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            }
        };
        Self { args, parameters, private, meta, draft: Ident::new("__draft", site) }
    }

    /// The draft that becomes the request, handed to `begin`.
    pub(crate) fn first(&self) -> TokenStream {
        let Self { private, draft, .. } = self;
        let begin = quote_spanned!(Span::mixed_site()=> #private::begin(#draft));
        self.block(&self.once(), &begin)
    }

    /// The draft just before the body, to compare with the approved one.
    pub(crate) fn second(&self) -> TokenStream {
        self.block(&TokenStream::new(), &self.draft.to_token_stream())
    }

    fn block(&self, once: &TokenStream, last: &TokenStream) -> TokenStream {
        let Self { args, parameters, private, meta, draft } = self;
        let site = Span::mixed_site();
        let values: Vec<TokenStream> = parameters
            .list
            .iter()
            .filter_map(|parameter| self.parameter(parameter))
            .chain(args.fields.iter().flatten().map(|field| {
                let name = field.name.unraw().to_string();
                let value = &field.value;
                let value = quote_spanned!(value.span().resolved_at(site)=> &(#value));
                self.value(self.args.mode(&name), &name, field.name.span(), &value)
            }))
            .collect();
        let name = match &args.name {
            Some(Text::Expr(name)) => self.shown("name", &quote_spanned!(site=> &(#name))),
            _ => TokenStream::new(),
        };
        let resource = self.text("resource", args.resource.as_ref());
        let rebind = &parameters.rebind;
        let count = values.len();
        let statements = quote!(#(#values)* #name #resource #once);
        let mutable = (!statements.is_empty()).then(|| quote_spanned!(site=> mut));
        quote_spanned! {site=> {
            #(#rebind)*
            let #mutable #draft = #private::Draft::new(&#meta, #count);
            #statements
            #last
        }}
    }

    /// Captures one parameter, unless a field of its name takes its place.
    fn parameter(&self, parameter: &Parameter) -> Option<TokenStream> {
        let Parameter { name, ident, cfg, is_receiver } = parameter;
        if self.args.is_field(name) {
            return None;
        }
        let mode = match self.args.mode(name) {
            Mode::Serialize if *is_receiver => Mode::Skip,
            mode => mode,
        };
        let span = ident.span().resolved_at(Span::mixed_site());
        let value = quote_spanned!(span=> &#ident);
        let statement = self.value(mode, name, ident.span(), &value);
        // A leading underscore tells clippy that the body does not use it, which stays true.
        let underscore = (name.starts_with('_') && mode != Mode::Skip)
            .then(|| quote_spanned!(span=> #[allow(clippy::used_underscore_binding)]));
        Some(quote!(#(#cfg)* #underscore #statement))
    }

    /// One statement. It names the method in full: `draft.arg(..)` could be taken by a trait of the
    /// user's that has an `arg(&self)` for all types.
    fn value(&self, mode: Mode, name: &str, span: Span, value: &TokenStream) -> TokenStream {
        let Self { draft, private, .. } = self;
        let span = span.resolved_at(Span::mixed_site());
        let name = LitStr::new(name, span);
        match mode {
            Mode::Serialize => {
                quote_spanned!(span=> #private::Draft::arg(&mut #draft, #name, #value);)
            }
            Mode::Debug => {
                quote_spanned!(span=> #private::Draft::debug(&mut #draft, #name, #value);)
            }
            Mode::Redact => {
                quote_spanned!(span=> #private::Draft::redact(&mut #draft, #name, #value);)
            }
            Mode::Skip => quote_spanned!(span=> #private::Draft::skip(&mut #draft, #name);),
        }
    }

    /// What is evaluated for the request alone.
    fn once(&self) -> TokenStream {
        let Self { args, private, draft, .. } = self;
        let site = Span::mixed_site();
        let reason = self.text("reason", args.reason.as_ref());
        let key = self.text("key", args.key.as_ref());
        let summary = args
            .summary
            .as_ref()
            .map(|summary| quote_spanned!(site=> #private::Draft::summary(&mut #draft, ::core::format_args!(#summary));));
        let guardrail = args.guardrail.as_ref().map(|guardrail| {
            quote_spanned!(guardrail.span().resolved_at(site)=> #private::Draft::guardrail(&mut #draft, &(#guardrail));)
        });
        let preview = args.preview.as_ref().map(|preview| {
            let call = quote_spanned!(preview.span().resolved_at(site)=> #preview(__arguments));
            quote_spanned! {site=>
                #private::Draft::preview(&mut #draft, |__arguments| {
                    #private::preview_future(#call)
                });
            }
        });
        quote!(#reason #key #summary #guardrail #preview)
    }

    fn text(&self, method: &str, text: Option<&Text>) -> TokenStream {
        text.map(|text| self.shown(method, &text.display())).unwrap_or_default()
    }

    fn shown(&self, method: &str, value: &TokenStream) -> TokenStream {
        let Self { draft, private, .. } = self;
        let method = Ident::new(method, Span::mixed_site());
        quote_spanned!(Span::mixed_site()=> #private::Draft::#method(&mut #draft, #value);)
    }
}
