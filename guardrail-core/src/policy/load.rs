//! Takes a policy set from a file nobody else could have written.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

use crate::policy::error::PolicyError;
use crate::policy::read;
use crate::policy::set::PolicySet;

/// Most bytes of a policy file.
pub const FILE_LIMIT: u64 = 1024 * 1024;

/// The file's name in messages about text that came from no file.
const UNNAMED: &str = "guardrail.toml";

impl PolicySet {
    /// Reads a policy file. It blocks for as long as the file system takes.
    ///
    /// To change the rules of a running program, write a new file beside the old one and rename
    /// it. A file cut short is refused wherever that shows: inside a line, because a whole file
    /// ends in a line break, and while it is being written. A cut between two lines of its last
    /// table cannot be seen, and a rename makes none.
    ///
    /// # Errors
    /// When the file is not a regular one, is longer than [`FILE_LIMIT`] bytes, can be changed by
    /// every user of the machine, is not whole, or holds a mistake. Every mistake is listed.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, PolicyError> {
        let path = path.as_ref();
        let text = text(path)?;
        read::policy_set(&path.display().to_string(), text)
    }

    /// Reads the text of a policy file; messages call it `guardrail.toml`.
    ///
    /// # Errors
    /// When the text is longer than [`FILE_LIMIT`] bytes or holds a mistake. Every mistake is
    /// listed.
    pub fn parse(text: impl AsRef<str>) -> Result<Self, PolicyError> {
        let text = text.as_ref();
        if text.len() as u64 > FILE_LIMIT {
            return Err(PolicyError::TooLong { file: UNNAMED.to_owned(), limit: FILE_LIMIT });
        }
        read::policy_set(UNNAMED, text.to_owned())
    }
}

fn text(path: &Path) -> Result<String, PolicyError> {
    let failed = |source| {
        // Where a program was started is seldom what somebody looks at first.
        let folder = if path.is_relative() { std::env::current_dir().ok() } else { None };
        PolicyError::Read { path: path.to_owned(), folder, source }
    };
    // Before it is opened: opening a pipe waits for a writer.
    check(path, &std::fs::metadata(path).map_err(failed)?)?;
    let mut file = File::open(path).map_err(failed)?;
    let opened = file.metadata().map_err(failed)?;
    check(path, &opened)?;
    let mut bytes = Vec::new();
    file.by_ref().take(FILE_LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_LIMIT {
        let file = path.display().to_string();
        return Err(PolicyError::TooLong { file, limit: FILE_LIMIT });
    }
    let before = Stamp::of(&opened);
    let after = Stamp::of(&file.metadata().map_err(failed)?);
    if let Some(what) = not_whole(&bytes, &before, &after) {
        return Err(PolicyError::NotWhole { path: path.to_owned(), what });
    }
    String::from_utf8(bytes).map_err(|error| read::not_text(&path.display().to_string(), &error))
}

fn check(path: &Path, metadata: &Metadata) -> Result<(), PolicyError> {
    if !metadata.is_file() {
        return Err(PolicyError::NotAFile { path: path.to_owned() });
    }
    if is_world_writable(metadata) {
        return Err(PolicyError::WorldWritable { path: path.to_owned() });
    }
    Ok(())
}

/// By what a change of a file is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    /// None on systems that do not know.
    pub(super) modified: Option<SystemTime>,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { bytes: metadata.len(), modified: metadata.modified().ok() }
    }
}

/// How it shows that the bytes are not the whole file.
pub(super) fn not_whole(bytes: &[u8], before: &Stamp, after: &Stamp) -> Option<&'static str> {
    if before != after || after.bytes != bytes.len() as u64 {
        return Some("it changed while it was read; replace it by a rename");
    }
    let ends = bytes.is_empty() || bytes.ends_with(b"\n");
    (!ends).then_some("its last line has no end; end it with a line break")
}

#[cfg(unix)]
fn is_world_writable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o002 != 0
}

/// Other systems keep their rights in lists that the standard library does not read.
#[cfg(not(unix))]
fn is_world_writable(_: &Metadata) -> bool {
    false
}
