fn boxed<'a>(
    &'a self,
    plan: &'a str,
) -> futures::future::BoxFuture<'a, Result<Done, Error>> {
    #[allow(clippy::implicit_return)]
    ::std::boxed::Box::pin(async move {
        let __body = {
            let (__call, __seal) = ::guardrail::__private::begin(
                &::guardrail::__private::Meta {
                    policy: "p",
                    name: "boxed",
                    module: ::core::module_path!(),
                },
                &[
                    ::guardrail::__private::Detail::Skipped("self"),
                    ::guardrail::__private::Detail::Value("plan", &plan),
                ],
            );
            ::guardrail::__private::Body(
                __call,
                async move {
                    if let ::core::result::Result::Err(__error) = __seal
                        .check(
                            &[
                                ::guardrail::__private::Detail::Skipped("self"),
                                ::guardrail::__private::Detail::Value("plan", &plan),
                            ],
                        )
                    {
                        return <Result<
                            Done,
                            Error,
                        > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
                    }
                    (move || -> futures::future::BoxFuture<'a, Result<Done, Error>> {
                        {}
                        self.run(plan).boxed()
                    })()
                        .await
                },
            )
        };
        return {
            use ::guardrail::__private::GuardedAnyway as _;
            __body.guarded()
        }
            .await;
    })
}
