//! The arguments of a call as they are captured, before what is secret in them is masked.

use std::cell::Cell;
use std::fmt;

use zeroize::{Zeroize as _, Zeroizing};

use crate::model::arguments::{Arguments, Hidden};
use crate::model::canonical::{Canonical, place};
use crate::model::piece::{Captured, Entries, Entry, push};
use crate::model::secret::{Salt, sensitive_name};

/// Most bytes of the buffer that a thread keeps for the next call's arguments.
const SCRATCH_KEPT: usize = 4 * 1024;

thread_local! {
    static SCRATCH: Cell<String> = const { Cell::new(String::new()) };
}

/// Arguments as they were captured. Wiped when it goes, where a part of it must not be shown.
#[derive(Clone, Default)]
pub(crate) struct Captures {
    piece: String,
    count: usize,
    /// Of all canonical texts together.
    bytes: usize,
    /// A bit for every name, by [`bit`].
    names: u64,
    hides: bool,
}

impl Captures {
    /// Makes room for so many bytes, in a buffer that is kept.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.piece = SCRATCH.try_with(Cell::take).unwrap_or_default();
        self.piece.clear();
        self.piece.reserve_exact(bytes);
    }

    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    /// Bytes of all canonical texts together.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        // Nearly every name is found to be new by its bit.
        self.names & bit(name) != 0 && Entries(&self.piece).any(|entry| entry.name == name)
    }

    /// Takes one more, whose name is new.
    pub(crate) fn push(&mut self, name: &str, captured: Captured, json: Canonical<&str>) {
        self.hides |= match captured {
            Captured::Value | Captured::Debug => json.holds_secret(name),
            Captured::Redacted => true,
            Captured::Skipped | Captured::Unshowable => false,
        };
        push(&mut self.piece, name, captured, json.as_str());
        self.names |= bit(name);
        self.count += 1;
        self.bytes = self.bytes.saturating_add(json.len());
    }

    /// What the log keeps and people see. A salt is asked for only where something is to be hidden.
    pub(crate) fn mask<E>(&self, salt: impl FnOnce() -> Result<Salt, E>) -> Result<Arguments, E> {
        if !self.hides {
            return Ok(Arguments::new(&self.piece, Vec::new()));
        }
        let salt = salt()?;
        let mut piece = String::with_capacity(self.piece.len());
        let mut hidden = Vec::new();
        for (index, Entry { name, captured, json, .. }) in Entries(&self.piece).enumerate() {
            let json = Canonical::written_before(json);
            let masked = match captured {
                Captured::Value | Captured::Debug => json.mask(&salt, name),
                Captured::Redacted => Some(json.redact(&salt, name)),
                Captured::Skipped | Captured::Unshowable => None,
            };
            match masked {
                Some(masked) => {
                    push(&mut piece, name, captured, masked.as_str());
                    let salt = is_keepable(captured, name, json).then(|| salt.at(&place(name)));
                    hidden.push(Hidden {
                        index,
                        plain: Zeroizing::new(json.as_str().into()),
                        salt,
                    });
                }
                None => push(&mut piece, name, captured, json.as_str()),
            }
        }
        Ok(Arguments::new(&piece, hidden))
    }
}

/// One of 64 bits: the same for the same name, and seldom the same for two.
fn bit(name: &str) -> u64 {
    let sum = name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    1_u64.rotate_left(sum)
}

/// Whether a sidecar may keep the value: one that was redacted, and in which there is no credential.
/// A credential is worth something to whoever finds it, and proves nothing to whoever looks back.
fn is_keepable(captured: Captured, name: &str, json: Canonical<&str>) -> bool {
    captured == Captured::Redacted && !sensitive_name(name) && !json.holds_secret(name)
}

impl Drop for Captures {
    fn drop(&mut self) {
        if self.hides {
            self.piece.zeroize();
        } else if self.piece.capacity() <= SCRATCH_KEPT {
            let _ = SCRATCH.try_with(|scratch| scratch.set(std::mem::take(&mut self.piece)));
        }
    }
}

impl fmt::Debug for Captures {
    /// Says nothing of the values: they may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Captures({})", self.count)
    }
}
