//! What a format literal shows, and which word a misspelt one is near.

use crate::args::placeholders;
use crate::errors::with_nearest;

#[test]
fn a_literal_shows_what_stands_in_its_braces() {
    assert_eq!(placeholders("apply {plan} in {workspace:?}"), ["plan", "workspace"]);
    assert_eq!(placeholders("{{plan}} {plan}"), ["plan"]);
    assert_eq!(placeholders("{} and {0}"), ["", "0"]);
    assert_eq!(placeholders("no end {plan"), [] as [&str; 0]);
}

#[test]
fn widths_and_precisions_are_shown_too() {
    assert_eq!(placeholders("{plan:>width$}"), ["plan", "width"]);
    assert_eq!(placeholders("{plan:*<width$.digits$}"), ["plan", "width", "digits"]);
    assert_eq!(placeholders("{price:#08.2}"), ["price"]);
}

#[test]
fn a_near_word_is_offered_and_a_far_one_is_not() {
    assert_eq!(with_nearest("polcy", &["name", "policy"]), "`polcy` (did you mean `policy`?)");
    assert_eq!(with_nearest("plcy", &["name", "policy"]), "`plcy` (did you mean `policy`?)");
    assert_eq!(with_nearest("colour", &["name", "policy"]), "`colour`");
    assert_eq!(with_nearest("id", &[]), "`id`");
}
