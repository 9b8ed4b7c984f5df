//! Configuration: what is taken, what is refused, and that every refusal says what to do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::time::Duration;

use guardrail_core::model::secret::Secret;
use guardrail_core::policy::PolicySet;

use super::{Arguments, Config, ConfigError, Place, SlackBuilder, environment, section};

const BOT: &str = "xoxb-12345-secret";
const APP: &str = "xapp-12345-secret";
const SIGNING: &str = "8f742231b10e8888abcd99yyyzzz85a5";

fn builder() -> SlackBuilder {
    Config::builder(BOT.to_owned(), "C012AB3CD").app_token(APP.to_owned())
}

fn from_env(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    environment::read(&|name| Ok(variables.get(name).map(|value| (*value).to_owned())))
}

fn from_toml(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    let people =
        "[people.alice]\n[groups]\nsre = ['alice']\n[policies.prod]\napprovers = ['group:sre']\n";
    let policies = PolicySet::parse(format!("{people}{text}")).unwrap();
    section::read(&policies, &|name| Ok(variables.get(name).map(|value| (*value).to_owned())))
}

fn said(result: Result<Config, ConfigError>) -> String {
    let said = result.unwrap_err().to_string();
    assert!(!said.contains("secret-value"), "{said}");
    said
}

#[test]
fn two_values_are_enough() {
    let config = builder().build().unwrap();
    assert_eq!(config.api_url.as_str(), "https://slack.com/api/");
    assert_eq!(config.place.arguments, Arguments::InChannel);
    assert_eq!(config.give_up_after, Duration::from_secs(600));
    assert!(!config.link_by_email);
    assert_eq!(config.place("any"), &config.place);
}

#[test]
fn a_secret_that_is_none_is_refused() {
    let refused = |builder: SlackBuilder| said(builder.build());
    for bot in
        ["", "xoxp-12345-secret-value", "xapp-12345-secret-value", "xoxb-", "xoxb-1 secret-value"]
    {
        let builder = Config::builder(bot.to_owned(), "C1A").app_token(APP.to_owned());
        assert!(refused(builder).contains("`bot_token` is no bot token"), "{bot}");
    }
    for app in ["", BOT, "xapp-1"] {
        let said = refused(builder().app_token(app.to_owned()));
        assert!(said.contains("`app_token` is no app-level token"), "{said}");
    }
    for signing in
        ["", "short", BOT, "8f742231b10e8888abcd99yyyzzz85a5\n", "8f742231 10e8888abcd99yyyzzz85a5"]
    {
        let said = refused(builder().signing_secret(signing.to_owned()));
        assert!(said.contains("`signing_secret` is no signing secret"), "{said}");
    }
}

#[test]
fn one_way_to_hear_clicks_is_needed_and_three_secrets_are_too_many() {
    let bare = || Config::builder(BOT.to_owned(), "C1A");
    assert!(said(bare().build()).contains("no click can be heard"));
    let signing = || Secret::new(SIGNING.to_owned());
    let two = bare().signing_secret(signing()).signing_secret(signing());
    assert_eq!(two.clone().build().unwrap().signing_secrets.len(), 2);
    assert!(said(two.signing_secret(signing()).build()).contains("more than twice"));
}

#[test]
fn a_rotating_token_comes_with_what_renews_it() {
    let rotating =
        Config::builder("xoxe.xoxb-1-example".to_owned(), "C1A").app_token(APP.to_owned());
    assert!(said(rotating.build()).contains("`refresh_token` is missing"));
}

#[test]
fn ids_channels_and_addresses_are_looked_at() {
    for (builder, expected) in [
        (builder().team("T0/U1"), "`team` is no workspace id: it looks like `T012AB3CD`"),
        (builder().enterprise("T0"), "`enterprise` is no organisation id"),
        (builder().app("app"), "`app` is no app id"),
        (builder().mention("sre"), "`mention` is no user group id"),
        (builder().mention("S1>"), "`mention` is no user group id"),
        (builder().group("sre", "U1"), "`groups.sre` is no user group id"),
        (builder().policy_channel("prod", "general"), "`policies.prod.channel` is no channel"),
        (builder().policy_mention("prod", "x"), "`policies.prod.mention` is no user group id"),
        (builder().api_url("http://slack.com/api/"), "`api_url` cannot be used"),
        (builder().socket_url("https://slack.com"), "`socket_url` cannot be used"),
        (builder().give_up_after(Duration::ZERO), "`give_up_after` is out of bounds"),
    ] {
        let said = said(builder.build());
        assert!(said.starts_with(expected), "{said}");
    }
    for channel in ["", "#", "general", "#a b", "@alice", "C1\n", "<!channel>"] {
        let builder = Config::builder(BOT.to_owned(), channel).app_token(APP.to_owned());
        assert!(said(builder.build()).contains("`channel` is no channel"), "{channel}");
    }
}

#[test]
fn nothing_prints_a_secret() {
    let builder = builder().signing_secret(SIGNING.to_owned());
    let printed = format!("{builder:?} {:?}", builder.clone().build().unwrap());
    assert!(!printed.contains("12345") && !printed.contains(SIGNING), "{printed}");
}

