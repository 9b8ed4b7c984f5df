//! PEM around 32 bytes behind a fixed DER prefix: all that openssl needs of an Ed25519 key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// The block; wiped, for it may hold a private key.
pub(super) fn encode(label: &str, prefix: &[u8], key: &[u8; 32]) -> Zeroizing<String> {
    let der = Zeroizing::new([prefix, key].concat());
    let body = Zeroizing::new(STANDARD.encode(&*der));
    Zeroizing::new(format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", *body))
}

/// The key of a block with this label and this prefix; `None` for anything else.
pub(super) fn decode(label: &str, prefix: &[u8], text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let body = text.trim().strip_prefix(&format!("-----BEGIN {label}-----"))?;
    let body = body.strip_suffix(&format!("-----END {label}-----"))?;
    let body: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
    let der = Zeroizing::new(STANDARD.decode(body.as_bytes()).ok()?);
    Some(Zeroizing::new(der.strip_prefix(prefix)?.try_into().ok()?))
}
