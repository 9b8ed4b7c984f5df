#[requires_approval(policy = "p", err = crate::refused::<T>)]
fn f<T>(x: T) -> (impl Future<Output = Result<T, Error>>) {
    async { Ok(x) }
}
