//! The tables of the channels.

use serde::Deserialize;

use super::{mistakes, set};

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Slack {
    channel: String,
    #[serde(default)]
    retries: u8,
}

#[test]
fn a_channel_reads_its_own_table() {
    let set = set("[slack]\nchannel = 'C1'\n[terminal]\n");
    let section = set.section("slack").unwrap();
    assert_eq!(section.name(), "slack");
    assert_eq!(section.read::<Slack>().unwrap(), Slack { channel: "C1".into(), retries: 0 });
    assert!(set.section("terminal").is_some());
    assert!(set.section("teams").is_none() && set.section("people").is_none());
}

#[test]
fn a_mistake_in_a_channels_table_has_its_place() {
    let read =
        |text: &str| set(text).section("slack").unwrap().read::<Slack>().unwrap_err().to_string();
    assert_eq!(
        read("\n[slack]\nchannel = 'C1'\nretrys = 3\n"),
        "guardrail.toml:4:1: `slack`: unknown field `retrys`, expected `channel` or `retries`"
    );
    assert_eq!(
        read("[slack]\nchannel = 'C1'\n  retries = 'a'\n"),
        "guardrail.toml:3:13: `slack`: invalid type: string \"a\", expected u8"
    );
    assert_eq!(read("# x\n[slack]\n"), "guardrail.toml:2:1: `slack`: missing field `channel`");
}

#[test]
fn a_channel_is_a_table_and_has_a_known_name() {
    assert_eq!(
        mistakes("slack = 'on'\n"),
        "guardrail.toml:1:9: `slack`: must be a table, not text"
    );
    assert_eq!(
        mistakes("[slak]\n"),
        "guardrail.toml:1:2: `slak`: unknown key; did you mean `slack`?"
    );
}

#[test]
fn a_section_keeps_its_values_to_itself() {
    let set = set("[slack]\nbot_token = 'xoxb-1'\n");
    assert!(!format!("{:?} {set:?}", set.section("slack")).contains("xoxb"));
}
