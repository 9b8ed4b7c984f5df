#[requires_approval(policy = "p")]
#[must_use]
#[tracing::instrument(skip_all)]
unsafe extern "C" fn generic<'a, T: ?Sized, const N: usize>(
    self: Pin<&mut Self>,
    value: &'a T,
    array: [u8; N],
    each: impl Iterator<Item = &'a T> + 'a,
) -> impl Future<Output = std::result::Result<Vec<impl Display + 'a>, T::Error>> + Send + 'a
where
    T: Trait + 'a,
{
    let prefix = value.prefix();
    async move { value.act(prefix, array, each).await }
}
