async fn restart() -> Result<(), Error> {
    let (__call, __seal) = ::guardrail::__private::begin(
        &::guardrail::__private::Meta {
            policy: "restart",
            name: "restart",
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
        },
        &[],
    );
    return ::guardrail::__private::guarded(
            __call,
            async move {
                if let ::core::result::Result::Err(__error) = __seal.check(&[]) {
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
        .await;
}
