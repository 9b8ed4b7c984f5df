//! Prose without its credentials.

use std::borrow::Cow;

use proptest::prelude::*;

use crate::model::secret::{looks_like_credential, mask_text};

#[test]
fn only_the_credential_is_replaced() {
    assert_eq!(
        mask_text("logs in to postgres://u:p4ss@db/prod (password=hunter2), then \u{e4}"),
        "logs in to postgres://u:[masked URL password, 4 bytes]@db/prod \
         (password=[masked password, 7 bytes]), then \u{e4}"
    );
    assert!(matches!(mask_text("nothing here: a = b"), Cow::Borrowed(_)));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        prop_assert!(mask_text(&text).len() >= text.len() / 100);
    }

    /// Masked text holds nothing to mask.
    #[test]
    fn masking_is_done_at_once(text in "(password|token|\u{e4}|[ :=\"'@/-]|://u:|Bearer |ghp_[a-z0-9]{20}|[a-z0-9]{3}|name: |value: |Cookie: |; |#|alter ){0,12}") {
        let masked = mask_text(&text).into_owned();
        prop_assert_eq!(looks_like_credential(&masked), None, "{}", masked);
    }
}
