async fn refund(
    &self,
    client: &Client,
    order: Order,
    cents: i64,
    token: Token,
    why: &str,
) -> Result<(), RefundError> {
    let __body = {
        #[allow(clippy::shadow_same)]
        let order = order;
        #[allow(clippy::shadow_same)]
        let token = token;
        let (__call, __seal) = shop::guardrail::__private::begin(
            "refunds",
            "shop:refund",
            ::core::module_path!(),
            &[
                ("self", &shop::guardrail::__private::Skipped),
                ("client", &shop::guardrail::__private::Skipped),
                ("order", &shop::guardrail::__private::Debugged(&order)),
                ("token", &shop::guardrail::__private::Redacted(&token)),
                ("why", &why),
                ("account", &(self.account.id)),
                ("cents", &(cents.abs())),
                ("pin", &shop::guardrail::__private::Redacted(&(self.pin))),
            ],
            &[
                shop::guardrail::__private::Detail::Resource(
                    &::core::format_args!("order/{order}"),
                ),
                shop::guardrail::__private::Detail::Reason(&(why)),
                shop::guardrail::__private::Detail::Key(
                    &::core::format_args!("{order}-{cents}"),
                ),
                shop::guardrail::__private::Detail::Summary(
                    ::core::format_args!("refund {cents} to {order:?}"),
                ),
                shop::guardrail::__private::Detail::Guardrail(&(self.guardrail)),
                shop::guardrail::__private::Detail::Preview(|__arguments| shop::guardrail::__private::preview_future(
                    preview::ledger(__arguments),
                )),
            ],
        );
        shop::guardrail::__private::Body(
            __call,
            async move {
                if let ::core::result::Result::Err(__error) = __seal
                    .check(
                        &[
                            ("self", &shop::guardrail::__private::Skipped),
                            ("client", &shop::guardrail::__private::Skipped),
                            ("order", &shop::guardrail::__private::Debugged(&order)),
                            ("token", &shop::guardrail::__private::Redacted(&token)),
                            ("why", &why),
                            ("account", &(self.account.id)),
                            ("cents", &(cents.abs())),
                            ("pin", &shop::guardrail::__private::Redacted(&(self.pin))),
                        ],
                        &[
                            shop::guardrail::__private::Detail::Resource(
                                &::core::format_args!("order/{order}"),
                            ),
                        ],
                    )
                {
                    let __refused: Result<(), RefundError> = ::core::result::Result::Err(
                        RefundError::Refused(__error),
                    );
                    return __refused;
                }
                {
                    {}
                    client.pay(order, cents).await
                }
            },
        )
    };
    return __body
        .guarded_by(
            |__out| {
                use shop::guardrail::__private::ProbeFallback as _;
                shop::guardrail::__private::Probe(__out).guardrail_ended_well()
            },
            |__out, __error| match __out {
                ::core::result::Result::Ok(_) => {
                    ::core::result::Result::Err(RefundError::Refused(__error))
                }
                __failed => __failed,
            },
        )
        .await;
}
