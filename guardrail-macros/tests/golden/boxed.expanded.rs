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
                "p",
                "boxed",
                ::core::module_path!(),
                &[
                    ("self", &::guardrail::__private::Skipped),
                    ("plan", &plan),
                    ("id", &(self.id)),
                ],
                &[],
            );
            ::guardrail::__private::Body(
                __call,
                async move {
                    if let ::core::result::Result::Err(__error) = __seal
                        .check(
                            &[
                                ("self", &::guardrail::__private::Skipped),
                                ("plan", &plan),
                                ("id", &(self.id)),
                            ],
                            &[],
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
