//! Credentials that stand in commands, addresses and files, and what only resembles them.

use crate::model::secret::credential::credentials;
use crate::model::spent;

fn found(text: &str) -> Vec<&str> {
    credentials(text).map(|credential| &text[credential.start..credential.end]).collect()
}

/// Tokens are put together here, so that no scanner takes this file for a leak.
fn token(prefix: &str, body: usize) -> String {
    prefix.chars().chain("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7".chars().cycle().take(body)).collect()
}

fn hex(prefix: &str, body: usize) -> String {
    prefix.chars().chain("0123456789abcdef".chars().cycle().take(body)).collect()
}

#[test]
fn tokens_of_many_services() {
    let upper = |prefix: &str, body| token(prefix, body).to_uppercase();
    for text in [
        token("gldt-", 20),
        token("glrt-", 20),
        token("GR1348941", 20),
        token("rk_test_", 24),
        hex("SK", 32),
        hex("key-", 32),
        token("GOCSPX-", 28),
        hex("rubygems_", 48),
        token("cio", 32),
        token("hvb.", 90),
        token("s.", 24),
        token("atlasv1.", 60),
        hex("dor_v1_", 64),
        hex("shpss_", 32),
        token("gsk_", 52),
        token("xai-", 80),
        token("lin_api_", 40),
        token("ntn_", 46),
        token("secret_", 43),
        token("PMAK-", 59),
        hex("sntryu_", 64),
        upper("NRAK-", 27),
        token("glsa_", 41),
        hex("dapi", 32),
        token("sq0atp-", 22),
        token("ATATT3xFfGF0", 180),
        hex("pul-", 40),
        token("ops_eyJ", 250),
        token("HRKU-", 60),
        token("tskey-auth-", 40),
        hex("sbp_", 40),
        token("LTAI", 20),
        token("oy2", 43),
        token("LS0tLS1CRUdJTiBSU0EgUFJJ", 60),
        token("FwoGZXIvYXdz", 160),
        token("glrtr-", 20),
        token("1//0", 60),
        token("IQoJb3JpZ2luX2Vj", 160),
        token("eyJhbGciOiJkaXIifQ..", 16) + &token(".", 40) + &token(".", 22),
        token("MT", 23) + &token(".", 6) + &token(".", 27),
    ] {
        assert_eq!(found(&format!("with {text}, then")), [&text], "{text}");
    }
    assert_eq!(found(&token("110201543:AA", 33)), [token("AA", 33)]);
    let address = token("https://api.telegram.org/bot110201543:AA", 33) + "/sendMessage";
    assert_eq!(found(&address), [token("AA", 33)]);
}

#[test]
fn passwords_in_commands() {
    for (text, password) in [
        ("curl -u admin:hunter2 https://x", "hunter2"),
        ("curl -s --user 'admin:hunter2' https://x", "hunter2"),
        ("cd x && /usr/bin/curl -u admin:hunter2 https://x", "hunter2"),
        ("mysql -u root -phunter2 prod", "hunter2"),
        ("mysqldump -p'hunter2' prod", "hunter2"),
        ("sshpass -p hunter2 ssh host", "hunter2"),
        ("redis-cli -a hunter2 get x", "hunter2"),
        ("docker login -u bob -p hunter2", "hunter2"),
        ("machine api.example.com login bob password hunter2", "hunter2"),
        ("machine h\n  login bob\n  password hunter2\n", "hunter2"),
        ("<password>hunter2</password>", "hunter2"),
        ("DB_PASS=hunter2", "hunter2"),
        ("pass=hunter2", "hunter2"),
        ("pass:AAbc123x", "AAbc123x"),
        ("pin: 4321", "4321"),
        ("otp=123456", "123456"),
        ("SECRET_KEY_BASE=abcdef0123", "abcdef0123"),
        ("Cookie: session=0123456789abcdef", "0123456789abcdef"),
        ("echo hunter2 | docker login -u bob --password-stdin x", "hunter2"),
        ("echo -n 'hunter2' | gh auth login --with-token", "hunter2"),
        ("echo hunter2 | helm registry login --password-stdin x", "hunter2"),
        ("aws secretsmanager create-secret --secret-string hunter2", "hunter2"),
        ("az keyvault secret set --name db --value hunter2", "hunter2"),
        ("gh secret set NPM_TOKEN --body hunter2 --repo o/r", "hunter2"),
        ("<add key=\"DbPassword\" value=\"hunter2\"/>", "hunter2"),
        ("SET PASSWORD FOR 'bob'@'%' = 'hunter2'", "hunter2"),
        ("CREATE LOGIN bob WITH PASSWORD = N'hunter2', X = OFF", "hunter2"),
        ("define('DB_PASSWORD', 'hunter2');", "hunter2"),
        ("use the header Set-Cookie: session=hunter2abcdef; HttpOnly", "hunter2abcdef"),
        ("jdbc:oracle:thin:scott/t1ger@//db:1521/X", "t1ger"),
        ("password=Xk9f (prod)", "Xk9f"),
    ] {
        assert_eq!(found(text), [password], "{text}");
    }
}

