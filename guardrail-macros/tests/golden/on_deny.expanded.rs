async fn send(
    &mut self,
    to: Vec<Address>,
) -> Option<impl Iterator<Item = fn(u8) -> u8>> {
    let __body = {
        let (__call, __seal) = ::guardrail::__private::begin(
            &::guardrail::__private::Meta {
                policy: "mail",
                name: "send",
                module: ::core::module_path!(),
            },
            &[
                ::guardrail::__private::Detail::Debug("self", &self),
                ::guardrail::__private::Detail::Skipped("to"),
                ::guardrail::__private::Detail::Name(&(Self::NAME)),
            ],
        );
        ::guardrail::__private::Body(
            __call,
            async move {
                if let ::core::result::Result::Err(__error) = __seal
                    .check(
                        &[
                            ::guardrail::__private::Detail::Debug("self", &self),
                            ::guardrail::__private::Detail::Skipped("to"),
                            ::guardrail::__private::Detail::Name(&(Self::NAME)),
                        ],
                    )
                {
                    let __refused: Option<_> = Self::refused(__error);
                    return __refused;
                }
                {
                    {}
                    None
                }
            },
        )
    };
    return __body
        .guarded_by(
            |__out| {
                use ::guardrail::__private::ProbeFallback as _;
                ::guardrail::__private::Probe(__out).guardrail_ended_well()
            },
            |__out, _| __out,
        )
        .await;
}
