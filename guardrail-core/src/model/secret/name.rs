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
    let mut found = Secrecy::None;
    let mut before = Word::NONE;
    let mut words = Words(name.as_bytes());
    while let Some(word) = words.next() {
        let now = of_words(before.as_bytes(), word.as_bytes());
        if is_about(word.as_bytes()) {
            found = Secrecy::None;
        } else if now != Secrecy::None {
            found = now;
        } else if found != Secrecy::None {
            // In running text only a name that ends in the secret's word counts.
            found = Secrecy::Named;
        }
        before = word;
    }
    found
}

fn of_words(before: &[u8], word: &[u8]) -> Secrecy {
    match word {
        b"password" | b"passwords" | b"passwd" | b"pwd" | b"passphrase" | b"passcode"
        | b"pgpassword" => Secrecy::Assigned("password"),
        b"token" | b"apitoken" | b"accesstoken" | b"authtoken" | b"refreshtoken" => {
            Secrecy::Assigned("token")
        }
        b"secret" | b"clientsecret" => Secrecy::Assigned("secret"),
        b"apikey" | b"accesskey" | b"secretkey" | b"privatekey" => Secrecy::Assigned("key"),
        b"authorization" => Secrecy::Assigned("authorization"),
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

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte.to_ascii_lowercase();
        }
        self.length += 1;
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// The words of a name.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    fn next(&mut self) -> Option<Word> {
        let mut word = Word::NONE;
        let mut before = 0_u8;
        while let [byte, rest @ ..] = self.0 {
            // Digits end a word too: `password1` is one.
            if !byte.is_ascii_alphabetic() {
                self.0 = rest;
                if word.length > 0 {
                    return Some(word);
                }
                continue;
            }
            // `apiKey` ends before K; `APIKey` ends before the K that a small letter follows.
            let after_small = !before.is_ascii_uppercase();
            let next_small = rest.first().is_some_and(u8::is_ascii_lowercase);
            if word.length > 0 && byte.is_ascii_uppercase() && (after_small || next_small) {
                return Some(word);
            }
            word.push(*byte);
            before = *byte;
            self.0 = rest;
        }
        (word.length > 0).then_some(word)
    }
}
