/// Applies a plan.
pub(crate) async fn terraform_apply(
    workspace: &str,
    plan: &str,
) -> Result<Applied, ToolError> {
    let __body = {
        let (__call, __seal) = ::guardrail::__private::begin(
            "prod-change",
            "terraform_apply",
            ::core::module_path!(),
            &[("workspace", &workspace), ("plan", &plan)],
            &[
                ::guardrail::__private::Detail::Summary(
                    ::core::format_args!("terraform apply {plan} in {workspace}"),
                ),
            ],
        );
        ::guardrail::__private::Body(
            __call,
            async move {
                if let ::core::result::Result::Err(__error) = __seal
                    .check(&[("workspace", &workspace), ("plan", &plan)], &[])
                {
                    return <Result<
                        Applied,
                        ToolError,
                    > as ::guardrail::__private::FromRefusal>::from_refusal(__error);
                }
                {
                    let client = connect(workspace).await?;
                    client.apply(plan).await
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
