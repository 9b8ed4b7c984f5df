//! What looks like a credential, and what only resembles one.

use crate::model::secret::credential::credentials;
use crate::model::secret::looks_like_credential;
use crate::model::spent;

/// The credentials in `text`, as they stand.
fn found(text: &str) -> Vec<&str> {
    credentials(text).map(|credential| &text[credential.start..credential.end]).collect()
}

/// Tokens are put together here, so that no scanner takes this file for a leak.
fn token(prefix: &str, body: usize) -> String {
    prefix.chars().chain("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7".chars().cycle().take(body)).collect()
}

#[test]
fn tokens_by_their_shape() {
    let dotted = token("SG.", 22) + &token(".", 43);
    let upper = |prefix: &str, body| token(prefix, body).to_uppercase();
    let jwt = token("eyJ", 20) + &token(".eyJ", 30) + &token(".", 43);
    for text in [
        token("ghp_", 36),
        token("gho_", 36),
        token("ghs_", 36),
        token("github_pat_", 82),
        token("glpat-", 20),
        token("xoxb-", 50),
        token("xoxp-", 50),
        token("xapp-", 50),
        upper("AKIA", 16),
        upper("ASIA", 16),
        token("AIza", 35),
        token("sk_live_", 24),
        token("rk_live_", 24),
        token("sk-", 48),
        token("sk-proj-", 48),
        token("sk-ant-api03-", 90),
        token("npm_", 36),
        token("dckr_pat_", 27),
        token("hf_", 34),
        token("pypi-", 150),
        token("hvs.", 24),
        token("ya29.", 60),
        token("whsec_", 32),
        dotted,
        jwt,
    ] {
        assert_eq!(found(&text), [&text], "{text}");
        let around = format!("use ({text}), then 'x={text}' or {text}.");
        assert_eq!(found(&around).len(), 3, "{around}");
        assert!(!found(&format!("x{text}")).contains(&text.as_str()), "inside a word: {text}");
    }
}

#[test]
fn what_only_begins_like_a_token() {
    for text in [
        "ghp_short",
        "sk-learn",
        "sk-lts-2024",
        "eyJhbGciOiJIUzI1NiJ9.e30",
        "sk-learn-and-other-hyphenated-words-of-a-slug",
        "xoxb-",
        "AKIA",
        "AKIAshouting",
        "eyJ.x",
        "eyJhbGciOiJIUzI1NiJ9",
        "npm_config_registry",
        "hf_transformers",
        "pypi-publish",
        "risk-assessment-0123456789abcdefghij",
        "task-0123456789",
        "ask-me",
        "SG.x",
        "basic authentication is used",
        "Basic research",
        "the bearer of bad news",
        "bearer authentication",
        "github_patch",
        "",
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmg\n",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOC\n-----END PUBLIC KEY-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJl3dIeudNqd0DPMRD6OIh65 bob@host",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
        assert_eq!(looks_like_credential(text), None);
    }
}

#[test]
fn private_key_blocks() {
    let body = token("MII", 61);
    for title in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
        let block = format!(
            "-----BEGIN {title}PRIVATE KEY-----\n{body}\n{body}\nAbc=\n-----END {title}PRIVATE KEY-----"
        );
        assert_eq!(found(&format!("key:\n{block}\nrest")), [&block], "{title}");
        let one_line = block.replace('\n', "\\n");
        assert_eq!(found(&one_line), [&one_line]);
        let blanks = block.replace('\n', " ");
        assert_eq!(found(&blanks), [&blanks]);
        let cut = format!("-----BEGIN {title}PRIVATE KEY-----\n{body}");
        assert_eq!(found(&cut), [&cut]);
    }
    let old = format!(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{body}\n-----END RSA PRIVATE KEY-----"
    );
    assert_eq!(found(&old), [&old]);
    for cut in [
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nMIIE",
        "-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    ] {
        assert_eq!(found(cut), [cut]);
    }
    let beside = "-----BEGIN PRIVATE KEY----- | rm -rf /";
    assert_eq!(found(beside), ["-----BEGIN PRIVATE KEY-----"]);
}

