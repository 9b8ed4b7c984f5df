//! Ids and counters: requests, logs, nonces, versions and sequence numbers.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::clock::{Entropy, EntropyError, Timestamp};
use crate::model::digest::{Digest, Fields, hex, unhex};

/// The id of one approval request: a UUID, version 8 for a call with a key, else version 7.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(Uuid);

impl Hash for RequestId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.0.as_u128());
    }
}

impl RequestId {
    /// The log's own stream, for events of no request. Never the id of a request.
    pub const LOG: Self = Self(Uuid::nil());

    /// A new id, ordered by time.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn random(now: Timestamp, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0; 10];
        entropy.fill(&mut bytes)?;
        let millis = u64::try_from(now.as_micros() / 1000).unwrap_or(0);
        Ok(Self(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()))
    }

    /// The id every call with this key has in this log: a second call meets the first.
    #[must_use]
    pub fn keyed(
        log: LogId,
        environment: Option<&str>,
        agent: &str,
        action: &str,
        key: &str,
    ) -> Self {
        let mut fields = Fields::new("guardrail-key-v1");
        fields.text(&log.to_string());
        fields.optional(environment);
        fields.text(agent);
        fields.text(action);
        fields.text(key);
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(fields.digest().as_bytes()) {
            *to = *from;
        }
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Whether it belongs to a call with a key.
    #[must_use]
    pub fn is_keyed(&self) -> bool {
        self.0.get_version_num() == 8
    }

    /// Reads an id as this type prints it: 36 lower-case characters, version 7 or 8.
    ///
    /// # Errors
    /// The same error for whatever else it is.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let id = Self::parse_any(text)?;
        if matches!(id.0.get_version_num(), 7 | 8) && id.0.get_variant() == uuid::Variant::RFC4122 {
            Ok(id)
        } else {
            Err(IdError)
        }
    }

    fn parse_any(text: &str) -> Result<Self, IdError> {
        // Uuid reads braces, urns, simple and upper-case forms too; only one spelling is ours.
        let uuid = if text.len() == 36 { Uuid::try_parse(text).ok() } else { None };
        let mut buffer = Uuid::encode_buffer();
        match uuid {
            Some(uuid) if &*uuid.hyphenated().encode_lower(&mut buffer) == text => Ok(Self(uuid)),
            _ => Err(IdError),
        }
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

/// What a body can give to whatever it calls, so that the same deed asked for twice is done once:
/// the same for every start of one request, and of no other. A UUID, version 8, of 36 characters; the
/// hash of the log's id and the request's, so that it can be told again and says nothing of either.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(Uuid);

impl IdempotencyKey {
    /// Of this request of this log.
    #[must_use]
    pub fn of(log: LogId, request: RequestId) -> Self {
        let mut fields = Fields::new("guardrail-idempotency-v1");
        fields.text(&log.to_string());
        fields.text(&request.to_string());
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(fields.digest().as_bytes()) {
            *to = *from;
        }
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.hyphenated(), f)
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text that is no request id. It says nothing of what was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such request")]
#[non_exhaustive]
pub struct IdError;

/// The id of one audit log, made with it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(Uuid);

impl LogId {
    /// Stands for an id that could not be made.
    pub(crate) const NONE: Self = Self(Uuid::nil());

    /// A new id.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn random(now: Timestamp, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        RequestId::random(now, entropy).map(|id| Self(id.0))
    }

    /// Reads an id as this type prints it: 36 lower-case characters.
    ///
    /// # Errors
    /// The same error for whatever else it is.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        RequestId::parse_any(text).map(|id| Self(id.0))
    }
}

macro_rules! id_text {
    ($name:ident) => {
        impl $name {
            /// Its text, written there.
            pub(crate) fn text<'t>(&self, to: &'t mut [u8; 36]) -> &'t str {
                self.0.hyphenated().encode_lower(to)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer
                    .serialize_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                RequestId::parse_any(&text).map(|id| Self(id.0)).map_err(de::Error::custom)
            }
        }
    };
}
id_text!(RequestId);
id_text!(LogId);

impl std::str::FromStr for RequestId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::parse(text)
    }
}

/// How many events a request's stream holds; an append names the one it was judged by.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(u64);

impl Version {
    /// A stream without events.
    pub const START: Self = Self(0);

    /// The version after `count` events.
    #[must_use]
    pub const fn new(count: u64) -> Self {
        Self(count)
    }

    /// The number of events.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The version after one more event.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// The place of a record in its log: 1, 2, 3 and on without a gap.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Sequence(u64);

impl Sequence {
    /// Before the first record.
    pub const START: Self = Self(0);

    /// The place with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// 128 random bits that a channel shows with a request and gets back with a vote.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// A new nonce.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn random(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads 32 lower-case hexadecimal digits, as [`Nonce::expose`] writes them.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, NonceError> {
        let mut bytes = [0; 16];
        unhex(text, &mut bytes).ok_or(NonceError)?;
        Ok(Self(bytes))
    }

    /// The nonce as text, for the button that carries it. Nothing else may print it.
    #[must_use]
    pub fn expose(&self) -> String {
        let mut text = [0; 32];
        hex(&self.0, &mut text).to_owned()
    }

    /// What the log keeps of it.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(..)")
    }
}

/// Text that is no nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a nonce is 32 lower-case hexadecimal digits")]
#[non_exhaustive]
pub struct NonceError;
