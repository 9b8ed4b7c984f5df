//! Checkpoints and keys: from files, or those that the log keeps of itself.

use std::fs;
use std::path::{Path, PathBuf};

use guardrail_core::audit::proof::{CheckpointError, Keys, SignedCheckpoint};
use serde_json::json;

use crate::args::Checkpoints;
use crate::error::Error;
use crate::out::Out;
use crate::source::Source;

/// The checkpoints in these files, each signed by one of the keys. Where no file is named they are
/// those that the log keeps, as far as the keys have signed them.
pub(crate) fn read(
    files: &[PathBuf],
    keys: &Path,
    source: &mut dyn Source,
    out: &mut Out,
) -> Result<Vec<SignedCheckpoint>, Error> {
    let keys = Keys::parse(&text(keys)?).map_err(|why| Error::Keys { place: place(keys), why })?;
    if files.is_empty() {
        return own(&keys, source, out);
    }
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

fn own(
    keys: &Keys,
    source: &mut dyn Source,
    out: &mut Out,
) -> Result<Vec<SignedCheckpoint>, Error> {
    let notes = source.checkpoints()?.unwrap_or_default();
    let (mut heads, mut passed) = (Vec::new(), 0_u64);
    let mut kept = SignedCheckpoint::notes(&notes).peekable();
    while let Some(note) = kept.next() {
        match SignedCheckpoint::open(note, keys) {
            Ok(head) => heads.push(head),
            // Another process may sign with a key of its own.
            Err(CheckpointError::Unknown) => {}
            // Its writer may be at work.
            Err(CheckpointError::Form) if kept.peek().is_none() => {}
            // Whoever may keep heads may write anything there: it covers nothing, and spoils nothing.
            Err(_) if source.takes_heads_of_others() => passed = passed.saturating_add(1),
            Err(why) => return Err(Error::Checkpoint { place: source.place().to_owned(), why }),
        }
    }
    if passed > 0 {
        out.warn(&format!("passed over: {passed} malformed or forged checkpoints in the log"))?;
    }
    // Whoever asks what a key says of a log is not told that nothing speaks against it.
    match heads.is_empty() {
        true => Err(Error::NoneSigned(source.place().to_owned())),
        false => Ok(heads),
    }
}

/// `guardrail audit checkpoints`: the notes as they are kept.
pub(crate) fn run(
    checkpoints: &Checkpoints,
    json: bool,
    mut source: Box<dyn Source>,
    out: &mut Out,
) -> Result<(), Error> {
    let notes = source.checkpoints()?;
    let none = || Error::NoCheckpoint(source.place().to_owned());
    let notes = notes.ok_or_else(none)?;
    // Whoever may keep heads may write anything there, also what a terminal would follow.
    let acts = |note: &&str| note.contains(|c: char| c.is_control() && c != '\n');
    let (odd, mut kept): (Vec<&str>, Vec<&str>) = SignedCheckpoint::notes(&notes).partition(acts);
    if !odd.is_empty() {
        out.warn(&format!(
            "passed over: {} checkpoints with control characters in them",
            odd.len()
        ))?;
    }
    if checkpoints.last {
        kept = kept.pop().into_iter().collect();
    }
    for (note, number) in kept.into_iter().zip(0_u64..) {
        if json {
            out.json(&json!({ "note": note }))?;
        } else {
            out.text(if number == 0 { "" } else { "\n" })?;
            out.text(note)?;
        }
    }
    Ok(())
}

fn place(path: &Path) -> String {
    path.display().to_string()
}

fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|why| Error::Read { place: place(path), why })
}
