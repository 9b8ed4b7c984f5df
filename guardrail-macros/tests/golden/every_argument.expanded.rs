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
            &shop::guardrail::__private::Meta {
                policy: "refunds",
                name: "shop:refund",
                module: ::core::module_path!(),
            },
            &[
                shop::guardrail::__private::Detail::Skipped("self"),
                shop::guardrail::__private::Detail::Skipped("client"),
                shop::guardrail::__private::Detail::Debug("order", &order),
                shop::guardrail::__private::Detail::Redacted("token", &token),
                shop::guardrail::__private::Detail::Value("why", &why),
                shop::guardrail::__private::Detail::Value("account", &(self.account.id)),
                shop::guardrail::__private::Detail::Value("cents", &(cents.abs())),
                shop::guardrail::__private::Detail::Redacted("pin", &(self.pin)),
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
                            shop::guardrail::__private::Detail::Skipped("self"),
                            shop::guardrail::__private::Detail::Skipped("client"),
                            shop::guardrail::__private::Detail::Debug("order", &order),
                            shop::guardrail::__private::Detail::Redacted(
                                "token",
                                &token,
                            ),
                            shop::guardrail::__private::Detail::Value("why", &why),
                            shop::guardrail::__private::Detail::Value(
                                "account",
                                &(self.account.id),
                            ),
                            shop::guardrail::__private::Detail::Value(
                                "cents",
                                &(cents.abs()),
                            ),
                            shop::guardrail::__private::Detail::Redacted(
                                "pin",
                                &(self.pin),
                            ),
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
