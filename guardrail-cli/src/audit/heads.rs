//! Checkpoints and keys from files.

use std::fs;
use std::path::{Path, PathBuf};

use guardrail_core::audit::proof::{Keys, SignedCheckpoint};

use crate::error::Error;

/// The checkpoints in these files, each signed by one of the keys.
pub(crate) fn read(files: &[PathBuf], keys: &Path) -> Result<Vec<SignedCheckpoint>, Error> {
    let place = |path: &Path| path.display().to_string();
    let text = |path: &Path| {
        fs::read_to_string(path).map_err(|why| Error::Read { place: place(path), why })
    };
    let keys = Keys::parse(&text(keys)?).map_err(|why| Error::Keys { place: place(keys), why })?;
    let mut heads = Vec::new();
    for file in files {
        let found = SignedCheckpoint::open_all(&text(file)?, &keys)
            .map_err(|why| Error::Checkpoint { place: place(file), why })?;
        if found.is_empty() {
            return Err(Error::NoCheckpoint(place(file)));
        }
        heads.extend(found);
    }
    Ok(heads)
}
