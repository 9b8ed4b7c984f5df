/// Applies a plan.
#[requires_approval(policy = "prod-change", summary = "terraform apply {plan} in {workspace}")]
pub(crate) async fn terraform_apply(workspace: &str, plan: &str) -> Result<Applied, ToolError> {
    let client = connect(workspace).await?;
    client.apply(plan).await
}
