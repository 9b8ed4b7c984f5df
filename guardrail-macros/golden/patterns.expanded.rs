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
        __draft.arg("plain", &plain);
        __draft.arg("x", &x);
        __draft.arg("renamed", &renamed);
        #[cfg(unix)] __draft.arg("z", &z);
        __draft.arg("a", &a);
        __draft.skip("b");
        __draft.arg("whole", &whole);
        __draft.arg("inner", &inner);
        __draft.arg("first", &first);
        __draft.arg("last", &last);
        __draft.arg("either", &either);
        __draft.arg("type", &r#type);
        #[allow(clippy::used_underscore_binding)] __draft.arg("_unused", &_unused);
        #[cfg(feature = "extra")] __draft.arg("extra", &extra);
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
                __draft.arg("plain", &plain);
                __draft.arg("x", &x);
                __draft.arg("renamed", &renamed);
                #[cfg(unix)] __draft.arg("z", &z);
                __draft.arg("a", &a);
                __draft.skip("b");
                __draft.arg("whole", &whole);
                __draft.arg("inner", &inner);
                __draft.arg("first", &first);
                __draft.arg("last", &last);
                __draft.arg("either", &either);
                __draft.arg("type", &r#type);
                #[allow(clippy::used_underscore_binding)]
                __draft.arg("_unused", &_unused);
                #[cfg(feature = "extra")] __draft.arg("extra", &extra);
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
