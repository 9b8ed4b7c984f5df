//! The price of a guard in the size of the future: 64 bytes at most.

use guardrail::requires_approval;

const MOST: usize = 64;

macro_rules! twice {
    ($plain:ident, $guarded:ident, ($($arg:ident: $ty:ty),*), $body:block) => {
        async fn $plain($($arg: $ty),*) -> Result<usize, String> $body

        #[requires_approval(policy = "p")]
        async fn $guarded($($arg: $ty),*) -> Result<usize, String> $body
    };
}

twice!(plain_small, guarded_small, (count: usize), {
    tokio::task::yield_now().await;
    Ok(count)
});

twice!(plain_large, guarded_large, (bytes: Bytes, place: &str), {
    tokio::task::yield_now().await;
    Ok(bytes.0.len() + place.len())
});

struct Bytes([u8; 1024]);

impl serde::Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

#[test]
fn a_guarded_future_is_at_most_64_bytes_larger() {
    let (plain, guarded) = (size_of_val(&plain_small(1)), size_of_val(&guarded_small(1)));
    assert!(guarded <= plain + MOST, "{guarded} of {plain}");
    let bytes = || Bytes([0; 1024]);
    let plain = size_of_val(&plain_large(bytes(), ""));
    let guarded = size_of_val(&guarded_large(bytes(), ""));
    assert!(guarded <= plain + MOST, "{guarded} of {plain}");
}
