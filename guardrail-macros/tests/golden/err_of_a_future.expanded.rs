#[allow(clippy::manual_async_fn)]
fn f<T>(x: T) -> (impl Future<Output = Result<T, Error>>) {
    async move {
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
            ::guardrail::__private::Draft::arg(&mut __draft, "x", &x);
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
                    ::guardrail::__private::Draft::arg(&mut __draft, "x", &x);
                    __draft
                })
            {
                let __refused: Result<T, Error> = ::core::result::Result::Err(
                    crate::refused::<T>(__error),
                );
                return __refused;
            }
            (move || { async { Ok(x) } })().await
        }
            .await;
        let __ok = {
            use ::guardrail::__private::ProbeFallback as _;
            ::guardrail::__private::Probe(&__out).succeeded()
        };
        if let ::core::result::Result::Err(__error) = __ticket.finish(__ok).await {
            if __ok {
                let __refused: Result<T, Error> = ::core::result::Result::Err(
                    crate::refused::<T>(__error),
                );
                return __refused;
            }
        }
        __out
    }
}
