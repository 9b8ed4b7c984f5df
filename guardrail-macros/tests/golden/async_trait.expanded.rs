#[allow(clippy::async_yields_async, clippy::type_complexity)]
fn act<'life0, 'life1, 'async_trait>(
    &'life0 self,
    mut __arg1: Pair,
    x: &'life1 str,
    __arg3: u8,
    __arg4: u8,
) -> ::core::pin::Pin<
    Box<
        dyn ::core::future::Future<
            Output = Result<String, String>,
        > + ::core::marker::Send + 'async_trait,
    >,
>
where
    'life0: 'async_trait,
    'life1: 'async_trait,
    Self: 'async_trait,
{
    #[allow(clippy::implicit_return)]
    ::std::boxed::Box::pin(async move {
        let __body = {
            let (__call, __seal) = {
                #[allow(unused_variables, clippy::pattern_type_mismatch)]
                let Pair { a, b } = &__arg1;
                #[allow(unused_variables, clippy::pattern_type_mismatch)]
                let (c, (_, d)) = &__arg4;
                ::guardrail::__private::begin(
                    "p",
                    "act",
                    ::core::module_path!(),
                    &[
                        ("self", &::guardrail::__private::Skipped),
                        ("a", &a),
                        ("b", &b),
                        ("x", &x),
                        ("c", &c),
                        ("d", &d),
                    ],
                    &[
                        ::guardrail::__private::Detail::Summary(
                            ::core::format_args!("{a} {b}"),
                        ),
                    ],
                )
            };
            ::guardrail::__private::Body(
                __call,
                async move {
                    if let ::core::result::Result::Err(__error) = {
                        #[allow(unused_variables, clippy::pattern_type_mismatch)]
                        let Pair { a, b } = &__arg1;
                        #[allow(unused_variables, clippy::pattern_type_mismatch)]
                        let (c, (_, d)) = &__arg4;
                        __seal
                            .check(
                                &[
                                    ("self", &::guardrail::__private::Skipped),
                                    ("a", &a),
                                    ("b", &b),
                                    ("x", &x),
                                    ("c", &c),
                                    ("d", &d),
                                ],
                                &[],
                            )
                    } {
                        return <Result<
                            String,
                            String,
                        > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
                    }
                    (move || -> ::core::pin::Pin<
                        Box<
                            dyn ::core::future::Future<
                                Output = Result<String, String>,
                            > + ::core::marker::Send + 'async_trait,
                        >,
                    > {
                        {}
                        Box::pin(async move {
                            if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                                Result<String, String>,
                            > {
                                #[allow(unreachable_code)] return __ret;
                            }
                            let __self = self;
                            let Pair { a, ref mut b } = {
                                let __arg1 = __arg1;
                                __arg1
                            };
                            let __arg3 = __arg3;
                            let (c, (_, d)) = {
                                let __arg4 = __arg4;
                                __arg4
                            };
                            let __ret: Result<String, String> = {
                                *b += x;
                                Ok(format!("{a}{b}"))
                            };
                            #[allow(unreachable_code)] __ret
                        })
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
    })
}
