//! Names with their rules in the type: actions, policies, groups, people, agents.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, de};
use unicode_normalization::UnicodeNormalization;

use crate::model::secret::mask_text;

/// Text that breaks the rule of the name it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} `{text}` is not valid: {rule}")]
#[non_exhaustive]
pub struct NameError {
    kind: &'static str,
    text: String,
    rule: &'static str,
}

const PLAIN_RULE: &str = "1 to 128 of the characters A-Z a-z 0-9 . _ : - and nothing else";
const PERSON_RULE: &str = "1 to 128 bytes without blanks, control or invisible characters";
const AGENT_RULE: &str = "1 to 256 bytes of text";

fn plain(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-'))
}

fn person(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.chars().all(|c| {
            c.is_ascii_graphic()
                || (!c.is_ascii()
                    && !c.is_whitespace()
                    && !c.is_control()
                    && (c.is_alphanumeric() || combining(c)))
        })
}

fn combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c) && !('\u{FE00}'..='\u{FE0F}').contains(&c)
}

fn agent(text: &str) -> bool {
    (1..=256).contains(&text.len())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident($text:ty, $own:expr), $kind:literal, $holds:ident, $rule:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name($text);

        impl $name {
            /// Takes text that keeps the rule of this name.
            ///
            /// # Errors
            /// [`NameError`], which says the rule.
            pub fn new(text: impl AsRef<str>) -> Result<Self, NameError> {
                let text = text.as_ref();
                Self::check(text)?;
                Ok(Self($own(text)))
            }

            fn check(text: &str) -> Result<(), NameError> {
                if $holds(text) {
                    Ok(())
                } else {
                    // Of a text that is no name anything may be in it.
                    let text = mask_text(text);
                    let shown = text.chars().take(64).flat_map(char::escape_default).collect();
                    Err(NameError { kind: $kind, text: shown, rule: $rule })
                }
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::new(&*text).map_err(de::Error::custom)
            }
        }
    };
}

name! {
    /// What a guarded function is called in policies and logs: `[A-Za-z0-9._:-]{1,128}`.
    ActionName(Cow<'static, str>, owned), "action", plain, PLAIN_RULE
}
name! {
    /// The name of a policy: `[A-Za-z0-9._:-]{1,128}`. No name has a meaning of its own.
    PolicyName(Cow<'static, str>, owned), "policy", plain, PLAIN_RULE
}
name! {
    /// The name of a group of people: `[A-Za-z0-9._:-]{1,128}`.
    GroupName(Arc<str>, Arc::from), "group", plain, PLAIN_RULE
}
name! {
    /// The id of a person of the directory: up to 128 bytes, no blanks or invisible characters.
    PersonId(Arc<str>, Arc::from), "person", person, PERSON_RULE
}
name! {
    /// What an agent calls itself: up to 256 bytes of text, hostile like everything it sends.
    AgentName(Arc<str>, Arc::from), "agent", agent, AGENT_RULE
}

macro_rules! stand_in {
    ($($name:ident),*) => {$(
        impl $name {
            /// Stands in a record where the name given was none.
            pub(crate) fn invalid() -> Self {
                Self("invalid".into())
            }
        }
    )*};
}
stand_in!(ActionName, PolicyName, AgentName);

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}

macro_rules! of_program {
    ($($name:ident),*) => {$(
        impl $name {
            /// The same of text that may stand in the program, as nearly all names of guarded
            /// functions do: nothing is allocated for it then.
            pub(crate) fn of(text: Cow<'static, str>) -> Result<Self, NameError> {
                Self::check(&text)?;
                Ok(Self(text))
            }
        }
    )*};
}
of_program!(ActionName, PolicyName);

impl AgentName {
    /// An agent nobody gave a name.
    pub(crate) fn unnamed() -> Self {
        Self(Arc::from("agent"))
    }
}

/// So that a person is found by text that may be anything. Text that is no id is nobody's.
impl Borrow<str> for PersonId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PersonId {
    /// The form in which two ids are the same person: see [`fold`].
    #[must_use]
    pub fn folded(&self) -> String {
        fold(&self.0)
    }

    /// The same, borrowed where it is spelled like that.
    pub(crate) fn spelled(&self) -> Cow<'_, str> {
        folded(&self.0)
    }
}

/// The form in which names are compared where a difference of spelling must not make two people
/// of one: surrounding blanks dropped, NFKC (letters of any width are alike, as in RFC 8265), upper
/// and lower case alike (`ß` as `ss`, `ſ` as `s`).
#[must_use]
pub fn fold(text: &str) -> String {
    folded(text).into_owned()
}

/// The same, borrowed where it is spelled like that.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    let composed: String = text.trim().nfkc().collect();
    Cow::Owned(composed.to_lowercase().to_uppercase().to_lowercase().nfkc().collect())
}
