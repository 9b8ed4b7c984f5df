async fn send(
    &mut self,
    to: Vec<Address>,
) -> Option<impl Iterator<Item = fn(u8) -> u8>> {
    let __body = {
        let (__call, __seal) = ::guardrail::__private::begin(
            "mail",
            "send",
            ::core::module_path!(),
            &[
                ("self", &::guardrail::__private::Debugged(&self)),
                ("to", &::guardrail::__private::Skipped),
            ],
            &[::guardrail::__private::Detail::Name(&(Self::NAME))],
        );
        ::guardrail::__private::Body(
            __call,
            async move {
                if let ::core::result::Result::Err(__error) = __seal
                    .check(
                        &[
                            ("self", &::guardrail::__private::Debugged(&self)),
                            ("to", &::guardrail::__private::Skipped),
                        ],
                        &[::guardrail::__private::Detail::Name(&(Self::NAME))],
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
