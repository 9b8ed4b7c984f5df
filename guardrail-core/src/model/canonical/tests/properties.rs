//! What holds for every value and every text.

use proptest::prelude::*;
use serde::de::IgnoredAny;

use super::of;
use super::tree::{SIMILAR, Tree, plain_trees, trees};
use crate::model::canonical::{Bounds, Canonical, decode};

proptest! {
    /// A text that reads back as the value is the text of no other value.
    #[test]
    fn one_text_one_value(tree in trees()) {
        let canonical = of(&tree);
        let back: Tree = canonical.read().unwrap();
        prop_assert_eq!(back.meaning(), tree.open().meaning());
    }

    #[test]
    fn two_values_two_texts(left in trees(), right in trees()) {
        prop_assert_eq!(of(&left) == of(&right), left.meaning() == right.meaning());
    }

    #[test]
    fn the_order_of_members_does_not_matter(tree in trees()) {
        prop_assert_eq!(of(&tree), of(&turned(&tree)));
    }

    #[test]
    fn a_text_is_canonical_json(tree in trees()) {
        let canonical = of(&tree);
        prop_assert_eq!(&Canonical::parse(canonical.as_str()).unwrap(), &canonical);
        serde_json::from_str::<IgnoredAny>(canonical.as_str()).unwrap();
    }

    /// Captured here or sent as JSON by another: the same text.
    #[test]
    fn sent_json_has_the_same_text(tree in plain_trees()) {
        let sent = serde_json::to_vec_pretty(&tree).unwrap();
        prop_assert_eq!(Canonical::from_json(&sent, &Bounds::default()).unwrap(), of(&tree));
    }

    /// What we take, others take too; and nothing makes the reader panic.
    #[test]
    fn what_is_taken_is_json(bytes in json_like()) {
        if let Ok(canonical) = Canonical::from_json(&bytes, &Bounds::default()) {
            serde_json::from_slice::<IgnoredAny>(&bytes).unwrap();
            prop_assert_eq!(&Canonical::parse(canonical.as_str()).unwrap(), &canonical);
            let _ = decode::<Tree>(&bytes, &Bounds::default());
        }
    }

    #[test]
    fn what_is_taken_as_canonical_is_sound(bytes in json_like()) {
        let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(()) };
        if let Ok(canonical) = Canonical::parse(text) {
            prop_assert_eq!(canonical.as_str(), text);
            let _ = canonical.read::<Tree>();
            prop_assert!(canonical.walk().count() > 0);
        }
    }
}

/// All pairs of values that could be taken for one another.
#[test]
fn similar_values_have_different_texts() {
    let edge = 1_i128 << 53;
    let mut trees = vec![Tree::Null, Tree::Bool(true), Tree::Bool(false)];
    trees.extend([-edge, 1 - edge, -1, 0, 1, edge - 1, edge, edge + 1].map(Tree::Signed));
    trees.extend([-1.0, -0.0, 0.0, 1.0, 1.5, 9_007_199_254_740_992.0].map(Tree::Float));
    trees.extend(SIMILAR.map(|text| Tree::Text(text.to_owned())));
    trees.push(Tree::Array(Vec::new()));
    trees.push(Tree::Object(Vec::new()));
    let leaves = trees.clone();
    for leaf in &leaves {
        trees.push(Tree::Array(vec![leaf.clone()]));
        trees.push(Tree::Array(vec![leaf.clone(), Tree::Null]));
        trees.push(Tree::Object(vec![("a".to_owned(), leaf.clone())]));
        trees.push(Tree::Secret(Box::new(leaf.clone())));
        trees.push(Tree::Secret(Box::new(Tree::Array(vec![leaf.clone()]))));
        trees.push(Tree::Array(vec![Tree::Secret(Box::new(leaf.clone()))]));
    }
    for key in SIMILAR {
        trees.push(Tree::Object(vec![(key.to_owned(), Tree::Null)]));
    }
    let mut texts: Vec<(String, String)> =
        trees.iter().map(|tree| (of(tree).as_str().to_owned(), tree.meaning())).collect();
    texts.sort();
    for pair in texts.windows(2) {
        assert_ne!(pair[0].0, pair[1].0, "{} and {}", pair[0].1, pair[1].1);
    }
}

fn turned(tree: &Tree) -> Tree {
    match tree {
        Tree::Array(trees) => Tree::Array(trees.iter().map(turned).collect()),
        Tree::Object(members) => Tree::Object(
            members.iter().rev().map(|(key, tree)| (key.clone(), turned(tree))).collect(),
        ),
        Tree::Secret(tree) => Tree::Secret(Box::new(turned(tree))),
        other => other.clone(),
    }
}

/// Text that is nearly JSON.
fn json_like() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        "[\\[\\]{},:]",
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{0,3})?([eE][+\\-]?[0-9]{0,4})?",
        "\"[a-c#\\\\n/\"]{0,4}\"",
        "\"\\\\u(d83d\\\\ude00|d800|00[0-9a-f]{2})\"",
        "true|false|null",
        "[ \n\t\r]",
        "\"#(sealed|mixed|secret):[01:#]{0,5}\"",
    ];
    let soup =
        proptest::collection::vec(token, 0..12).prop_map(|tokens| tokens.concat().into_bytes());
    let broken = (plain_trees(), any::<proptest::sample::Index>(), any::<u8>()).prop_map(
        |(tree, place, byte)| {
            let mut bytes = serde_json::to_vec(&tree).unwrap();
            let place = place.index(bytes.len());
            bytes[place] = byte;
            bytes
        },
    );
    let own = trees().prop_map(|tree| of(&tree).as_str().as_bytes().to_vec());
    prop_oneof![soup, broken, own, proptest::collection::vec(any::<u8>(), 0..12)]
}
