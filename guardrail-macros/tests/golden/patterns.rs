#[requires_approval(policy = "p", skip(b))]
async fn patterns(
    mut plain: String,
    Point { x, y: renamed, #[cfg(unix)] z, .. }: Point,
    &(ref a, mut b): &(u8, u8),
    whole @ Wrapper(inner): Wrapper,
    [first, .., last]: [u8; 4],
    (A(either) | B(either)): AorB,
    r#type: u8,
    _: Ignored,
    _unused: u8,
    #[cfg(feature = "extra")] extra: u8,
) -> Result<(), Error> {
    todo!()
}
