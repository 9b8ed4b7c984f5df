//! Passwords behind the flags of programs, and what is told like them.

use crate::model::secret::credential::credentials;
use crate::model::spent;

fn found(text: &str) -> Vec<&str> {
    credentials(text).map(|credential| &text[credential.start..credential.end]).collect()
}

#[test]
fn programs_and_their_flags() {
    for (text, password) in [
        ("curl -sSLu admin:hunter2 https://x", "hunter2"),
        ("rm -f x; mysql -u root -phunter2", "hunter2"),
        ("cp a b && mysql -u root -phunter2", "hunter2"),
        ("mkdir -p a\nmysql -u root -phunter2", "hunter2"),
        ("tar c x | (cp y z); mysql -u root -phunter2", "hunter2"),
        ("curl -uadmin:hunter2 https://x", "hunter2"),
        ("curl --silent --fail --user=admin:hunter2 https://x", "hunter2"),
        ("curl 'https://x?a=1&b=2' -u admin:hunter2", "hunter2"),
        ("curl -X POST https://x \\\n  -u admin:hunter2", "hunter2"),
        ("curl -b 'sid=hunter2' https://x", "hunter2"),
        ("curl --oauth2-bearer hunter2 https://x", "hunter2"),
        ("redis-cli -h cache --pass hunter2", "hunter2"),
        ("redis-cli --no-auth-warning -a hunter2", "hunter2"),
        ("az login --service-principal -u app -p hunter2 --tenant t", "hunter2"),
        ("helm registry login x -u bob -p hunter2", "hunter2"),
        ("docker login -u bob -p=hunter2", "hunter2"),
        ("openssl rsa -in k -passin pass:hunter", "hunter"),
        ("openssl enc -d -aes-256-cbc -pbkdf2 -k hunter2", "hunter2"),
        ("zip -r -P hunter2 a.zip a", "hunter2"),
        ("7z a -phunter2 x.7z", "hunter2"),
        ("ldapsearch -x -D cn=a -w hunter2", "hunter2"),
        ("ldapsearch -x -whunter2", "hunter2"),
        ("mongodump -u bob -p hunter2", "hunter2"),
        ("sqlcmd -S h -U sa -P hunter2", "hunter2"),
        ("smbclient //h/s -U 'bob%hunter2'", "hunter2"),
        ("keytool -list -storepass hunter2", "hunter2"),
        ("http -a bob:hunter2 x", "hunter2"),
        ("usermod -p hunter2 bob", "hunter2"),
        ("kubectl create secret generic x --from-literal=foo=hunter2", "hunter2"),
        ("kubectl create secret generic x --from-literal foo=hunter2", "hunter2"),
        ("aws configure set aws_secret_access_key hunter2", "hunter2"),
        ("npm config set //registry.npmjs.org/:_authToken hunter2", "hunter2"),
        ("setx DB_PASSWORD hunter2", "hunter2"),
        ("FROM x\nENV DB_PASSWORD hunter2", "hunter2"),
        (r#"["mysql", "--password", "hunter2"]"#, "hunter2"),
        (r#"{"command": "curl", "args": ["-u", "bob:hunter2"]}"#, "hunter2"),
        ("run(['mysql','-phunter2'])", "hunter2"),
        ("ls -x; sudo -u mysql mysql -phunter2", "hunter2"),
        ("sudo -E mysql -phunter2", "hunter2"),
        ("sudo -nE /usr/bin/mysql -phunter2", "hunter2"),
        ("sudo -E curl -u bob:hunter2 x", "hunter2"),
        ("tool --force --password hunter2", "hunter2"),
        ("tool --output --token 0123456789abcdef0123", "0123456789abcdef0123"),
    ] {
        assert_eq!(found(text), [password], "{text}");
    }
}

#[test]
fn other_ways_to_tell_a_password() {
    for (text, password) in [
        ("Cookie: theme=dark1; sid=hunter2", &["dark1", "hunter2"][..]),
        ("curl -H 'Cookie: sid=hunter2' https://x", &["hunter2"]),
        ("Set-Cookie: sid=hunter2; Path=/home; SameSite=Strict", &["hunter2"]),
        ("CREATE USER bob IDENTIFIED BY 'hunter2'", &["hunter2"]),
        ("alter user bob identified with caching_sha2 by 'hunter2'", &["hunter2"]),
        ("ALTER ROLE bob WITH LOGIN PASSWORD 'hunter2';", &["hunter2"]),
        ("SET PASSWORD FOR 'bob'@'%' = PASSWORD('hunter2')", &["hunter2"]),
        ("echo 'root:hunter2' | sudo chpasswd", &["hunter2"]),
        ("ConvertTo-SecureString 'hunter2' -AsPlainText -Force", &["hunter2"]),
        ("{\"name\": \"DB_PASSWORD\", \"value\": \"hunter2\"}", &["hunter2"]),
        ("env:\n- name: DB_PASSWORD\n  value: hunter2", &["hunter2"]),
        ("variable \"db_password\" {\n  type = string\n  default = \"hunter2\"\n}", &["hunter2"]),
        ("{\"password\": \"correct horse\"}", &["correct horse"]),
        ("{\"authorization\": \"Bearer abc\"}", &["abc"]),
        ("password='a;b c'", &["a;b c"]),
        ("password:\thunter2", &["hunter2"]),
        ("SSHPASS=hunter2 REDISCLI_AUTH=hunter3", &["hunter2", "hunter3"]),
        ("RABBITMQ_DEFAULT_PASS=hunter LDAP_BIND_PW=hunter2", &["hunter", "hunter2"]),
        ("?code=0123456789abcdef01&x=1", &["0123456789abcdef01"]),
        ("db.example:5432:prod:bob:hunter2", &["hunter2"]),
        (
            "# of psql\nlocalhost:*:*:bob:hunter2\n10.0.0.7:5432:a:b:hunter3\n",
            &["hunter2", "hunter3"],
        ),
        ("echo 'db:5432:prod:bob:hunter2' > ~/.pgpass", &["hunter2"]),
        ("password: |\n  0123456789abcdef0123\nuser: bob", &["0123456789abcdef0123"]),
        ("- token: >-\n    0123456789abcdef0123\n", &["0123456789abcdef0123"]),
    ] {
        assert_eq!(found(text), password, "{text}");
    }
}

#[test]
fn what_only_resembles_them() {
    for text in [
        "curl -s https://x; chown -u bob:wheel x",
        "kubectl create configmap x --from-literal=foo=hunter2",
        "git config set core.editor vim",
        "set a new password for bob",
        "echo a:hunter2 | tee x",
        "CREATE TABLE password (x text)",
        "identified by 'eyewitnesses'",
        "path=/home; theme=dark1",
        "name: DB_HOST\nvalue: db.example",
        "variable \"region\" { default = \"eu-west-1\" }",
        "openssl rsa -passin env:PASS",
        "openssl req -keyout key.pem -keyform PEM",
        "code=deploy",
        "2026:11:22:33:44",
        "fe80:10:2:3:4",
        "a:80:b:c:reboot now",
        "see a:80:b:c:reboot",
        "root:x:0:0:root:/root:/bin/bash",
        "image:80:b:c:$PASSWORD",
        "a:80:b:c:d:hunter2",
        "power: 12 pw",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

/// The worst text of each kind, long enough that anything quadratic takes minutes.
#[test]
fn the_search_for_flags_is_linear() {
    for unit in [
        " -u",
        "curl -u ",
        "curl&a -u",
        "config set a_token \"",
        "password=\"",
        "password=\"a\" ",
        "password='",
        "identified by ",
        "alter password '",
        "a:a|",
        ":a",
        ";a=",
        "Cookie: ;a=",
        "value:",
        "name: token value:",
        "default=",
        "\" -p",
        "# -p",
        "Bearer ",
        "ConvertTo-SecureString ",
        "token: |\n",
        "token: |\n 0123456789abcdef0123\n ",
        "\na:80:b:c:",
        "a token: /",
        "a Basic /",
        "sudo -E ",
    ] {
        let text = unit.repeat(200_000 / unit.len());
        let (count, spent) = spent(|| credentials(&text).count());
        assert!(spent.as_secs() < 10, "{unit}: {count}");
    }
}
