//! What secrets and their masks promise.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn smoke() {
    for text in [
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "xoxb-000000000000-000000000000-aaaaaaaaaaaaaaaaaaaaaaaa",
        "postgres://u:p4ss@db/prod",
        "password=hunter2",
        "sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "eyJhbGciOiJIUzI1NiJ9.e30.x",
    ] {
        assert!(looks_like_credential(text).is_some(), "{text}");
    }
    assert_eq!(serde_json::to_string(&Secret::new(1)).unwrap(), "\"[secret]\"");
}
