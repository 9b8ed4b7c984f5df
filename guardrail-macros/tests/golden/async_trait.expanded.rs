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
    ::std::boxed::Box::pin(async move {
        let (__gate, __ticket) = {
            let Pair { a, b } = &__arg1;
            let (c, (_, d)) = &__arg4;
            let mut __draft = ::guardrail::__private::Draft::new(
                &::guardrail::__private::Meta {
                    policy: "p",
                    name: "act",
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: ::core::line!(),
                },
                6usize,
            );
            ::guardrail::__private::Draft::skip(&mut __draft, "self");
            ::guardrail::__private::Draft::arg(&mut __draft, "a", &a);
            ::guardrail::__private::Draft::arg(&mut __draft, "b", &b);
            ::guardrail::__private::Draft::arg(&mut __draft, "x", &x);
            ::guardrail::__private::Draft::arg(&mut __draft, "c", &c);
            ::guardrail::__private::Draft::arg(&mut __draft, "d", &d);
            ::guardrail::__private::Draft::summary(
                &mut __draft,
                ::core::format_args!("{a} {b}"),
            );
            ::guardrail::__private::begin(__draft)
        };
        let __out = async move {
            if let ::core::result::Result::Err(__error) = __gate
                .await
                .check({
                    let Pair { a, b } = &__arg1;
                    let (c, (_, d)) = &__arg4;
                    let mut __draft = ::guardrail::__private::Draft::new(
                        &::guardrail::__private::Meta {
                            policy: "p",
                            name: "act",
                            module: ::core::module_path!(),
                            file: ::core::file!(),
                            line: ::core::line!(),
                        },
                        6usize,
                    );
                    ::guardrail::__private::Draft::skip(&mut __draft, "self");
                    ::guardrail::__private::Draft::arg(&mut __draft, "a", &a);
                    ::guardrail::__private::Draft::arg(&mut __draft, "b", &b);
                    ::guardrail::__private::Draft::arg(&mut __draft, "x", &x);
                    ::guardrail::__private::Draft::arg(&mut __draft, "c", &c);
                    ::guardrail::__private::Draft::arg(&mut __draft, "d", &d);
                    __draft
                })
            {
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
        }
            .await;
        let __ok = {
            use ::guardrail::__private::ProbeFallback as _;
            ::guardrail::__private::Probe(&__out).succeeded()
        };
        if let ::core::result::Result::Err(__error) = __ticket.finish(__ok).await {
            return <Result<
                String,
                String,
            > as ::guardrail::__private::FromRefusal>::unrecorded(__out, __error);
        }
        __out
    })
}
