//! Any value as a tree: to be written, read back and compared.

use std::fmt;

use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::model::secret::Secret;

#[derive(Debug, Clone)]
pub(super) enum Tree {
    Null,
    Bool(bool),
    Signed(i128),
    Unsigned(u128),
    Float(f64),
    Text(String),
    Array(Vec<Tree>),
    /// Keys are distinct, in any order.
    Object(Vec<(String, Tree)>),
    Secret(Box<Tree>),
}

impl Tree {
    /// The same for two trees exactly if they are the same value.
    pub(super) fn meaning(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => format!("bool {value}"),
            Self::Signed(value) => format!("integer {value}"),
            Self::Unsigned(value) => format!("integer {value}"),
            Self::Float(value) => format!("float {:x}", value.to_bits()),
            Self::Text(text) => format!("text {:?}", text.as_bytes()),
            Self::Array(trees) => {
                let parts: Vec<String> = trees.iter().map(Self::meaning).collect();
                format!("array {} ({})", parts.len(), parts.join("; "))
            }
            Self::Object(members) => {
                let mut parts: Vec<String> = members
                    .iter()
                    .map(|(key, tree)| format!("{:?} = {}", key.as_bytes(), tree.meaning()))
                    .collect();
                parts.sort();
                format!("object {} ({})", parts.len(), parts.join("; "))
            }
            Self::Secret(tree) => format!("secret ({})", tree.open().meaning()),
        }
    }

    /// The same tree without secrets: what is read back.
    pub(super) fn open(&self) -> Self {
        match self {
            Self::Array(trees) => Self::Array(trees.iter().map(Self::open).collect()),
            Self::Object(members) => {
                Self::Object(members.iter().map(|(key, tree)| (key.clone(), tree.open())).collect())
            }
            Self::Secret(tree) => tree.open(),
            other => other.clone(),
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => value.serialize(serializer),
            Self::Signed(value) => value.serialize(serializer),
            Self::Unsigned(value) => value.serialize(serializer),
            Self::Float(value) => value.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
            Self::Array(trees) => trees.serialize(serializer),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(None)?;
                for (key, tree) in members {
                    map.serialize_entry(key, tree)?;
                }
                map.end()
            }
            Self::Secret(tree) => Secret::new(tree).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Unsigned(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Signed(value.into()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Tree, E> {
        Ok(Tree::Unsigned(value))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Tree, E> {
        Ok(Tree::Signed(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut trees = Vec::new();
        while let Some(tree) = seq.next_element()? {
            trees.push(tree);
        }
        Ok(Tree::Array(trees))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Tree::Object(members))
    }
}

/// Strings that look like something else, and any others.
pub(super) fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(SIMILAR.as_slice()).prop_map(str::to_owned),
        2 => "[#0-9.e\\-]{0,6}",
        1 => "[\\x00-\\x7f]{0,12}",
        1 => any::<String>(),
        1 => "[\u{d7f0}-\u{e010}\u{fff0}-\u{10010}a#\"\\\\]{0,4}",
    ]
}

pub(super) const SIMILAR: [&str; 24] = [
    "",
    "#",
    "##",
    "###",
    "1",
    "1.0",
    "#1",
    "#1.0",
    "##1.0",
    "null",
    "true",
    "[]",
    "{}",
    "\"",
    "\\",
    "\\n",
    "\n",
    "\u{e9}",
    "e\u{301}",
    "\u{1f600}",
    "\u{fb33}",
    "#sealed:1",
    "#mixed:x",
    "#secret:1:0000000000000000000000000000000000000000000000000000000000000000",
];

pub(super) fn leaves() -> impl Strategy<Value = Tree> {
    let edge = 1_i128 << 53;
    prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::Bool),
        prop_oneof![-2_i128..=2, edge - 2..=edge + 2, -edge - 2..=-edge + 2, any::<i128>()]
            .prop_map(Tree::Signed),
        prop_oneof![any::<u64>().prop_map(u128::from), any::<u128>()].prop_map(Tree::Unsigned),
        prop_oneof![
            proptest::sample::select(
                [0.0, -0.0, 1.0, -1.0, 2.0, 9_007_199_254_740_992.0].as_slice()
            ),
            any::<f64>().prop_filter("finite", |value| value.is_finite()),
        ]
        .prop_map(Tree::Float),
        texts().prop_map(Tree::Text),
    ]
}

/// Any value without secrets.
pub(super) fn plain_trees() -> impl Strategy<Value = Tree> {
    grown(leaves(), false)
}

/// Any value.
pub(super) fn trees() -> impl Strategy<Value = Tree> {
    grown(leaves(), true)
}

fn grown(leaves: impl Strategy<Value = Tree> + 'static, secrets: bool) -> BoxedStrategy<Tree> {
    leaves
        .prop_recursive(4, 24, 5, move |inner| {
            let members = proptest::collection::hash_map(texts(), inner.clone(), 0..5);
            let secret = inner
                .clone()
                .prop_map(move |tree| if secrets { Tree::Secret(Box::new(tree)) } else { tree });
            prop_oneof![
                2 => proptest::collection::vec(inner, 0..5).prop_map(Tree::Array),
                2 => members.prop_map(|members| Tree::Object(members.into_iter().collect())),
                1 => secret,
            ]
        })
        .boxed()
}
