//! Names that say their values are secret.

use crate::model::secret::sensitive_name;

#[test]
fn names_of_secrets() {
    for name in [
        "password",
        "PASSWORD",
        "db_password",
        "dbPassword",
        "DB-PASSWORD",
        "password1",
        "passwd",
        "pwd",
        "user.pwd",
        "secret",
        "clientSecret",
        "client_secret",
        "secrets",
        "token",
        "authToken",
        "X-Auth-Token",
        "access_tokens",
        "apikey",
        "apiKey",
        "APIKey",
        "api_key",
        "api-keys",
        "API_KEY",
        "accessKey",
        "AccountKey",
        "AWS_SECRET_ACCESS_KEY",
        "privateKey",
        "private_key",
        "signing_key",
        "credential",
        "credentials",
        "Authorization",
        "cookie",
        "session_cookies",
        "pin",
        "cardPin",
        "cvv",
        "otp",
        "password_hash",
        "pass",
        "passphrase",
        "oauth2Token",
    ] {
        assert!(sensitive_name(name), "{name}");
    }
}

#[test]
fn names_of_anything_else() {
    for name in [
        "",
        "x",
        "user",
        "spin",
        "pinned",
        "pinning",
        "opinion",
        "passport",
        "compass",
        "bypass",
        "secretary",
        "tokenizer",
        "tokenize",
        "tokens",
        "max_tokens",
        "token_count",
        "tokenCount",
        "secret_name",
        "secretId",
        "secret_arn",
        "password_policy",
        "passwordLength",
        "password-file",
        "RESTIC_PASSWORD_COMMAND",
        "credential.helper",
        "credential_process",
        "key",
        "keys",
        "primary_key",
        "key_api",
        "monkey",
        "api",
        "access",
        "author",
        "authority",
        "cookiecutter",
        "access_level",
        "token_type",
        "pin_required",
    ] {
        assert!(!sensitive_name(name), "{name}");
    }
    assert!(!sensitive_name(&"a".repeat(100_000)));
}
