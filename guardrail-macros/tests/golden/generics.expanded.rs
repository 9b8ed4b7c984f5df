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
    #[allow(clippy::implicit_return)]
    async move {
        let __body = {
            let (__call, __seal) = ::guardrail::__private::begin(
                "p",
                "generic",
                ::core::module_path!(),
                &[
                    ("self", &::guardrail::__private::Skipped),
                    ("value", &value),
                    ("array", &array),
                    ("each", &each),
                ],
                &[],
            );
            ::guardrail::__private::Body(
                __call,
                async move {
                    if let ::core::result::Result::Err(__error) = __seal
                        .check(
                            &[
                                ("self", &::guardrail::__private::Skipped),
                                ("value", &value),
                                ("array", &array),
                                ("each", &each),
                            ],
                            &[],
                        )
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
                },
            )
        };
        return {
            use ::guardrail::__private::GuardedAnyway as _;
            __body.guarded()
        }
            .await;
    }
}
