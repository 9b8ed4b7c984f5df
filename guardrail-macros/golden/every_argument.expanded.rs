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
        __draft.skip("self");
        __draft.skip("client");
        __draft.debug("order", &order);
        __draft.redact("token", &token);
        __draft.arg("why", &why);
        __draft.arg("account", &(self.account.id));
        __draft.arg("cents", &(cents.abs()));
        __draft.redact("pin", &(self.pin));
        __draft.resource(&::core::format_args!("order/{order}"));
        __draft.reason(&(why));
        __draft.key(&::core::format_args!("{order}-{cents}"));
        __draft.summary(::core::format_args!("refund {cents} to {order:?}"));
        __draft.guardrail(&(self.guardrail));
        __draft
            .preview(|__arguments| shop::guardrail::__private::preview_future(
                preview::ledger(__arguments),
            ));
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
                __draft.skip("self");
                __draft.skip("client");
                __draft.debug("order", &order);
                __draft.redact("token", &token);
                __draft.arg("why", &why);
                __draft.arg("account", &(self.account.id));
                __draft.arg("cents", &(cents.abs()));
                __draft.redact("pin", &(self.pin));
                __draft.resource(&::core::format_args!("order/{order}"));
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
