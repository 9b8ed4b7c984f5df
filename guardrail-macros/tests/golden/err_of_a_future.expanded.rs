#[allow(clippy::manual_async_fn)]
fn f<T>(x: T) -> (impl Future<Output = Result<T, Error>>) {
    #[allow(clippy::implicit_return)]
    async move {
        let __body = {
            let (__call, __seal) = ::guardrail::__private::begin(
                "p",
                "f",
                ::core::module_path!(),
                &[("x", &x)],
                &[],
            );
            ::guardrail::__private::Body(
                __call,
                async move {
                    if let ::core::result::Result::Err(__error) = __seal
                        .check(&[("x", &x)], &[])
                    {
                        let __refused: Result<T, Error> = ::core::result::Result::Err(
                            crate::refused::<T>(__error),
                        );
                        return __refused;
                    }
                    (move || {
                        {}
                        async { Ok(x) }
                    })()
                        .await
                },
            )
        };
        return __body
            .guarded_by(
                |__out| {
                    use ::guardrail::__private::ProbeFallback as _;
                    ::guardrail::__private::Probe(__out).guardrail_ended_well()
                },
                |__out, __error| match __out {
                    ::core::result::Result::Ok(_) => {
                        ::core::result::Result::Err(crate::refused::<T>(__error))
                    }
                    __failed => __failed,
                },
            )
            .await;
    }
}
