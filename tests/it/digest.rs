//! What an approval is bound to is the hash that the documentation of `Digest` describes, whatever it is
//! of: made here once more, from nothing but that description.

use guardrail::Intent;
use guardrail::model::{Captured, Digest};
use proptest::prelude::*;

fn netstring(text: &str) -> String {
    format!("{}:{text},", text.len())
}

fn number(number: usize) -> String {
    netstring(&number.to_string())
}

fn optional(text: Option<&str>) -> String {
    text.map_or_else(|| number(0), |text| number(1) + &netstring(text))
}

fn described(intent: &Intent) -> Digest {
    let mut all: Vec<_> = intent.arguments().iter().collect();
    all.sort_by_key(|argument| argument.name().encode_utf16().collect::<Vec<_>>());
    let mut text = netstring("guardrail-intent-v1");
    text += &netstring(intent.action());
    text += &netstring(intent.policy().as_str());
    text += &number(all.len());
    for argument in all {
        let kind = match argument.captured() {
            Captured::Value => "v",
            Captured::Debug => "d",
            Captured::Skipped => "s",
            other => panic!("{other:?} is not made here"),
        };
        text += &netstring(argument.name());
        text += &netstring(kind);
        text += &netstring(argument.canonical().as_str());
    }
    let actor = intent.actor();
    text += &optional(intent.resource());
    text += &optional(intent.place().environment());
    text += &netstring(actor.agent().as_str());
    text += &optional(actor.on_behalf_of().map(|person| person.as_str()));
    text += &number(actor.chain().len());
    actor.chain().for_each(|link| text += &netstring(link));
    Digest::of(text.as_bytes())
}

proptest! {
    #[test]
    fn it_is_what_is_described(
        // U+FF5E comes before U+10000 as a character and behind it in UTF-16.
        names in prop::collection::btree_set("[a-cA-C_\u{ff5e}\u{10000}]{1,3}", 0..24),
        value in "[ -~\u{e9}]{0,120}",
        resource in prop::option::of("[a-z]{1,12}"),
        person in prop::option::of("[a-z]{1,12}"),
    ) {
        let mut builder = Intent::builder("deploy").policy("deploy").agent("bot");
        for (nth, name) in names.into_iter().rev().enumerate() {
            builder = match nth % 3 {
                0 => builder.arg(name, &value),
                1 => builder.debug(name, &nth),
                _ => builder.skip(name),
            };
        }
        if let Some(resource) = resource {
            builder = builder.resource(resource);
        }
        if let Some(person) = person {
            builder = builder.on_behalf_of(person);
        }
        let intent = builder.build().unwrap();
        prop_assert_eq!(intent.digest(), described(&intent));
    }
}
