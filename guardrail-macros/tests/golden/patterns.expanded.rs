async fn patterns(
    mut plain: String,
    Point { x, y: renamed, #[cfg(unix)] z, .. }: Point,
    &(ref a, mut b): &(u8, u8),
    whole @ Wrapper(inner): Wrapper,
    [first,
    ..,
    last,
    ]: [u8; 4],
    (A(either) | B(either)): AorB,
    r#type: u8,
    _: Ignored,
    _unused: u8,
    #[cfg(feature = "extra")]
    extra: u8,
) -> Result<(), Error> {
    let (__gate, __ticket) = {
        let mut __draft = ::guardrail::__private::Draft::new(
            &::guardrail::__private::Meta {
                policy: "p",
                name: "patterns",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            },
            14usize,
        );
        ::guardrail::__private::Draft::arg(&mut __draft, "plain", &plain);
        ::guardrail::__private::Draft::arg(&mut __draft, "x", &x);
        ::guardrail::__private::Draft::arg(&mut __draft, "renamed", &renamed);
        #[cfg(unix)] ::guardrail::__private::Draft::arg(&mut __draft, "z", &z);
        ::guardrail::__private::Draft::arg(&mut __draft, "a", &a);
        ::guardrail::__private::Draft::skip(&mut __draft, "b");
        ::guardrail::__private::Draft::arg(&mut __draft, "whole", &whole);
        ::guardrail::__private::Draft::arg(&mut __draft, "inner", &inner);
        ::guardrail::__private::Draft::arg(&mut __draft, "first", &first);
        ::guardrail::__private::Draft::arg(&mut __draft, "last", &last);
        ::guardrail::__private::Draft::arg(&mut __draft, "either", &either);
        ::guardrail::__private::Draft::arg(&mut __draft, "type", &r#type);
        #[allow(clippy::used_underscore_binding)]
        ::guardrail::__private::Draft::arg(&mut __draft, "_unused", &_unused);
        #[cfg(feature = "extra")]
        ::guardrail::__private::Draft::arg(&mut __draft, "extra", &extra);
        ::guardrail::__private::begin(__draft)
    };
    let __out = async move {
        if let ::core::result::Result::Err(__error) = __gate
            .await
            .check({
                let mut __draft = ::guardrail::__private::Draft::new(
                    &::guardrail::__private::Meta {
                        policy: "p",
                        name: "patterns",
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    14usize,
                );
                ::guardrail::__private::Draft::arg(&mut __draft, "plain", &plain);
                ::guardrail::__private::Draft::arg(&mut __draft, "x", &x);
                ::guardrail::__private::Draft::arg(&mut __draft, "renamed", &renamed);
                #[cfg(unix)] ::guardrail::__private::Draft::arg(&mut __draft, "z", &z);
                ::guardrail::__private::Draft::arg(&mut __draft, "a", &a);
                ::guardrail::__private::Draft::skip(&mut __draft, "b");
                ::guardrail::__private::Draft::arg(&mut __draft, "whole", &whole);
                ::guardrail::__private::Draft::arg(&mut __draft, "inner", &inner);
                ::guardrail::__private::Draft::arg(&mut __draft, "first", &first);
                ::guardrail::__private::Draft::arg(&mut __draft, "last", &last);
                ::guardrail::__private::Draft::arg(&mut __draft, "either", &either);
                ::guardrail::__private::Draft::arg(&mut __draft, "type", &r#type);
                #[allow(clippy::used_underscore_binding)]
                ::guardrail::__private::Draft::arg(&mut __draft, "_unused", &_unused);
                #[cfg(feature = "extra")]
                ::guardrail::__private::Draft::arg(&mut __draft, "extra", &extra);
                __draft
            })
        {
            return <Result<
                (),
                Error,
            > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
        }
        { todo!() }
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
