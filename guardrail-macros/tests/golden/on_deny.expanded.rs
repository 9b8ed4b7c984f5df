async fn send(
    &mut self,
    to: Vec<Address>,
) -> Option<impl Iterator<Item = fn(u8) -> u8>> {
    let (__gate, __ticket) = {
        let mut __draft = ::guardrail::__private::Draft::new(
            &::guardrail::__private::Meta {
                policy: "mail",
                name: "send",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            },
            2usize,
        );
        ::guardrail::__private::Draft::debug(&mut __draft, "self", &self);
        ::guardrail::__private::Draft::skip(&mut __draft, "to");
        ::guardrail::__private::Draft::name(&mut __draft, &(Self::NAME));
        ::guardrail::__private::begin(__draft)
    };
    let __out = async move {
        if let ::core::result::Result::Err(__error) = __gate
            .await
            .check({
                let mut __draft = ::guardrail::__private::Draft::new(
                    &::guardrail::__private::Meta {
                        policy: "mail",
                        name: "send",
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    2usize,
                );
                ::guardrail::__private::Draft::debug(&mut __draft, "self", &self);
                ::guardrail::__private::Draft::skip(&mut __draft, "to");
                ::guardrail::__private::Draft::name(&mut __draft, &(Self::NAME));
                __draft
            })
        {
            let __refused: Option<_> = Self::refused(__error);
            return __refused;
        }
        { None }
    }
        .await;
    let __ok = {
        use ::guardrail::__private::ProbeFallback as _;
        ::guardrail::__private::Probe(&__out).succeeded()
    };
    let _ = __ticket.finish(__ok).await;
    __out
}
