fn boxed<'a>(
    &'a self,
    plan: &'a str,
) -> futures::future::BoxFuture<'a, Result<Done, Error>> {
    ::std::boxed::Box::pin(async move {
        let (__gate, __ticket) = {
            let mut __draft = ::guardrail::__private::Draft::new(
                &::guardrail::__private::Meta {
                    policy: "p",
                    name: "boxed",
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: ::core::line!(),
                },
                2usize,
            );
            ::guardrail::__private::Draft::skip(&mut __draft, "self");
            ::guardrail::__private::Draft::arg(&mut __draft, "plan", &plan);
            ::guardrail::__private::begin(__draft)
        };
        let __out = async move {
            if let ::core::result::Result::Err(__error) = __gate
                .await
                .check({
                    let mut __draft = ::guardrail::__private::Draft::new(
                        &::guardrail::__private::Meta {
                            policy: "p",
                            name: "boxed",
                            module: ::core::module_path!(),
                            file: ::core::file!(),
                            line: ::core::line!(),
                        },
                        2usize,
                    );
                    ::guardrail::__private::Draft::skip(&mut __draft, "self");
                    ::guardrail::__private::Draft::arg(&mut __draft, "plan", &plan);
                    __draft
                })
            {
                return <Result<
                    Done,
                    Error,
                > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
            }
            (move || -> futures::future::BoxFuture<'a, Result<Done, Error>> {
                self.run(plan).boxed()
            })()
                .await
        }
            .await;
        let __ok = {
            use ::guardrail::__private::ProbeFallback as _;
            ::guardrail::__private::Probe(&__out).succeeded()
        };
        if let ::core::result::Result::Err(__error) = __ticket.finish(__ok).await {
            return <Result<
                Done,
                Error,
            > as ::guardrail::__private::FromRefusal>::unrecorded(__out, __error);
        }
        __out
    })
}
