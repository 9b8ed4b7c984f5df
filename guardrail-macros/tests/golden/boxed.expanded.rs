fn boxed(
    &self,
    plan: String,
) -> ::std::pin::Pin<
    Box<dyn ::std::future::Future<Output = Result<Done, ErrorData>> + Send + '_>,
> {
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
                3usize,
            );
            ::guardrail::__private::Draft::skip(&mut __draft, "self");
            ::guardrail::__private::Draft::arg(&mut __draft, "plan", &plan);
            ::guardrail::__private::Draft::arg(&mut __draft, "id", &(self.id));
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
                        3usize,
                    );
                    ::guardrail::__private::Draft::skip(&mut __draft, "self");
                    ::guardrail::__private::Draft::arg(&mut __draft, "plan", &plan);
                    ::guardrail::__private::Draft::arg(&mut __draft, "id", &(self.id));
                    __draft
                })
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
            > { { Box::pin(async move { self.run(plan).await }) } })()
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
                ErrorData,
            > as ::guardrail::__private::FromRefusal>::unrecorded(__out, __error);
        }
        __out
    })
}
