//! Signed notes: a text, and lines that say who signed it (<https://c2sp.org/signed-note>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::audit::proof::key::{PublicKey, Signature};

/// Most bytes of a note: room for a checkpoint and the cosignatures of some dozen witnesses.
pub(super) const NOTE_LIMIT: usize = 256 * 1024;
/// Most signatures of a note.
const SIGNATURES: usize = 64;

/// A note taken apart. Nothing in it is to be believed before [`Note::verify`].
#[derive(Debug)]
pub(super) struct Note<'n> {
    /// What is signed, its last line feed included.
    pub(super) text: &'n str,
    signatures: Vec<(&'n str, u32, Vec<u8>)>,
}

/// What became of the signatures of a note.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Signed {
    /// By this key, which is known.
    By(PublicKey),
    /// By nobody who is known.
    Unknown,
    /// A known key's signature does not fit the text.
    Forged,
}

impl<'n> Note<'n> {
    /// Takes a note apart; `None` where it is none.
    pub(super) fn parse(note: &'n str) -> Option<Self> {
        let is_odd = |c: char| c < ' ' && c != '\n';
        if note.len() > NOTE_LIMIT || note.contains(is_odd) {
            return None;
        }
        // The last empty line parts the two, and the text keeps its own line feed.
        let split = note.rfind("\n\n")?;
        let (text, lines) = note.split_at_checked(split.checked_add(1)?)?;
        let lines = lines.strip_prefix('\n')?.strip_suffix('\n')?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
            let bytes = STANDARD.decode(signature).ok()?;
            let (id, signature) = bytes.split_first_chunk()?;
            if !is_name(name) || signature.is_empty() || signatures.len() == SIGNATURES {
                return None;
            }
            signatures.push((name, u32::from_be_bytes(*id), signature.to_vec()));
        }
        Some(Self { text, signatures })
    }

    /// Whether one of these keys signed it under this name. One that does not fit spoils the note.
    pub(super) fn verify<'k>(
        &self,
        name: &str,
        keys: impl IntoIterator<Item = &'k PublicKey>,
    ) -> Signed {
        let mut signed = Signed::Unknown;
        for key in keys {
            let id = key.id(name);
            let ours = self.signatures.iter().filter(|(n, i, _)| *n == name && *i == id);
            for (_, _, bytes) in ours {
                let fits = Signature::try_from(bytes.as_slice())
                    .is_ok_and(|signature| key.verifies(self.text.as_bytes(), &signature));
                if !fits {
                    return Signed::Forged;
                }
                signed = Signed::By(*key);
            }
        }
        signed
    }
}

/// A note of this text with one signature. The text ends in a line feed.
pub(super) fn sealed(text: &str, name: &str, key: &PublicKey, signature: &Signature) -> String {
    let bytes = [key.id(name).to_be_bytes().as_slice(), signature].concat();
    format!("{text}\n\u{2014} {name} {}\n", STANDARD.encode(bytes))
}

/// Whether a key may have this name.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+' || c.is_control())
}
