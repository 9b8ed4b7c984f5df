fn boxed(
    &self,
    plan: String,
) -> ::std::pin::Pin<
    Box<dyn ::std::future::Future<Output = Result<Done, ErrorData>> + Send + '_>,
> {
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
                    ::guardrail::__private::Detail::Value("id", &(self.id)),
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
                                ::guardrail::__private::Detail::Value("id", &(self.id)),
                            ],
                        )
                    {
                        return <Result<
                            Done,
                            ErrorData,
                        > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
                    }
                    (move || -> ::std::pin::Pin<
                        Box<
                            dyn ::std::future::Future<
                                Output = Result<Done, ErrorData>,
                            > + Send + '_,
                        >,
                    > {
                        {}
                        { Box::pin(async move { self.run(plan).await }) }
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