#[test]
fn secrets_in_addresses() {
    for (host, path) in [
        ("https://hooks.slack.com/services/", "T00000000/B00000000/aB3dE6gH9jK2mN5pQ8sT1vW4"),
        ("https://discord.com/api/webhooks/", "123456789012345678/aB3dE6gH9jK2mN5pQ8sT1vW4"),
        ("https://corp.webhook.office.com/webhookb2/", "01-23@89/IncomingWebhook/0123456789abcdef"),
        ("https://hooks.zapier.com/hooks/catch/", "123456/aB3dE6gH9j"),
        ("https://hc-ping.com/", "01996b2c-4e10-7abc-8def-0123456789ab"),
    ] {
        assert_eq!(found(&format!("{host}{path}?wait=1")), [path]);
    }
    let account = hex("", 40);
    assert_eq!(found(&format!("https://{account}@github.com/a/b")), [&account]);
    let signature = token("", 43);
    assert_eq!(found(&format!("https://x/c?sv=2020&sig={signature}%3D")), [signature + "%3D"]);
}

#[test]
fn what_only_resembles_one() {
    for text in [
        "curl -u bob https://x",
        "curl -u bob:$PASSWORD https://x",
        "docker run -u www-data:www-data nginx",
        "docker run -p 8080:80 nginx",
        "mysql -p prod",
        "echo curl; chown -u a:bcdef x",
        "cp -a source target",
        "ssh -p 2222 host",
        "mkdir -p /srv/mysql",
        "login to the console with your password",
        "/etc/passwd: permission denied",
        "<password></password>",
        "password > hunter2",
        "if (pass>3) x",
        "pass: 12 of 13 tests",
        "pass=120 fail=3",
        "pin=latest",
        "pin: 13",
        "auth: none",
        "auth=basic-with-long-words",
        "session: monday-morning-stand-up",
        "sig=1",
        "primary_key_data=abc",
        "cookie: oatmeal",
        "https://discord.com/channels/123456789012345678/123456789012345678",
        "https://hooks.slack.com/",
        "https://deploy@host/path",
        "s.replace(a, b)",
        "s.aVeryLongMethodNameIndeed(x)",
        "r8_unorm is a texture format",
        "secret_santa_gift_exchange_of_the_year_2024_at_the_office",
        "fly_me_to_the_moon",
        "key-value stores",
        "api-docs",
        "MTV.abc.def",
        "12345:latest",
        "CIRCLE",
        "fc-cache -fv",
        "SKU",
        "atlasv1",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

/// What a shell could run stays to be read here too.
#[test]
fn no_command_behind_a_flag_is_hidden() {
    for text in [
        "curl -u a:bcd;rm -rf / https://x",
        "curl -u a:bcd$(rm -rf /) https://x",
        "mysql -pabc|rm -rf /",
        "sshpass -p 'abc' rm -rf /",
        "redis-cli -a abc&&rm -rf /",
        "login a password abc;rm -rf /",
        "<password>abc;rm -rf /</password>",
        "https://hooks.slack.com/services/T00000000/B00000000/abcdefgh;rm -rf /",
        "curl -u \"a:abc`rm -rf /`\" x",
        "sshpass -e ssh host install -p rm",
        "sshpass -e ssh -p rm",
        "true PuTTY-User-Key-File-; rm -rf /",
        "true Private-Lines: 1; rm -rf /",
        ": Private-Lines: 1\nrm -rf /",
        ": -----BEGIN PRIVATE KEY----- Comment: ; rm -rf /",
        ": -----BEGIN PRIVATE KEY-----\nComment: x; rm -rf /",
        ": -----BEGIN PRIVATE KEY-----\n/usr/local/bin/rm/everything/now",
        ": -----BEGIN PRIVATE KEY-----\nrm/all",
        ": -----BEGIN PRIVATE KEY-----\nterm\n-----END PRIVATE KEY-----",
    ] {
        for credential in found(text) {
            assert!(!credential.contains("rm"), "{text}: {credential}");
        }
    }
}

#[test]
fn the_key_in_a_file_of_putty() {
    let key = format!("Private-Lines: 2\n{}\n{}", token("", 64), token("", 20));
    let file = format!(
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: bob\nPublic-Lines: 1\n\
         {}\n{key}\nPrivate-MAC: 00ff",
        token("", 64)
    );
    assert_eq!(found(&file), [&key]);
}

/// The worst text of each kind, long enough that anything quadratic takes minutes.
#[test]
fn this_search_is_linear_too() {
    for unit in [
        "curl -u ",
        "curl -u a",
        " -u",
        " -p",
        "mysql -p",
        "echo ",
        "define('PASSWORD', '",
        "define('PASSWORD',",
        "echo a | docker ",
        "echo abc|docker login ",
        "SET PASSWORD FOR ",
        "thin:a",
        "key=\"x\" value=",
        "login ",
        "login a ",
        "login a password ",
        "<password>",
        "password>",
        "://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@",
        "://hooks.slack.com/services/",
        ":AA",
        "12345678:AA",
        "sig=",
        "pin=",
        "session=1a",
        "MTaaaaaaaaaaaaaaaaaaaaaaaa.",
        "s.a",
        "key-",
        "oy2",
        ">",
    ] {
        let text = unit.repeat(200_000 / unit.len());
        let (count, spent) = spent(|| credentials(&text).count());
        assert!(spent.as_secs() < 10, "{unit}: {count} in {spent:?}");
    }
}
