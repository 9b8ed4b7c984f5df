/// Applies a plan.
pub(crate) async fn terraform_apply(
    workspace: &str,
    plan: &str,
) -> Result<Applied, ToolError> {
    let (__gate, __ticket) = {
        let mut __draft = ::guardrail::__private::Draft::new(
            &::guardrail::__private::Meta {
                policy: "prod-change",
                name: "terraform_apply",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            },
            2usize,
        );
        ::guardrail::__private::Draft::arg(&mut __draft, "workspace", &workspace);
        ::guardrail::__private::Draft::arg(&mut __draft, "plan", &plan);
        ::guardrail::__private::Draft::summary(
            &mut __draft,
            ::core::format_args!("terraform apply {plan} in {workspace}"),
        );
        ::guardrail::__private::begin(__draft)
    };
    let __out = async move {
        if let ::core::result::Result::Err(__error) = __gate
            .await
            .check({
                let mut __draft = ::guardrail::__private::Draft::new(
                    &::guardrail::__private::Meta {
                        policy: "prod-change",
                        name: "terraform_apply",
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    2usize,
                );
                ::guardrail::__private::Draft::arg(
                    &mut __draft,
                    "workspace",
                    &workspace,
                );
                ::guardrail::__private::Draft::arg(&mut __draft, "plan", &plan);
                __draft
            })
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
    }
        .await;
    let __ok = {
        use ::guardrail::__private::ProbeFallback as _;
        ::guardrail::__private::Probe(&__out).succeeded()
    };
    if let ::core::result::Result::Err(__error) = __ticket.finish(__ok).await {
        return <Result<
            Applied,
            ToolError,
        > as ::guardrail::__private::FromRefusal>::unrecorded(__out, __error);
    }
    __out
}
