//! Facts as plain text: what a terminal and a log are given.

use super::corpus::class;
use super::request::{deploy, later, pending, voted};
use crate::model::Choice;
use crate::view::{Limits, columns, facts, text};

fn page(intent: crate::model::IntentBuilder, width: usize) -> String {
    text(&facts(&pending(intent), later(60), &Limits::new(2_000, 20_000, columns)), width)
}

#[test]
fn a_request_reads_like_this() {
    let intent = deploy()
        .summary("apply plan 7f3a in eu-1")
        .reason("disk is 91 % full")
        .arg("workspace", "eu-1")
        .arg("plan", "line one\nline two");
    let mut request = pending(intent);
    request.apply(later(50), &voted("bob", Choice::Approve, Some("plan checked"))).unwrap();
    let shown = text(&facts(&request, later(60), &Limits::OPEN), 80);
    let digest: String = request.intent().digest().to_string().chars().take(16).collect();
    let expected = format!(
        "\
⏳ state: waiting for approval
▲ risk: high
action: terraform_apply
│ summary: \"apply plan 7f3a in eu-1\"
│ workspace = \"eu-1\"
│ plan = \"line one
┊ line two\"
│ agent: deploy-bot
│ for: alice
asked at: 2026-09-21 09:14:02 UTC
request: 01996b2c-4e10-7abc-8def-0123456789ab, digest {digest}…
policy: prod-change: Changes to production infrastructure
Change policy CHG-7: https://wiki.example.com/chg-7
controls: SOC2:CC8.1
time left: 14 min to decide, until 2026-09-21 09:29:02 UTC, refused when time is
   up
approvals: 1 of 2, asks 2 of group:sre
│ vote: bob approves in Slack at 2026-09-21 09:14:52 UTC: \"plan checked\"
the agent says (not verified):
│ \"disk is 91 % full\"
"
    );
    assert_eq!(shown, expected);
}

/// What a line of a request without votes and references begins with.
const OURS: [&str; 17] = [
    "⏳ state: ",
    "▲ risk: ",
    "action: ",
    "│ command =",
    "│ agent: ",
    "│ for: ",
    "asked at: ",
    "request: ",
    "policy: ",
    "Change policy CHG-7: ",
    "controls: ",
    "time left: ",
    "approvals: ",
    "the agent says (not verified):",
    "  ",
    "! ",
    "↳ ",
];

/// A line break of a value, or the beginning of the claim.
fn framed(line: &str) -> bool {
    line.starts_with("┊ ") || line.starts_with("│ \"")
}

/// Whatever an agent sends: printable lines within the width, ours told from its by column one.
#[test]
fn no_attack_leaves_its_frame() {
    for name in ["ansi", "control", "bidi", "dialog_forge", "log_injection", "truncation"] {
        for attack in class(name).iter().filter(|attack| attack.is_text()) {
            let payload: String = attack.text().chars().take(4_000).collect();
            let page = page(deploy().reason(&payload).arg("command", &payload), 60);
            for line in page.lines() {
                assert!(line.chars().all(|c| !c.is_control()), "{}: {line:?}", attack.id);
                let width: usize = line.chars().map(columns).sum();
                assert!(width <= 60, "{}: {width} {line:?}", attack.id);
                let ours = framed(line) || OURS.iter().any(|ours| line.starts_with(ours));
                assert!(ours, "{}: {line:?}", attack.id);
            }
            let after_parameters = page.find("│ command =").unwrap();
            let says = page.find("the agent says (not verified):\n│ \"").unwrap();
            assert!(after_parameters < says, "{}", attack.id);
            assert!(page.get(says..).unwrap().lines().skip(1).all(|l| {
                ["│ ", "┊ ", "↳ ", "! ", "  "].iter().any(|frame| l.starts_with(frame))
            }));
        }
    }
}

/// A parameter that is called like a fact of ours is shown as a parameter.
#[test]
fn no_argument_passes_for_a_fact_of_ours() {
    let lines = |intent| {
        let page = page(intent, 80);
        let shown: Vec<String> =
            page.lines().filter(|line| line.starts_with('│')).map(str::to_owned).collect();
        shown
    };
    let ours = lines(deploy().resource("db").summary("drop").arg("n", "1"));
    for name in ["resource", "summary", "agent", "for", "vote", "environment", "resource:"] {
        for line in lines(deploy().arg(name, "db").arg("n", "1")) {
            let is_base = line.starts_with("│ agent: ") || line.starts_with("│ for: ");
            assert!(is_base || line.starts_with("│ n = ") || !ours.contains(&line), "{line}");
            assert!(is_base || line.contains(" = "), "{line}");
        }
    }
}

#[test]
fn full_lines_go_on_behind_another_sign_than_line_breaks() {
    let page = page(deploy().arg("a", &format!("{}\nnext", "x".repeat(40))), 24);
    assert!(page.contains("│ a = \"xxxxxxxxxxxxxxxxx\n↳ xxxxxxxxxxxxxxxxxxxxxx\n↳ x\n┊ next\"\n"));
}

#[test]
fn right_to_left_values_have_lines_of_their_own() {
    let page = page(deploy().arg("amount", "1000 ريال").arg("to", "0042"), 60);
    assert!(
        page.contains("│ amount =\n┊ \"1000 ريال\"\n! warning: right-to-left\n│ to = \"0042\"\n")
    );
}

#[test]
fn no_terminal_is_too_narrow() {
    let page = page(deploy().arg("a", "b"), 0);
    let widths = page.lines().map(|line| line.chars().map(columns).sum::<usize>());
    assert_eq!(widths.max(), Some(24));
}
