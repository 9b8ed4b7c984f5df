async fn restart() -> Result<(), Error> {
    let __body = {
        let (__call, __seal) = ::guardrail::__private::begin(
            "restart",
            "restart",
            ::core::module_path!(),
            &[],
            &[],
        );
        ::guardrail::__private::Body(
            __call,
            async move {
                if let ::core::result::Result::Err(__error) = __seal.check(&[], &[]) {
                    return <Result<
                        (),
                        Error,
                    > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
                }
                {
                    {}
                    reboot()
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
