#[requires_approval(policy = "p", fields(id = self.id))]
fn boxed(&self, plan: String) -> ::std::pin::Pin<Box<dyn ::std::future::Future<Output = Result<Done, ErrorData>> + Send + '_>> {
    { Box::pin(async move { self.run(plan).await }) }
}