#[test]
fn the_environment_is_enough() {
    let config = from_env(&[
        ("SLACK_BOT_TOKEN", BOT),
        ("SLACK_CHANNEL", "#approvals"),
        ("SLACK_SIGNING_SECRET", SIGNING),
        ("SLACK_OLD_SIGNING_SECRET", SIGNING),
        ("SLACK_TEAM_ID", "T1"),
        ("SLACK_APP_ID", "A1"),
        ("SLACK_USER_GROUP", "S1"),
        ("SLACK_API_URL", "http://127.0.0.1:4003/api"),
    ])
    .unwrap();
    assert_eq!(config.signing_secrets.len(), 2);
    assert_eq!(config.place.mention.as_deref(), Some("S1"));
    assert_eq!(config.api_url.as_str(), "http://127.0.0.1:4003/api/");
    assert!(config.teams.contains("T1") && config.app.as_deref() == Some("A1"));
}

#[test]
fn a_mistake_in_the_environment_has_the_variables_name() {
    let needed = [("SLACK_BOT_TOKEN", BOT), ("SLACK_CHANNEL", "C1A"), ("SLACK_APP_TOKEN", APP)];
    for name in ["SLACK_BOT_TOKEN", "SLACK_CHANNEL", "SLACK_APP_TOKEN"] {
        let rest: Vec<_> = needed.into_iter().filter(|(known, _)| *known != name).collect();
        let missing = said(from_env(&rest));
        assert!(missing.starts_with(&format!("`{name}` is missing: ")), "{missing}");
        let empty: Vec<_> = rest.iter().copied().chain([(name, "")]).collect();
        assert!(said(from_env(&empty)).starts_with(&format!("`{name}` is no ")));
    }
    let half: Vec<_> = needed.into_iter().chain([("SLACK_CLIENT_ID", "12345.678")]).collect();
    assert!(said(from_env(&half)).starts_with("`SLACK_CLIENT_SECRET` is missing"));
    let rotation = [
        ("SLACK_CLIENT_SECRET", "abcdefgh"),
        ("SLACK_REFRESH_TOKEN", "xoxe-1-abcdefgh"),
        ("SLACK_TOKEN_FILE", "/var/lib/app/tokens"),
    ];
    let whole: Vec<_> = half.into_iter().chain(rotation).collect();
    assert!(from_env(&whole).unwrap().rotation.is_some());
}

#[test]
fn a_section_says_what_differs() {
    let config = from_toml(
        "[slack]\nchannel = 'C1A'\narguments = 'behind-review'\nmention = 'S1'\nteams = ['T1']\n\
         link_by_email = true\ngive_up_after = '2m'\ngroups = { sre = 'S9' }\n\
         app_token = { env = 'OUR_APP' }\n\
         [slack.policies.prod]\nchannel = '#prod'\narguments = 'in-channel'\n",
        &[("SLACK_BOT_TOKEN", BOT), ("OUR_APP", APP)],
    )
    .unwrap();
    let prod = Place {
        channel: "#prod".to_owned(),
        arguments: Arguments::InChannel,
        mention: Some("S1".to_owned()),
    };
    assert_eq!(config.place("prod"), &prod);
    assert_eq!(config.place("other").arguments, Arguments::BehindReview);
    assert_eq!(config.groups.get("sre").map(String::as_str), Some("S9"));
    assert_eq!(config.give_up_after, Duration::from_secs(120));
    assert!(config.link_by_email);
}

#[test]
fn a_mistake_in_the_section_has_its_place_or_key() {
    let env = [("SLACK_BOT_TOKEN", BOT), ("SLACK_APP_TOKEN", APP)];
    for (text, expected) in [
        ("", "`[slack]` is missing: write the section"),
        ("[slack]\n", "guardrail.toml:6:1: `slack`: missing field `channel`"),
        ("[slack]\nchanel = 'C1A'\n", "guardrail.toml:7:1: `slack`: unknown field `chanel`"),
        ("[slack]\nchannel = 'general'\n", "`slack.channel` is no channel"),
        ("[slack]\nchannel = 'C1A'\ngive_up_after = '+5m'\n", "`slack.give_up_after` is no length"),
        ("[slack]\nchannel = 'C1A'\n[slack.policies.prd]\n", "`slack.policies.prd` is the section"),
        ("[slack]\nchannel = 'C1A'\ngroups = { ops = 'S1' }\n", "`slack.groups.ops` is a group"),
        ("[slack]\nchannel = 'C1A'\nbot_token = { env = 'NOPE' }\n", "`NOPE` is missing"),
    ] {
        let said = said(from_toml(text, &env));
        assert!(said.starts_with(expected), "{said}");
    }
    let missing = said(from_toml("[slack]\nchannel = 'C1A'\n", &[]));
    assert!(missing.starts_with("`SLACK_BOT_TOKEN` is missing"), "{missing}");
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    for value in
        ["'xoxb-secret-value'", "{ env = 'A', file = 'B' }", "{ value = 'secret-value' }", "{}"]
    {
        let text = format!("[slack]\nchannel = 'C1A'\nbot_token = {value}\n");
        let said = said(from_toml(&text, &[]));
        assert!(said.contains("{ env = \"VARIABLE\" }"), "{said}");
    }
}

#[test]
fn a_secret_is_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bot");
    std::fs::write(&path, format!("{BOT}\n")).unwrap();
    let text = format!("[slack]\nchannel = 'C1A'\nbot_token = {{ file = '{}' }}\n", path.display());
    let app = [("SLACK_APP_TOKEN", APP)];
    assert_eq!(from_toml(&text, &app).unwrap().bot_token.expose(), BOT);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
        assert!(said(from_toml(&text, &app)).contains("everyone may write to it"));
    }
    std::fs::remove_file(&path).unwrap();
    assert!(said(from_toml(&text, &app)).starts_with("`bot_token` is to be read from"));
}
