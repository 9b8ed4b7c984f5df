//! The likely right word.

use crate::policy::likely::likely;

const WORDS: [&str; 7] =
    ["allow", "ask", "deny", "approvers", "approvals", "timeout", "prod-change"];

#[test]
fn a_slip_of_few_letters_is_forgiven() {
    for (wrong, right) in [
        ("alow", "allow"),
        ("aks", "ask"),
        ("Deny", "deny"),
        ("aprovers", "approvers"),
        ("approver", "approvers"),
        ("approval", "approvals"),
        ("timeuot", "timeout"),
        ("time-out", "timeout"),
        ("prod", "prod-change"),
        ("tіmeout", "timeout"),
    ] {
        assert_eq!(likely(wrong, WORDS), Some(right), "{wrong}");
    }
}

#[test]
fn another_word_is_no_slip() {
    for wrong in ["", "x", "by", "all", "pr", "reviewer-list", "timeout timeout timeout"] {
        let found = likely(wrong, WORDS);
        assert!(found.is_none() || wrong == "all", "{wrong}: {found:?}");
    }
}

#[test]
fn text_without_end_is_no_slip_and_costs_nothing() {
    assert_eq!(likely(&"a".repeat(1_000_000), WORDS), None);
    let long = "a".repeat(1_000_000);
    assert_eq!(likely("aaa", [long.as_str()]), None);
}

#[test]
fn of_equally_likely_words_it_is_always_the_same() {
    assert_eq!(likely("ab", ["ad", "ac"]), Some("ac"));
    assert_eq!(likely("ab", ["ac", "ad"]), Some("ac"));
}
