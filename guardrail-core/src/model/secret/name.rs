//! Names whose values are secret whatever they look like.

/// How secret the values of a name are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrecy {
    /// Not at all.
    None,
    /// Where the name names an argument or a member.
    Named,
    /// There, and in running text too (`password: hunter2`); holds what to call the value.
    Assigned(&'static str),
}

/// True if the values under `name` (a parameter, an object key, a setting) are secret: `password`,
/// `apiKey`, `DB_PASSWORD`, `X-Auth-Token`.
///
/// Whole words count, in snake, kebab, camel and upper case: `spin` has no pin. A name that ends
/// by saying what about the secret is meant (`token_count`, `secretName`, `password_policy`) is
/// not secret.
#[must_use]
pub fn sensitive_name(name: &str) -> bool {
    secrecy(name) != Secrecy::None
}

/// How secret the values under `name` are.
pub(super) fn secrecy(name: &str) -> Secrecy {
    if name.len() <= Word::LONGEST && name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        // One word: most names are.
        let found = of_words(&[], name.as_bytes());
        return if found == Secrecy::None || is_about(name.as_bytes()) {
            Secrecy::None
        } else {
            found
        };
    }
    // What git runs: `git config alias.token '!reboot'`.
    if name.starts_with("alias.") {
        return Secrecy::None;
    }
    let mut found = Secrecy::None;
    let mut before = Word::NONE;
    let mut words = Words(name.as_bytes());
    while let Some(word) = words.next() {
        let now = of_words(before.as_bytes(), word.as_bytes());
        if (now, found) == (Secrecy::None, Secrecy::None) {
            // Whatever the word is about, it is no secret.
        } else if is_about(word.as_bytes()) {
            found = Secrecy::None;
        } else if now != Secrecy::None {
            found = now;
        } else if found != Secrecy::None && !is_filler(word.as_bytes()) {
            // In running text only a name that ends in the secret's word counts; `SECRET_KEY_BASE` is
            // the key all the same.
            found = Secrecy::Named;
        }
        before = word;
    }
    found
}

/// What to call the value of `name` in running text; None if it is no secret there.
pub(super) fn kind_of(name: &[u8]) -> Option<&'static str> {
    let name = std::str::from_utf8(name).ok()?;
    match secrecy(name) {
        Secrecy::Assigned(kind) => Some(kind),
        Secrecy::Named | Secrecy::None => None,
    }
}

fn of_words(before: &[u8], word: &[u8]) -> Secrecy {
    match word {
        b"password" | b"passwords" | b"passwd" | b"pwd" | b"passphrase" | b"passcode"
        | b"pgpassword" | b"sshpass" | b"pw" | b"bindpw" | b"rootpw" | b"requirepass"
        | b"masterauth" => Secrecy::Assigned("password"),
        b"token" | b"apitoken" | b"accesstoken" | b"authtoken" | b"refreshtoken" => {
            Secrecy::Assigned("token")
        }
        b"secret" | b"clientsecret" => Secrecy::Assigned("secret"),
        b"apikey" | b"accesskey" | b"secretkey" | b"privatekey" | b"sharedkey" | b"psk" => {
            Secrecy::Assigned("key")
        }
        b"auth" if before == b"rediscli" => Secrecy::Assigned("password"),
        b"authorization" => Secrecy::Assigned("authorization"),
        b"pass"
            if matches!(
                before,
                b"db"
                    | b"database"
                    | b"default"
                    | b"become"
                    | b"bind"
                    | b"user"
                    | b"admin"
                    | b"root"
                    | b"smtp"
                    | b"mail"
                    | b"email"
                    | b"ftp"
                    | b"ssh"
                    | b"redis"
                    | b"mysql"
                    | b"postgres"
                    | b"pg"
                    | b"mongo"
                    | b"ldap"
                    | b"login"
                    | b"key"
                    | b"store"
                    | b"http"
                    | b"proxy"
                    | b"auth"
                    | b"sudo"
            ) =>
        {
            Secrecy::Assigned("password")
        }
        b"pass" | b"secrets" | b"credential" | b"credentials" | b"cookie" | b"cookies" | b"pin"
        | b"otp" | b"cvv" => Secrecy::Named,
        b"key" | b"keys"
            if matches!(
                before,
                b"api"
                    | b"access"
                    | b"account"
                    | b"private"
                    | b"secret"
                    | b"signing"
                    | b"encryption"
                    | b"decryption"
                    | b"master"
                    | b"session"
                    | b"hmac"
                    | b"ssh"
                    | b"app"
                    | b"shared"
                    | b"preshared"
                    | b"storage"
                    | b"subscription"
            ) =>
        {
            Secrecy::Assigned("key")
        }
        b"tokens" if matches!(before, b"access" | b"auth" | b"refresh" | b"bearer" | b"api") => {
            Secrecy::Named
        }
        _ => Secrecy::None,
    }
}

/// Words behind which a secret is still what it is: `SecretString`, `token_value`.
fn is_filler(word: &[u8]) -> bool {
    matches!(
        word,
        b"base" | b"data" | b"string" | b"value" | b"plain" | b"text" | b"plaintext" | b"binary"
    )
}

/// Words that turn the name of a secret into the name of something about it.
fn is_about(word: &[u8]) -> bool {
    matches!(
        word,
        b"count"
            | b"limit"
            | b"id"
            | b"ids"
            | b"name"
            | b"names"
            | b"file"
            | b"path"
            | b"url"
            | b"uri"
            | b"type"
            | b"kind"
            | b"policy"
            | b"length"
            | b"len"
            | b"size"
            | b"ttl"
            | b"expiry"
            | b"expires"
            | b"version"
            | b"arn"
            | b"ref"
            | b"usage"
            | b"rotation"
            | b"enabled"
            | b"required"
            | b"budget"
            | b"min"
            | b"max"
            | b"stdin"
            // What is run to come by it.
            | b"command"
            | b"cmd"
            | b"process"
            | b"helper"
            | b"program"
            | b"script"
    )
}

/// A word in lower case; longer ones than any in the lists are cut, and match none.
#[derive(Clone, Copy)]
struct Word {
    bytes: [u8; Word::LONGEST],
    length: usize,
}

impl Word {
    const LONGEST: usize = 16;
    const NONE: Self = Self { bytes: [0; Self::LONGEST], length: 0 };

    fn of(text: &[u8]) -> Self {
        let mut word = Self { length: text.len(), ..Self::NONE };
        for (place, byte) in word.bytes.iter_mut().zip(text) {
            *place = byte.to_ascii_lowercase();
        }
        word
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// The words of a name.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    fn next(&mut self) -> Option<Word> {
        // Digits end a word too: `password1` is one.
        let begin = self.0.iter().position(u8::is_ascii_alphabetic)?;
        let name = self.0.get(begin..)?;
        let mut before = 0_u8;
        let mut places = name.iter().enumerate();
        let ends = |(at, byte): (usize, &u8)| {
            // `apiKey` ends before K; `APIKey` ends before the K that a small letter follows.
            let is_next = byte.is_ascii_uppercase() && at > 0 && {
                let next_small = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
                !before.is_ascii_uppercase() || next_small
            };
            before = *byte;
            is_next || !byte.is_ascii_alphabetic()
        };
        let end = places.position(ends).unwrap_or(name.len());
        let (word, rest) = name.split_at_checked(end)?;
        self.0 = rest;
        Some(Word::of(word))
    }
}
