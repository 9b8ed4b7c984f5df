async fn restart() -> Result<(), Error> {
    let (__gate, __ticket) = {
        let __draft = ::guardrail::__private::Draft::new(
            &::guardrail::__private::Meta {
                policy: "restart",
                name: "restart",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            },
            0usize,
        );
        ::guardrail::__private::begin(__draft)
    };
    let __out = async move {
        if let ::core::result::Result::Err(__error) = __gate
            .await
            .check({
                let __draft = ::guardrail::__private::Draft::new(
                    &::guardrail::__private::Meta {
                        policy: "restart",
                        name: "restart",
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    0usize,
                );
                __draft
            })
        {
            return <Result<
                (),
                Error,
            > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
        }
        { reboot() }
    }
        .await;
    let __ok = {
        use ::guardrail::__private::ProbeFallback as _;
        ::guardrail::__private::Probe(&__out).succeeded()
    };
    if let ::core::result::Result::Err(__error) = __ticket.finish(__ok).await {
        return <Result<
            (),
            Error,
        > as ::guardrail::__private::FromRefusal>::unrecorded(__out, __error);
    }
    __out
}
