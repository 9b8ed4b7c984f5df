//! One sample for every mistake a file can hold, with its whole message.

use std::fmt::Write as _;

use super::mistakes;
use crate::policy::PolicySet;

/// Every sample with what is said of it, as one golden file.
fn check(name: &str, samples: &[&str]) {
    golden(name, samples, mistakes);
}

/// Samples that are the keys of one policy.
fn check_policy(name: &str, samples: &[&str]) {
    golden(name, samples, |sample| mistakes(&policy(&format!("[policies.x]\n{sample}"))));
}

fn golden(name: &str, samples: &[&str], said: impl Fn(&str) -> String) {
    let mut golden = String::new();
    for sample in samples {
        writeln!(golden, "{}\n\n{}\n----", sample.trim_end(), said(sample)).unwrap();
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("golden");
    settings.bind(|| insta::assert_snapshot!(name, golden));
}

/// The keys of one policy, in a file in which nothing else is wrong.
fn policy(keys: &str) -> String {
    format!(
        "{keys}\n[people.ann]\n[people.ben]\n[people.cy]\nactive = false\n[people.bot]\nkind = \"agent\"\n\
         [groups]\nsre = [\"ann\", \"ben\", \"cy\"]\ngone = [\"cy\"]\n"
    )
}

#[test]
fn the_policy_of_the_samples_has_no_mistake_of_its_own() {
    PolicySet::parse(policy("[policies.x]\napprovers = [\"group:sre\"]")).unwrap();
}

#[test]
fn no_toml() {
    check(
        "no_toml",
        &[
            "[people.alice\n",
            "x = \n",
            "x = 'a\n[groups]\ny\n",
            "[groups]\na = ['b']\na = ['c']\n",
            "[people.alice]\n[people.alice]\n",
            "people.alice.name = 'A'\n[people.alice]\n",
            "\u{1}\n",
        ],
    );
}

#[test]
fn top() {
    check(
        "top",
        &[
            "[policy.x]\n",
            "[peoples.x]\n",
            "[users.x]\n",
            "[zebra]\n",
            "version = 1\n",
            "'a b' = 1\n",
            "\"p\u{43e}licies\" = 1\n",
            "'' = 1\n",
            "people = []\n",
            "groups = 3\n",
            "policies = 1979-05-27\n",
            "teams = true\n",
            "[[policies]]\n",
            "on_error = 'allow'\n",
            "default-action = 'allow'\n",
        ],
    );
}

#[test]
fn people() {
    check(
        "people",
        &[
            "[people]\nalice = 'alice@corp.example'\n",
            "[people.'']\n",
            "[people.'a b']\n",
            "[people.\"alice\\u200b\"]\n",
            "[people.alice]\nmail = 'a@b'\nsalck = 'T/U'\nphone = '1'\n",
            "[people.alice]\nname = ''\n",
            "[people.alice]\nname = \"A\\u0007\"\n",
            "[people.alice]\nname = ['A']\n",
            "[people.alice]\nemail = 'alice'\n[people.bob]\nemail = 'a b@c'\n",
            "[people.alice]\nkind = 'robot'\n",
            "[people.alice]\nkind = 'humn'\n",
            "[people.alice]\nactive = 'no'\n",
            "[people.alice]\nowns = 'deploy-bot'\n",
            "[people.alice]\nowns = ['', 'a', 'a', 1]\n",
            "[people.bot]\nkind = 'agent'\nowns = ['deploy-bot']\n",
            "[people.alice]\nallow_self_approval = true\n",
        ],
    );
}

#[test]
fn accounts() {
    check(
        "accounts",
        &[
            "[people.alice]\nslack = 'U012ABC'\n",
            "[people.alice]\nslack = 'T0/U0/X'\n",
            "[people.alice]\nslack = 'T0/'\n",
            "[people.alice]\nslack = ['T0/U0', 'U1']\n",
            "[people.alice]\nslack = 7\n",
            "[people.alice]\nteams = ''\n",
            "[people.alice]\nterminal = ' alice'\n",
            "[people.alice]\nweb = \"a\\u0000\"\n",
            "[people.alice]\nperson = 'bob'\n",
        ],
    );
}

#[test]
fn nobody_twice() {
    check(
        "nobody_twice",
        &[
            "[people.alice]\n[people.Alice]\n",
            "[people.\"ren\\u00e9\"]\n[people.\"rene\\u0301\"]\n",
            "[people.\"stra\\u00dfe\"]\n[people.STRASSE]\n",
            "[people.alice]\n[people.aIice]\n",
            "[people.dave]\n[people.\"d\\u0430ve\"]\n",
            "[people.alice]\nslack = 'T0/U0'\n[people.bob]\nslack = 'T0/U0'\n",
            "[people.bob]\nterminal = ['b', 'root']\n[people.alice]\nterminal = 'root'\n",
            "[people.alice]\nemail = 'a@b.example'\n[people.bob]\nemail = 'A@B.example'\n",
            "[people.alice]\nemail = 'bob@b.example'\n[people.'bob@b.example']\n",
        ],
    );
}

#[test]
fn groups() {
    check(
        "groups",
        &[
            "[groups]\nsre = []\n",
            "[groups]\nsre = 'alice'\n",
            "[groups.sre]\nmembers = ['alice']\n",
            "[people.alice]\n[groups]\nsre = ['alcie', 'alice', 'zed']\n",
            "[people.alice]\n[groups]\nsre = ['alice', 'alice']\n",
            "[people.alice]\n[groups]\nsre = ['Alice', 3]\n",
            "[people.alice]\n[groups]\n'on call' = ['alice']\n",
            "[people.bot]\nkind = 'agent'\n[people.ci]\nkind = 'service'\n[groups]\nsre = ['bot', 'ci']\n",
        ],
    );
}

#[test]
fn policies() {
    check_policy(
        "policies",
        &[
            "",
            "effect = 'ask'",
            "effect = 'alow'",
            "effect = 'permit'",
            "effect = true",
            "approvers = ['group:sre']\nrisk = 'hihg'\nrequester = 'no'",
            "approvers = ['group:sre']\nreason_required = ['reject', 'Deny']",
            "approvers = ['group:sre']\ndescription = ''",
            "effect = 'allow'\napprovers = ['group:sre']\napprovals = 2",
            "approvers = ['group:sre']\nretry = 'always'",
            "effect = 'allow'\nretry = 'idempotent'",
            "effect = 'deny'\ntimeout = '5m'\ngrant_ttl = '5m'\nreason_required = ['deny']",
            "approvers = ['group:sre']\nquorum = 2\naprovals = 2\ntiemout = '5m'\ncolour = 'red'",
        ],
    );
    check(
        "policy_names",
        &[
            "[policies.'prod change']\n",
            "[policies]\nx = 'ask'\n",
            "[policies.\"pr\\u043ed\"]\n",
            "[policies.'']\n",
        ],
    );
}

#[test]
fn approvers() {
    check_policy(
        "approvers",
        &[
            "approvers = []",
            "approvers = 'group:sre'",
            "approvers = ['group:srre']",
            "approvers = ['group:ops', 'group:sre', 'person:zed']",
            "approvers = ['person:anne']",
            "approvers = ['person:bot']",
            "approvers = ['agent:deploy-bot']",
            "approvers = ['sre', 'ann', 'zed', 'user:ann', 'groups:sre', '']",
            "approvers = ['group:sre', 'group:sre']",
            "approvers = ['person:cy']",
            "approvers = ['group:gone']",
        ],
    );
}

#[test]
fn approvals() {
    check_policy(
        "approvals",
        &[
            "approvers = ['group:sre']\napprovals = 0",
            "approvers = ['group:sre']\napprovals = -1",
            "approvers = ['group:sre']\napprovals = 3",
            "approvers = ['person:ann', 'group:sre']\napprovals = 3",
            "approvers = ['person:ann']\napprovals = 2",
            "approvers = ['person:ann']\napprovals = 99999999999999999999999999999999999999999999",
            "approvers = ['group:sre']\napprovals = 0xFFFFFFFFFF",
            "approvers = ['group:sre']\napprovals = 1.0",
            "approvers = ['group:sre']\napprovals = '2'",
            "approvals = 2",
        ],
    );
}

#[test]
fn times() {
    let times = [
        "'0s'",
        "'0d'",
        "'-5s'",
        "'31d'",
        "'9999999999999999d'",
        // One day, were it counted in 64 bits and the rest dropped.
        "'144115188075855873d'",
        "'99999999999999999999999d'",
        "'15'",
        "'m'",
        "''",
        "'15 m'",
        "'1h30m'",
        "'1.5h'",
        "'15min'",
        "'+5m'",
        "'5M'",
        "15",
        "'٣m'",
    ];
    let samples = times.map(|time| format!("approvers = ['group:sre']\ntimeout = {time}"));
    check_policy("timeouts", &samples.each_ref().map(String::as_str));
    let samples = ["'25h'", "'2d'", "'0m'"]
        .map(|time| format!("approvers = ['group:sre']\ngrant_ttl = {time}"));
    check_policy("grants", &samples.each_ref().map(String::as_str));
}

#[test]
fn references() {
    check_policy(
        "references",
        &[
            "approvers = ['group:sre']\nreferences = ['https://a.example']",
            "approvers = ['group:sre']\nreferences = [{ title = 'A' }]",
            "approvers = ['group:sre']\nreferences = [{ title = 'A', url = 'javascript:alert(1)' }]",
            "approvers = ['group:sre']\nreferences = [{ title = '', url = 'https:///x', href = 'y' }]",
            "approvers = ['group:sre']\nreferences = [{ title = 'A', url = 'https://a b' }]",
            "approvers = ['group:sre']\nreferences = [{ title = 'A', url = 'https://a/<b>' }]",
            "approvers = ['group:sre']\ncontrols = ['', \"SOC2\\n\", 'A', 'A']",
            "approvers = ['group:sre']\ncontrols = 'SOC2:CC8.1'",
        ],
    );
}

#[test]
fn words_that_do_not_exist_on_purpose() {
    let words = [
        "on_error = 'allow'",
        "on_failure = 'allow'",
        "fail_open = true",
        "on_timeout = 'allow'",
        "on-timeout = 'allow'",
        "on_expiry = 'approve'",
        "timeout_action = 'allow'",
        "default_action = 'allow'",
        "allow_self_approval = true",
        "self_approve = true",
        "exempt_roles = ['admin']",
        "bypass = ['ann']",
        "break_glass = true",
        "auto_approve_after = '5m'",
    ];
    let samples = words.map(|word| format!("approvers = ['group:sre']\n{word}"));
    check_policy("never", &samples.each_ref().map(String::as_str));
}

#[test]
fn words_of_a_later_version() {
    check_policy(
        "later",
        &[
            "stages = [{ approvers = ['group:sre'], approvals = 1 }]\napprovers = ['group:sre']",
            "approvers = ['group:sre']\nescalate = [{ after = '5m', to = ['group:sre'] }]\nremind_every = '10m'",
            "approvers = ['group:sre']\n[[policies.x.rules]]\neffect = 'allow'",
        ],
    );
}

#[test]
fn all_mistakes_are_listed_in_the_order_of_the_text() {
    let text = "[policies.a]\nefect = 'ask'\napprovers = ['group:x']\n[people.bob]\nkind = 'x'\n[groups]\ng = ['bo']\n";
    let found = PolicySet::parse(text).unwrap_err();
    let places: Vec<(usize, usize, &str)> =
        found.mistakes().iter().map(|m| (m.line, m.column, &*m.key)).collect();
    let expected = [
        (2, 1, "policies.a.efect"),
        (3, 14, "policies.a.approvers"),
        (5, 8, "people.bob.kind"),
        (7, 6, "groups.g"),
    ];
    assert_eq!(places, expected);
}

#[test]
fn a_column_counts_characters_and_not_bytes() {
    let found = PolicySet::parse("'é' = { x = 1 }\n[people.'é']\nname = { é = 1 }\n").unwrap_err();
    assert_eq!((found.mistakes()[0].line, found.mistakes()[0].column), (3, 10));
}

#[test]
fn no_more_than_a_hundred_mistakes_are_listed() {
    let text: String = (0..150).map(|n| format!("wrong{n} = 1\n")).collect();
    let error = PolicySet::parse(text).unwrap_err();
    assert_eq!(error.mistakes().len(), 100);
    assert!(error.to_string().ends_with("\nthe list ends here; there may be more"));
    let text: String = (0..99).map(|n| format!("wrong{n} = 1\n")).collect();
    assert!(!PolicySet::parse(text).unwrap_err().to_string().contains("the list ends"));
}

#[test]
fn a_mistake_is_not_told_twice() {
    let text = "[people.ann]\n[groups]\nsre = ['ann', 'bne']\n[policies.x]\napprovers = ['group:sre']\napprovals = 2\n";
    assert_eq!(mistakes(text), "guardrail.toml:3:15: `groups.sre`: there is no person `bne`");
}

#[test]
fn what_reviewers_read_has_a_length() {
    let about =
        |keys: &str| mistakes(&policy(&format!("[policies.x]\napprovers = ['group:sre']\n{keys}")));
    assert_eq!(
        about(&format!("description = '{}'", "a".repeat(1025))),
        "guardrail.toml:3:15: `policies.x.description`: must not be longer than 1024 bytes"
    );
    assert_eq!(
        about(&format!("controls = {:?}", (0..33).map(|n| n.to_string()).collect::<Vec<_>>())),
        "guardrail.toml:3:1: `policies.x.controls`: there are 33 of them, at most 32"
    );
    let link = "{ title = 'A', url = 'https://a.example' }";
    assert_eq!(
        about(&format!("references = [{}]", vec![link; 33].join(", "))),
        "guardrail.toml:3:1: `policies.x.references`: there are 33 of them, at most 32"
    );
    let url = format!("references = [{{ title = 'A', url = 'https://{}' }}]", "a".repeat(2041));
    assert_eq!(
        about(&url),
        "guardrail.toml:3:36: `policies.x.references.url`: must not be longer than 2048 bytes"
    );
}

#[test]
fn what_a_message_repeats_is_short_and_hides_nothing() {
    let text = format!("[policies.x]\neffect = \"{}\\u202e\"\n", "\\u0007a".repeat(1000));
    let message = mistakes(&text);
    assert!(message.len() < 600 && !message.contains(['\u{7}', '\u{202e}']), "{message}");
    let message = mistakes(&format!("{} = 1\n", "k".repeat(5000)));
    assert!(message.len() < 400, "{message}");
}