#[test]
fn passwords_in_urls() {
    assert_eq!(found("postgres://u:p4ss@db/prod"), ["p4ss"]);
    assert_eq!(found("see https://bob:hunter2@example.com:8443/x?y=1."), ["hunter2"]);
    assert_eq!(found("redis://:hunter2@cache:6379"), ["hunter2"]);
    assert_eq!(found("postgres://u:a@b/c@db"), ["a"]);
    assert_eq!(found("postgres://u:a/b@db/prod"), ["a/b"]);
    for text in [
        "https://example.com:8080/@scope/package",
        "https://user@example.com/",
        "http://a:80@",
        "git@github.com:org/repo",
        "ssh://git@host:22/x",
        "https://u:@host",
        "https://u:$PASS@host",
        "c://x:y",
        "http://[::1]:80/a@b",
    ] {
        assert_eq!(found(text).iter().filter(|text| **text != "80").count(), 0, "{text}");
    }
}

#[test]
fn values_given_to_a_name() {
    for (text, value) in [
        ("password=hunter2", "hunter2"),
        ("PASSWORD = hunter2", "hunter2"),
        ("password: hunter2", "hunter2"),
        ("the db_password is set: db_password=hunter2;host=x", "hunter2"),
        ("export AWS_SECRET_ACCESS_KEY=abc/def+ghi", "abc/def+ghi"),
        (r#"{"api_key": "a;b&c|d"}"#, "a;b&c|d"),
        (r#"{\"api_key\": \"abcdef\"}"#, "abcdef"),
        ("token => 'abcdef'", "abcdef"),
        ("?access_token=abcdef&x=1", "abcdef"),
        ("secret==abcdef", "abcdef"),
        ("Authorization: Bearer abcdef", "abcdef"),
        ("authorization: Basic dTpw", "dTpw"),
        ("authorization: abcdef", "abcdef"),
        ("--password hunter2 --force", "hunter2"),
        ("--token=abcdef", "abcdef"),
        ("curl -H 'X-Api-Key: abcdef' x", "abcdef"),
        ("Bearer abcdef123456", "abcdef123456"),
        ("Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
        ("Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("headers['authorization'] = 'abcdef'", "abcdef"),
        ("AccountName=x;AccountKey=abcd1234==;EndpointSuffix=y", "abcd1234=="),
    ] {
        assert_eq!(found(text), [value], "{text}");
    }
}

#[test]
fn names_without_a_value() {
    for text in [
        "password: required",
        "password=",
        "password=$DB_PASSWORD",
        "password=${PASS}",
        "token: null",
        "token_count=1000",
        "secret_name: prod/db",
        "--password --force",
        "--password",
        "--tokens 5",
        "password:\n next",
        "a secret: it",
        "max_tokens: 1000",
        "password=%s",
        "password=****",
        "spin=1234",
        "key=abcdef",
        "tokenizer=abcdef",
        "password='",
        "-password hunter2",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

/// Masked is a word, never a command: what a shell could run stays to be read.
#[test]
fn no_command_is_part_of_a_credential() {
    for text in [
        "password=abc;rm -rf /",
        "password=abc&&rm -rf /",
        "password=abc|rm",
        "password=\"abc;rm -rf /",
        "password=\"abc$(rm)\"",
        "password=$(rm -rf /)",
        "password=`rm -rf /`",
        "password=\"abc$(rm -rf /)\"",
        "password='abc' rm -rf /",
        "echo \"password='\"; rm -rf /; echo \"'\"",
        "password=abc>rm",
        "password=abc\nrm -rf /",
        "echo password=\\';{rm,-rf,/};\\'",
        "https://u:p;rm -rf /@host",
        "--token a\nrm -rf /",
        "-----BEGIN PRIVATE KEY-----\nrm -rf /\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAA\nrm -rf /\n-----END PRIVATE KEY-----",
        "Authorization: Bearer abc;rm",
        "eyJhbGciOiJIUzI1NiJ9.e30.x;rm",
    ] {
        for credential in found(text) {
            assert!(!credential.contains("rm"), "{text}: {credential}");
        }
    }
}

/// The worst text of each kind, long enough that anything quadratic takes minutes.
#[test]
fn the_search_is_linear() {
    for unit in [
        "a=",
        "password=",
        "password=\"",
        "pwd=$",
        "token=%",
        "password='*",
        "token: ",
        "://",
        "://a:",
        "sk-a-",
        "--a",
        "eyJ.",
        "eyJ-",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ",
        "bearer ",
        "basic a",
        "xoxb-",
        "--token ",
        "\"",
        "authorization: a ",
        "ghp_",
        "-",
        ":",
        "=",
        "token=\"\"\"",
        "A",
        "\\n",
        "Proc-Type:",
    ] {
        let text = unit.repeat(200_000 / unit.len());
        let (count, spent) = spent(|| credentials(&text).count());
        assert!(spent.as_secs() < 10, "{unit}: {count} in {spent:?}");
    }
}
