//! The leaves of a text, each with its way.

use proptest::prelude::*;
use serde_json::json;

use super::of;
use super::tree::trees;
use crate::model::canonical::{Canonical, Leaf, Piece, Step};

fn lines(canonical: &Canonical) -> Vec<String> {
    canonical.walk().map(|(path, leaf)| format!("{path} {leaf:?}")).collect()
}

#[test]
fn leaves_come_in_canonical_order_with_their_ways() {
    let value = json!({
        "b": [1, [], {"x": null, "": true}, "two"],
        "a": {"odd key.[0]": 1.5, "#": {}},
        "z": u64::MAX,
    });
    assert_eq!(
        lines(&of(&value)),
        [
            r##".a."#" EmptyObject"##,
            r#".a."odd key.[0]" Number("1.5")"#,
            r#".b[0] Number("1")"#,
            ".b[1] EmptyArray",
            r#".b[2]."" Bool(true)"#,
            ".b[2].x Null",
            r#".b[3] Text("two")"#,
            r#".z Number("18446744073709551615")"#,
        ]
    );
    assert_eq!(lines(&of("x\n")), [r#" Text("x\n")"#]);
    assert_eq!(lines(&of(&[0; 0])), [" EmptyArray"]);
}

#[test]
fn masked_parts_are_told_apart_from_text() {
    let hmac = "0123456789abcdef".repeat(4);
    let text = format!(
        r##"{{"#secret:9:{hmac}":"#secret:3:{hmac}","a":"#mixed:\"x ## #secret:4:{hmac}#","b":"#sealed:\"hunter2\""}}"##
    );
    let masked = Canonical::parse(&text).unwrap();
    let leaves: Vec<_> = masked.walk().collect();
    assert_eq!(leaves[0].0.steps(), [Step::MaskedKey { bytes: 9, hmac: &hmac }]);
    assert_eq!(leaves[0].0.to_string(), ".[masked key, 9 bytes, 0123456789ab]");
    assert_eq!(leaves[0].1, Leaf::Secret { bytes: 3, hmac: &hmac });
    let pieces =
        vec![Piece::Text("\"x # ".into()), Piece::Secret { bytes: 4, hmac: hmac.clone().into() }];
    assert_eq!(leaves[1].1, Leaf::Mixed(pieces));
    assert_eq!(leaves[2].1, Leaf::Sealed { bytes: 9 });
}

/// A string that spells a tag is text.
#[test]
fn an_imitated_mask_is_text() {
    let hmac = "0".repeat(64);
    for text in [format!("#secret:3:{hmac}"), format!("#mixed:#secret:3:{hmac}#"), "#1.5".into()] {
        let canonical = of(&text);
        let leaves: Vec<_> = canonical.walk().map(|(_, leaf)| leaf).collect();
        assert_eq!(leaves, [Leaf::Text(text.into())]);
    }
}

proptest! {
    /// Nothing is left out, and no two leaves share a way.
    #[test]
    fn every_leaf_has_its_own_way(tree in trees()) {
        let canonical = of(&tree);
        let mut ways: Vec<String> =
            canonical.walk().map(|(path, _)| path.to_string()).collect();
        let count = ways.len();
        prop_assert!(count > 0);
        ways.sort();
        ways.dedup();
        prop_assert_eq!(ways.len(), count);
    }
}
