//! Where a secret is read from: a variable or a file, which `guardrail.toml` names.

use std::fmt;
use std::fs::File;
use std::io::Read as _;

use guardrail_core::model::secret::Secret;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::config::environment::Read;
use crate::config::error::ConfigError;

/// The longest secret fits many times.
const FILE_LIMIT: u64 = 8 * 1024;

/// `{ env = "SLACK_BOT_TOKEN" }` or `{ file = "/run/secrets/slack" }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Env(String),
    File(String),
}

impl Source {
    /// The secret, of which `key` says what it is for.
    pub(super) fn read(
        &self,
        key: &str,
        variable: Read<'_>,
    ) -> Result<Secret<String>, ConfigError> {
        match self {
            Self::Env(name) => match variable(name)? {
                Some(value) => Ok(Secret::new(value)),
                None => Err(ConfigError::Missing {
                    name: name.clone(),
                    remedy: "`[slack]` names this variable, and it is not set",
                }),
            },
            Self::File(path) => file(path).map_err(|why| ConfigError::File {
                name: key.to_owned(),
                path: path.clone(),
                why,
            }),
        }
    }
}

/// The text of a file, without the line break at its end.
fn file(path: &str) -> Result<Secret<String>, String> {
    let opened = File::open(path).map_err(|error| error.to_string())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = opened.metadata().map_err(|error| error.to_string())?.permissions().mode();
        if mode & 0o002 != 0 {
            return Err("everyone may write to it: `chmod o-w` it".to_owned());
        }
    }
    let mut text = String::new();
    let read = opened.take(FILE_LIMIT).read_to_string(&mut text);
    read.map_err(|error| error.to_string())?;
    let bare = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::new(bare.strip_suffix('\r').unwrap_or(bare).to_owned()))
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Named)
    }
}

struct Named;

impl<'de> Visitor<'de> for Named {
    type Value = Source;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`{ env = \"VARIABLE\" }` or `{ file = \"PATH\" }`")
    }

    /// The text itself is not repeated: it is the secret.
    fn visit_str<E: serde::de::Error>(self, _secret: &str) -> Result<Source, E> {
        Err(E::custom(
            "a secret never stands in guardrail.toml, which is committed and hashed into the \
             log; write `{ env = \"VARIABLE\" }` or `{ file = \"PATH\" }`, and change this secret",
        ))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Source, A::Error> {
        let form =
            || A::Error::custom("expected `{ env = \"VARIABLE\" }` or `{ file = \"PATH\" }`");
        let source = match map.next_key::<String>()?.as_deref() {
            Some("env") => Source::Env(map.next_value()?),
            Some("file") => Source::File(map.next_value()?),
            _ => return Err(form()),
        };
        match map.next_key::<String>()? {
            None => Ok(source),
            Some(_) => Err(form()),
        }
    }
}
