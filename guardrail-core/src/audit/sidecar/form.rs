//! An opening as one line of JSON, for files: any program can check it.
//!
//! ```text
//! {"v":1,"request":"0192…","commitment":"9c1f…","place":"/iban","salt":"5b0c…","value":"\"DE89…\""}
//! ```

use std::io;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::audit::sidecar::opening::{Label, Opening};
use crate::model::secret::Salt;
use crate::model::{hex, unhex};

/// Most bytes of one opening: more than the arguments of any call have.
pub(super) const LIMIT: u64 = 8 * 1024 * 1024;

#[derive(Serialize)]
struct Written<'o> {
    v: u8,
    request: String,
    commitment: String,
    place: &'o str,
    salt: &'o str,
    value: &'o str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    v: u8,
    request: String,
    commitment: String,
    place: String,
    salt: String,
    value: String,
}

/// The line, with its line feed.
pub(super) fn write(opening: &Opening) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut digits = Zeroizing::new([0; 64]);
    let label = opening.label();
    let written = Written {
        v: 1,
        request: label.request.to_string(),
        commitment: label.commitment.to_string(),
        place: opening.place(),
        salt: hex(opening.salt().expose(), digits.as_mut_slice()),
        value: opening.expose(),
    };
    // Room for all of it escaped: a vector that grew would leave a copy behind.
    let room = opening.expose().len().saturating_add(opening.place().len()).saturating_mul(6);
    let mut line = Zeroizing::new(Vec::with_capacity(room.saturating_add(512)));
    serde_json::to_writer(&mut *line, &written)?;
    line.push(b'\n');
    Ok(line)
}

/// Reads the line kept under this label; nothing from what is none.
pub(super) fn read(label: Label, line: &[u8]) -> Option<Opening> {
    // What a parser says may repeat what it has read.
    let Kept { v, request, commitment, place, salt: digits, value } =
        serde_json::from_slice(line).ok()?;
    let (digits, value) = (Zeroizing::new(digits), Zeroizing::new(value));
    let is_ours = v == 1
        && request == label.request.to_string()
        && commitment == label.commitment.to_string();
    let mut salt = Zeroizing::new([0; 32]);
    unhex(&digits, salt.as_mut_slice()).filter(|()| is_ours)?;
    Some(Opening::read(label, place, Salt::from_bytes(*salt), value))
}
