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
    let __body = {
        #[allow(clippy::shadow_same)]
        let x = x;
        #[allow(clippy::shadow_same)]
        let renamed = renamed;
        #[cfg(unix)]
        #[allow(clippy::shadow_same)]
        let z = z;
        #[allow(clippy::shadow_same)]
        let whole = whole;
        #[allow(clippy::shadow_same)]
        let inner = inner;
        #[allow(clippy::shadow_same)]
        let first = first;
        #[allow(clippy::shadow_same)]
        let last = last;
        #[allow(clippy::shadow_same)]
        let either = either;
        let (__call, __seal) = ::guardrail::__private::begin(
            "p",
            "patterns",
            ::core::module_path!(),
            &[
                ("plain", &plain),
                ("x", &x),
                ("renamed", &renamed),
                #[cfg(unix)]
                ("z", &z),
                ("a", &a),
                ("b", &::guardrail::__private::Skipped),
                ("whole", &whole),
                ("inner", &inner),
                ("first", &first),
                ("last", &last),
                ("either", &either),
                ("type", &r#type),
                #[allow(clippy::used_underscore_binding)]
                ("_unused", &_unused),
                #[cfg(feature = "extra")]
                ("extra", &extra),
            ],
            &[],
        );
        ::guardrail::__private::Body(
            __call,
            async move {
                if let ::core::result::Result::Err(__error) = __seal
                    .check(
                        &[
                            ("plain", &plain),
                            ("x", &x),
                            ("renamed", &renamed),
                            #[cfg(unix)]
                            ("z", &z),
                            ("a", &a),
                            ("b", &::guardrail::__private::Skipped),
                            ("whole", &whole),
                            ("inner", &inner),
                            ("first", &first),
                            ("last", &last),
                            ("either", &either),
                            ("type", &r#type),
                            #[allow(clippy::used_underscore_binding)]
                            ("_unused", &_unused),
                            #[cfg(feature = "extra")]
                            ("extra", &extra),
                        ],
                        &[],
                    )
                {
                    return <Result<
                        (),
                        Error,
                    > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
                }
                {
                    {}
                    todo!()
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
