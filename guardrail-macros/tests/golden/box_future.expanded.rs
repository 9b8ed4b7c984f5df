fn boxed<'a>(
    &'a self,
    plan: &'a str,
) -> futures::future::BoxFuture<'a, Result<Done, Error>> {
    #[allow(clippy::implicit_return)]
    ::std::boxed::Box::pin(async move {
        let __body = {
            let (__call, __seal) = ::guardrail::__private::begin(
                "p",
                "boxed",
                ::core::module_path!(),
                &[("self", &::guardrail::__private::Skipped), ("plan", &plan)],
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
                            ],
                            &[],
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
