async fn f(unused: u8) -> Result<(), Error> {
    #![allow(unused_variables)]
    //! Inside.
    #![expect(dead_code)]
    let __body = {
        let (__call, __seal) = ::guardrail::__private::begin(
            "p",
            "f",
            ::core::module_path!(),
            &[("unused", &unused)],
            &[],
        );
        ::guardrail::__private::Body(
            __call,
            async move {
                if let ::core::result::Result::Err(__error) = __seal
                    .check(&[("unused", &unused)], &[])
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
            },
        )
    };
    return {
        use ::guardrail::__private::GuardedAnyway as _;
        __body.guarded()
    }
        .await;
}
