#[must_use]
#[tracing::instrument(skip_all)]
#[allow(clippy::manual_async_fn)]
unsafe extern "C" fn generic<'a, T: ?Sized, const N: usize>(
    self: Pin<&mut Self>,
    value: &'a T,
    array: [u8; N],
    each: impl Iterator<Item = &'a T> + 'a,
) -> impl Future<
    Output = std::result::Result<Vec<impl Display + 'a>, T::Error>,
> + Send + 'a
where
    T: Trait + 'a,
{
    async move {
        let (__gate, __ticket) = {
            let mut __draft = ::guardrail::__private::Draft::new(
                &::guardrail::__private::Meta {
                    policy: "p",
                    name: "generic",
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: ::core::line!(),
                },
                4usize,
            );
            ::guardrail::__private::Draft::skip(&mut __draft, "self");
            ::guardrail::__private::Draft::arg(&mut __draft, "value", &value);
            ::guardrail::__private::Draft::arg(&mut __draft, "array", &array);
            ::guardrail::__private::Draft::arg(&mut __draft, "each", &each);
            ::guardrail::__private::begin(__draft)
        };
        let __out = async move {
            if let ::core::result::Result::Err(__error) = __gate
                .await
                .check({
                    let mut __draft = ::guardrail::__private::Draft::new(
                        &::guardrail::__private::Meta {
                            policy: "p",
                            name: "generic",
                            module: ::core::module_path!(),
                            file: ::core::file!(),
                            line: ::core::line!(),
                        },
                        4usize,
                    );
                    ::guardrail::__private::Draft::skip(&mut __draft, "self");
                    ::guardrail::__private::Draft::arg(&mut __draft, "value", &value);
                    ::guardrail::__private::Draft::arg(&mut __draft, "array", &array);
                    ::guardrail::__private::Draft::arg(&mut __draft, "each", &each);
                    __draft
                })
            {
                return <std::result::Result<
                    Vec<_>,
                    T::Error,
                > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
            }
            (move || {
                let prefix = value.prefix();
                async move { value.act(prefix, array, each).await }
            })()
                .await
        }
            .await;
        let __ok = {
            use ::guardrail::__private::ProbeFallback as _;
            ::guardrail::__private::Probe(&__out).succeeded()
        };
        if let ::core::result::Result::Err(__error) = __ticket.finish(__ok).await {
            return <std::result::Result<
                Vec<_>,
                T::Error,
            > as ::guardrail::__private::FromRefusal>::unrecorded(__out, __error);
        }
        __out
    }
}
