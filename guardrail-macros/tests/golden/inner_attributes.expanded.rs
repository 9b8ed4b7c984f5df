async fn f(unused: u8) -> Result<(), Error> {
    #![allow(unused_variables)]
    //! Inside.
    #![expect(dead_code)]
    let (__gate, __ticket) = {
        let mut __draft = ::guardrail::__private::Draft::new(
            &::guardrail::__private::Meta {
                policy: "p",
                name: "f",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            },
            1usize,
        );
        ::guardrail::__private::Draft::arg(&mut __draft, "unused", &unused);
        ::guardrail::__private::begin(__draft)
    };
    let __out = async move {
        if let ::core::result::Result::Err(__error) = __gate
            .await
            .check({
                let mut __draft = ::guardrail::__private::Draft::new(
                    &::guardrail::__private::Meta {
                        policy: "p",
                        name: "f",
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    1usize,
                );
                ::guardrail::__private::Draft::arg(&mut __draft, "unused", &unused);
                __draft
            })
        {
            return <Result<
                (),
                Error,
            > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
        }
        {
            let x = 1;
            Ok(())
        }
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
