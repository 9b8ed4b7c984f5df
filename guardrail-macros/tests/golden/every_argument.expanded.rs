async fn refund(
    &self,
    client: &Client,
    order: Order,
    cents: i64,
    token: Token,
    why: &str,
) -> Result<(), RefundError> {
    let (__gate, __ticket) = {
        let mut __draft = shop::guardrail::__private::Draft::new(
            &shop::guardrail::__private::Meta {
                policy: "refunds",
                name: "shop:refund",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            },
            8usize,
        );
        shop::guardrail::__private::Draft::skip(&mut __draft, "self");
        shop::guardrail::__private::Draft::skip(&mut __draft, "client");
        shop::guardrail::__private::Draft::debug(&mut __draft, "order", &order);
        shop::guardrail::__private::Draft::redact(&mut __draft, "token", &token);
        shop::guardrail::__private::Draft::arg(&mut __draft, "why", &why);
        shop::guardrail::__private::Draft::arg(
            &mut __draft,
            "account",
            &(self.account.id),
        );
        shop::guardrail::__private::Draft::arg(&mut __draft, "cents", &(cents.abs()));
        shop::guardrail::__private::Draft::redact(&mut __draft, "pin", &(self.pin));
        shop::guardrail::__private::Draft::resource(
            &mut __draft,
            &::core::format_args!("order/{order}"),
        );
        shop::guardrail::__private::Draft::reason(&mut __draft, &(why));
        shop::guardrail::__private::Draft::key(
            &mut __draft,
            &::core::format_args!("{order}-{cents}"),
        );
        shop::guardrail::__private::Draft::summary(
            &mut __draft,
            ::core::format_args!("refund {cents} to {order:?}"),
        );
        shop::guardrail::__private::Draft::guardrail(&mut __draft, &(self.guardrail));
        shop::guardrail::__private::Draft::preview(
            &mut __draft,
            |__arguments| {
                shop::guardrail::__private::preview_future(preview::ledger(__arguments))
            },
        );
        shop::guardrail::__private::begin(__draft)
    };
    let __out = async move {
        if let ::core::result::Result::Err(__error) = __gate
            .await
            .check({
                let mut __draft = shop::guardrail::__private::Draft::new(
                    &shop::guardrail::__private::Meta {
                        policy: "refunds",
                        name: "shop:refund",
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    8usize,
                );
                shop::guardrail::__private::Draft::skip(&mut __draft, "self");
                shop::guardrail::__private::Draft::skip(&mut __draft, "client");
                shop::guardrail::__private::Draft::debug(&mut __draft, "order", &order);
                shop::guardrail::__private::Draft::redact(&mut __draft, "token", &token);
                shop::guardrail::__private::Draft::arg(&mut __draft, "why", &why);
                shop::guardrail::__private::Draft::arg(
                    &mut __draft,
                    "account",
                    &(self.account.id),
                );
                shop::guardrail::__private::Draft::arg(
                    &mut __draft,
                    "cents",
                    &(cents.abs()),
                );
                shop::guardrail::__private::Draft::redact(
                    &mut __draft,
                    "pin",
                    &(self.pin),
                );
                shop::guardrail::__private::Draft::resource(
                    &mut __draft,
                    &::core::format_args!("order/{order}"),
                );
                __draft
            })
        {
            let __refused: Result<(), RefundError> = ::core::result::Result::Err(
                RefundError::Refused(__error),
            );
            return __refused;
        }
        { client.pay(order, cents).await }
    }
        .await;
    let __ok = {
        use shop::guardrail::__private::ProbeFallback as _;
        shop::guardrail::__private::Probe(&__out).succeeded()
    };
    if let ::core::result::Result::Err(__error) = __ticket.finish(__ok).await {
        if __ok {
            let __refused: Result<(), RefundError> = ::core::result::Result::Err(
                RefundError::Refused(__error),
            );
            return __refused;
        }
    }
    __out
}
