#[requires_approval(policy = "p")]
fn boxed<'a>(&'a self, plan: &'a str) -> futures::future::BoxFuture<'a, Result<Done, Error>> {
    self.run(plan).boxed()
}
